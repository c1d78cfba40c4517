// Decimals to the nearest float64 (D. Lemire, "Number parsing at a gigabyte per second", 2021): a product with the leading bits of the power of
// ten, which decides but for the rare cases that are left to the caller.
import { EXACT, LEAST, POWERS, upper } from "./memory";

export const BAD: usize = 0;

/** What {@link number} read. */
export let value: f64 = 0;

/** Reads a number of JSON's grammar into `value`; returns where it ends, or BAD: it is none, or not one for here. */
export function number(from: usize): usize {
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
  if (w == 0) value = 0;
  else if (w <= 0x1fffffffffffff && exponent >= -22 && exponent <= 22) {
    if (exponent < 0) value = <f64>w / load<f64>(EXACT + ((<usize>-exponent) << 3));
    else value = <f64>w * load<f64>(EXACT + ((<usize>exponent) << 3));
  } else if (!product(w, exponent)) return BAD;
  if (negative) value = -value;
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
