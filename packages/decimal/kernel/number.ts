// Decimals to the nearest float64 (D. Lemire, "Number parsing at a gigabyte per second", 2021): a product with the leading bits of the power of
// ten, which decides but for the rare cases that are left to the caller.
import { EXACT, FACTORS, LEAST, ONES, POWERS, upper } from "./memory";

export const BAD: usize = 0;

/** Where {@link number} leaves what it read for those who want it in another width. */
export const SCRATCH: usize = 0;

/** How many numbers {@link numbers} read. */
export let read: i32 = 0;

/**
 * Reads numbers with a separator between two, and a space behind it perhaps where lists are read, into the float64 at `at` and behind: `most` at most, as
 * long as they are usual and something stands behind them before `end` that is the separator or `close`. Returns where the last ends.
 */
export function numbers(from: usize, end: usize, at: usize, mask: usize, most: i32, separator: u8, close: u8): usize {
  let last = from;
  let p = from;
  let n: i32 = 0;
  const spaced = close == 93;
  while (n < most) {
    const q = usual(p, at + (<usize>n << 3));
    if (q == BAD) break;
    const c = load<u8>(q);
    if (<u32>(c != separator) & <u32>(c != close)) break;
    if (q >= end) break;
    store<u8>(mask + n, 0);
    n++;
    last = q;
    if (c != separator) break;
    p = q + 1;
    if (spaced && load<u8>(p) == 32) p++;
  }
  read = n;
  return last;
}

/** Reads any number of JSON's grammar into the float64 at `at`; returns where it ends, or BAD: it is none, or not one for here. */
export function number(from: usize, at: usize): usize {
  const end = usual(from, at);
  return end != BAD ? end : long(from, at);
}

/**
 * A number of up to 17 digits (zeros in front apart) and no exponent, without a loop or a branch on how many: what is a digit is one mask of 32 bytes, the last
 * 16 digits are one vector. BAD: another number, or none, or one for which its first 64 bits do not say to what it is rounded.
 */
// @ts-ignore: decorator
@inline
function usual(from: usize, at: usize): usize {
  const negative = <u32>(load<u8>(from) == 45);
  const others = ~(digitsAt(from) | (digitsAt(from + 16) << 16)) >> negative;
  const p = from + negative;
  const whole = ctz(others);
  const dotted = <u32>(load<u8>(p + whole) == 46);
  const places = ctz((others >> whole) >> 1) & (0 - dotted);
  const zero = <u32>(load<u8>(p) == 48);
  const count = whole + places;
  const end = p + count + dotted;
  // No digits before or behind the point, zeros in front, too many digits, an exponent.
  if (
    <u32>(whole == 0) |
    (zero & <u32>(whole > 1)) |
    (dotted & <u32>(places == 0)) |
    <u32>(count > 17 + zero)
  )
    return BAD;
  // Of what stands before the point each character is taken from one byte before, so that the point is left out; what stands before the number is 0.
  const integral = v128.load(ONES + places + ((dotted - 1) & 16));
  const characters = v128.bitselect(v128.load(end - 17), v128.load(end - 16), integral);
  const digits = v128.andnot(i8x16.sub(characters, v128.load(FACTORS, 96)), v128.load(ONES + count));
  const twos = i16x8.shr_u(i16x8.mul(digits, v128.load(FACTORS, 128)), 8);
  const fours = i32x4.dot_i16x8_s(twos, v128.load(FACTORS, 144));
  const eights = <u64>i64x2.extract_lane(
    i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), v128.load(FACTORS, 160)),
    0,
  );
  const first = <u64>load<u8>(end - 17 - (dotted & <u32>(places < 17))) - 48;
  const w =
    (eights & 0xffffffff) * 100000000 + (eights >> 32) + ((first * 10000000000000000) & (0 - <u64>(count > 16)));
  if ((load<u8>(end) | 32) == 101) return scaled(end + 1, w, places, negative, at);
  let bits: u64;
  if (count <= 15 + zero) bits = reinterpret<u64>(<f64>(<i64>w) / load<f64>(EXACT + (places << 3)));
  else {
    const lead = clz(w);
    const a = w << lead;
    const a1 = a >> 32;
    const b = load<u64>(POWERS + ((-LEAST - places) << 4));
    const b1 = b >> 32;
    // Less than the upper half of the product by 4 at most, with what the power of ten lacks.
    const least = a1 * b1 + ((a1 * (b & 0xffffffff)) >> 32) + (((a & 0xffffffff) * b1) >> 32);
    const top = least >> 63;
    const near = least << (top ^ 1);
    // Too near to half-way between two.
    if (<u32>((near & 0x7ff) - 0x3f8 <= 8) | <u32>(w == 0)) return BAD;
    const exponent = <u64>(-<i32>((217706 * places + 65535) >> 16) + 63 + 1022) + top - lead;
    bits = (exponent << 52) + (near >> 11) + ((near >> 10) & 1);
  }
  store<u64>(at, bits | (<u64>negative << 63));
  return end;
}

/** A number of these digits (`places` of them behind the point) and the exponent at `from`, which is behind its letter. */
function scaled(from: usize, w: u64, places: i32, negative: u32, at: usize): usize {
  let p = from;
  let c = <u32>load<u8>(p);
  const minus = c == 45;
  if (minus || c == 43) c = <u32>load<u8>(++p);
  c -= 48;
  if (c > 9) return BAD;
  let e: i32 = 0;
  do {
    if (e < 100000) e = e * 10 + c;
    c = <u32>load<u8>(++p) - 48;
  } while (c < 10);
  if (!nearest(w, (minus ? -e : e) - places)) return BAD;
  store<u64>(at, reinterpret<u64>(value) | (<u64>negative << 63));
  return p;
}

/** One bit for each of 16 bytes: whether it is a digit. */
// @ts-ignore: decorator
@inline
function digitsAt(p: usize): u32 {
  return i8x16.bitmask(i8x16.le_u(i8x16.sub(v128.load(p), v128.load(FACTORS, 96)), v128.load(FACTORS, 112)));
}

let value: f64 = 0;

/** The same, for any number of up to 19 digits, with an exponent or without. */
function long(from: usize, at: usize): usize {
  let p = from;
  const negative = load<u8>(p) == 45;
  if (negative) p++;
  const first = p;
  let w: u64 = 0;
  let d = <u32>load<u8>(p) - 48;
  if (d > 9) return BAD;
  if (d == 0) {
    d = <u32>load<u8>(++p) - 48;
    if (d < 10) return BAD;
  } else
    do {
      w = w * 10 + d;
      d = <u32>load<u8>(++p) - 48;
    } while (d < 10);
  let count = <i32>(p - first);
  let exponent: i32 = 0;
  if (d == 46 - 48) {
    const point = ++p;
    for (;;) {
      const text = load<u64>(p);
      if (
        ((text & 0xf0f0f0f0f0f0f0f0) | (((text + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) !=
        0x3333333333333333
      )
        break;
      w = w * 100000000 + ofEight(text);
      p += 8;
    }
    d = <u32>load<u8>(p) - 48;
    while (d < 10) {
      w = w * 10 + d;
      d = <u32>load<u8>(++p) - 48;
    }
    const places = <i32>(p - point);
    if (places == 0) return BAD;
    count += places;
    exponent = -places;
  }
  if (count > 19) {
    // Zeros in front are no digits.
    let q = first;
    for (;;) {
      const c = load<u8>(q);
      if (c == 48) count--;
      else if (c != 46) break;
      q++;
    }
    if (count > 19) return BAD;
  }
  if (d == 101 - 48 || d == 69 - 48) {
    let c = <u32>load<u8>(++p);
    const minus = c == 45;
    if (minus || c == 43) c = <u32>load<u8>(++p);
    c -= 48;
    if (c > 9) return BAD;
    let e: i32 = 0;
    do {
      if (e < 100000) e = e * 10 + c;
      c = <u32>load<u8>(++p) - 48;
    } while (c < 10);
    exponent += minus ? -e : e;
  }
  if (!nearest(w, exponent)) return BAD;
  store<f64>(at, negative ? -value : value);
  return p;
}

/** The number that eight digits are, first in the lowest byte. */
function ofEight(text: u64): u64 {
  let x = text - 0x3030303030303030;
  x = x * 10 + (x >> 8);
  return (
    (((x & 0x000000ff000000ff) * 0x000f424000000064 + ((x >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32) &
    0xffffffff
  );
}

/** The float64 that `w * 10 ** exponent` is rounded to, in `value`; false: that is not to be said here. */
function nearest(w: u64, exponent: i32): bool {
  if (w == 0) value = 0;
  else if (w <= 0x1fffffffffffff && exponent >= -22 && exponent <= 22) {
    if (exponent < 0) value = <f64>w / load<f64>(EXACT + ((<usize>-exponent) << 3));
    else value = <f64>w * load<f64>(EXACT + ((<usize>exponent) << 3));
  } else return product(w, exponent);
  return true;
}

function product(w: u64, exponent: i32): bool {
  if (exponent < -342 || exponent > 308) return false;
  const lead = clz(w);
  const shifted = w << lead;
  const at = POWERS + ((<usize>(exponent - LEAST)) << 4);
  const high = load<u64>(at);
  let hi = upper(shifted, high);
  let lo = shifted * high;
  if ((hi & 0x1ff) == 0x1ff) {
    const more = upper(shifted, load<u64>(at, 8));
    lo += more;
    if (lo < more) hi++;
  }
  if (lo == 0xffffffffffffffff && (exponent < -27 || exponent > 55)) return false;
  const top = hi >> 63;
  const shift = top + 9;
  let m = hi >> shift;
  let e = <i32>((217706 * exponent) >> 16) + 63 + 1023 + <i32>top - <i32>lead;
  // Exactly half-way: to even.
  if (lo <= 1 && exponent >= -4 && exponent <= 23 && (m & 3) == 1 && m << shift == hi) m--;
  m = (m + (m & 1)) >> 1;
  if (m >> 53 != 0) {
    m = 0x10000000000000;
    e++;
  }
  if (e <= 0 || e >= 2047) return false;
  value = reinterpret<f64>((m & 0xfffffffffffff) | ((<u64>e) << 52));
  return true;
}
