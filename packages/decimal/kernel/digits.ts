// Decimal digits, eight at a time in one word or sixteen in one vector, first digit in the lowest byte.
import { FACTORS, IOTA, PLACES } from "./memory";

export const ZEROS: u64 = 0x3030303030303030;

/** The eight digits of a number below 1e8, as values 0 to 9. */
export function eight(value: u32): u64 {
  const above = value / 10000;
  let x = <u64>above | ((<u64>(value - above * 10000)) << 32);
  const hundreds = ((x * 10486) >> 20) & 0x7f0000007f;
  x = hundreds | ((x - hundreds * 100) << 16);
  const tens = ((x * 103) >> 10) & 0x000f000f000f000f;
  return tens | ((x - tens * 10) << 8);
}

/** Writes a number below 1e8 without zeros in front; returns where it ends. */
function short(o: usize, value: u32): usize {
  if (value < 10) {
    store<u8>(o, 48 + value);
    return o + 1;
  }
  const digits = eight(value);
  const lead = ctz(digits) & 56;
  store<u64>(o, (digits | ZEROS) >> lead);
  return o + 8 - <usize>(lead >> 3);
}

/** Writes an integer; returns where it ends. */
export function unsigned(at: usize, value: u64): usize {
  let o = at;
  if (value < 100000000) return short(o, <u32>value);
  if (value < 10000000000000000) {
    const above = value / 100000000;
    o = short(o, <u32>above);
    store<u64>(o, eight(<u32>(value - above * 100000000)) | ZEROS);
    return o + 8;
  }
  const top = value / 10000000000000000;
  const rest = value - top * 10000000000000000;
  const above = rest / 100000000;
  o = short(o, <u32>top);
  store<u64>(o, eight(<u32>above) | ZEROS);
  store<u64>(o, eight(<u32>(rest - above * 100000000)) | ZEROS, 8);
  return o + 16;
}

/**
 * Writes `digits * 10 ** exponent` (17 digits at most, not 0) as JavaScript does but for the bounds: positional from 1e-6 to below 1e16, else `1.5e+20`.
 * Zeros at the end are left out. Returns where it ends.
 */
// @ts-ignore: decorator
@inline
export function decimal(at: usize, digits: u64, exponent: i32): usize {
  let o = at;
  const sixteen = digits < 10000000000000000;
  const n = digits + ((digits * 9) & (0 - <u64>sixteen));
  const nine = <u32>(n / 100000000);
  const last = eight(<u32>(n - <u64>nine * 100000000));
  const top = nine / 100000000;
  const first = eight(nine - top * 100000000);
  // The digits in w0, w1, w2 from the first that is not 0 on; point: how many stand before the decimal point.
  let w0: u64;
  let w1: u64;
  let w2: u64;
  let point: i32;
  if (top != 0) {
    w0 = <u64>top | (first << 8);
    w1 = (first >> 56) | (last << 8);
    w2 = last >> 56;
    point = exponent + 17 - <i32>sixteen;
  } else if (first != 0) {
    const lead = ctz(first) & 56;
    w0 = first >> lead;
    w1 = last >> lead;
    if (lead != 0) w0 |= last << (64 - lead);
    w2 = 0;
    point = exponent + 15 - <i32>(lead >> 3);
  } else {
    const lead = ctz(last) & 56;
    w0 = last >> lead;
    w1 = 0;
    w2 = 0;
    point = exponent + 7 - <i32>(lead >> 3);
  }
  const rest = w1 | (w2 << 56);
  const count: i32 = rest != 0 ? 16 - <i32>(clz(rest) >> 3) + <i32>(w2 != 0) : 8 - <i32>(clz(w0) >> 3);
  w0 |= ZEROS;
  w1 |= ZEROS;
  w2 |= 48;
  if (point > 0 && point <= 16) {
    store<u64>(o, w0);
    store<u64>(o, w1, 8);
    if (count <= point) return o + point;
    const shift = (<u64>(point & 7)) << 3;
    let a: u64;
    let b: u64;
    if (point < 8) {
      a = (w0 >> shift) | (w1 << (64 - shift));
      b = (w1 >> shift) | (w2 << (64 - shift));
    } else if (shift == 0) {
      a = point == 8 ? w1 : w2;
      b = w2;
    } else {
      a = (w1 >> shift) | (w2 << (64 - shift));
      b = 0;
    }
    store<u8>(o + point, 46);
    store<u64>(o + point, a, 1);
    store<u64>(o + point, b, 9);
    return o + count + 1;
  }
  if (point > -6 && point <= 0) {
    store<u64>(o, 0x3030303030302e30);
    o += 2 - point;
    store<u64>(o, w0);
    store<u64>(o, w1, 8);
    store<u8>(o, <u8>w2, 16);
    return o + count;
  }
  store<u8>(o, <u8>w0);
  o++;
  if (count > 1) {
    store<u8>(o, 46);
    store<u64>(o, (w0 >> 8) | (w1 << 56), 1);
    store<u64>(o, (w1 >> 8) | (w2 << 56), 9);
    o += count;
  }
  let e = point - 1;
  store<u8>(o, 101);
  store<u8>(o, e < 0 ? 45 : 43, 1);
  if (e < 0) e = -e;
  return short(o + 2, e);
}

/** The sixteen digits of a number below 1e16, as values 0 to 9. The factors are in memory: loading is one instruction, a constant is three. */
// @ts-ignore: decorator
@inline
function sixteen(value: u64): v128 {
  const above = value / 100000000;
  const halves = i64x2.splat(above | ((value - above * 100000000) << 32));
  const thousands = i64x2.shr_u(i64x2.extmul_low_i32x4_u(halves, v128.load(FACTORS)), 45);
  // Four digits in each lane of 32 bits, two in each of 16, one in each of 8.
  const fours = v128.or(
    thousands,
    i64x2.shl(i64x2.sub(i64x2.extend_low_i32x4_u(halves), i32x4.mul(thousands, v128.load(FACTORS, 16))), 32),
  );
  const hundreds = i32x4.shr_u(i32x4.mul(fours, v128.load(FACTORS, 32)), 20);
  const twos = i32x4.add(i32x4.shl(fours, 16), i32x4.mul(hundreds, v128.load(FACTORS, 48)));
  const tens = i16x8.shr_u(i16x8.mul(twos, v128.load(FACTORS, 64)), 10);
  return i16x8.add(i16x8.shl(twos, 8), i16x8.mul(tens, v128.load(FACTORS, 80)));
}

/**
 * Writes `leading * 10 + last` (16 digits at most, and one) with the decimal point behind the digit `units` of the leading ones, counted from 0 on: -6 to 14,
 * and such that the first that is not 0 is no more than 6 behind and 14 before it. Zeros that say nothing are left out. No branches: the
 * shapes of numbers are as good as random. Writes up to 32 bytes; returns where it ends.
 */
// @ts-ignore: decorator
@inline
export function positional(o: usize, leading: u64, last: u32, units: i32): usize {
  const digits = sixteen(leading);
  const set = i8x16.bitmask(i8x16.gt_s(digits, i8x16.splat(0))) | (i32(last != 0) << 16);
  const final = 31 - clz(set);
  let start = ctz(set);
  start = start < units ? start : units;
  const places = units - start;
  const place = PLACES + ((<usize>places) << 5);
  v128.store(
    o,
    v128.or(
      i8x16.swizzle(digits, i8x16.add(v128.load(IOTA + start), v128.load(place))),
      v128.load(place, 16),
    ),
  );
  v128.store(o, v128.or(i8x16.swizzle(digits, v128.load(IOTA + start, 15)), v128.load(FACTORS, 96)), 16);
  store<u8>(o - start, 48 + last, 17);
  return o + (final > units ? final - start + 2 : places + 1);
}
