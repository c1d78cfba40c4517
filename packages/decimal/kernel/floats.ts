// Runs of float64 as decimals.
import { decimal, positional } from "./digits";
import * as K from "./memory";
import { digits, exponent, shortest } from "./shortest";
import { special, zero } from "./special";

/** For so many elements nothing short is looked for. */
let skip: i32 = 0;
/** How many elements {@link floats} printed. */
export let printed: i32 = 0;

/**
 * Prints the float64 at `from` and those behind it, before `end`, with a separator of `width` bytes between two: until one is masked (`mask` is theirs, or
 * 0), or the text is beyond `limit`. Returns where the text ends.
 */
export function floats(
  from: usize,
  end: usize,
  mask: usize,
  out: usize,
  limit: usize,
  separator: u16,
  width: usize,
): usize {
  let o = out;
  let at = from;
  let flag = mask;
  const step = <usize>(mask != 0);
  for (;;) {
    o = float64(o, load<u64>(at));
    at += 8;
    flag += step;
    if (at == end) break;
    if (o > limit) break;
    if (step != 0 && load<u8>(flag) != 0) break;
    store<u16>(o, separator);
    o += width;
  }
  printed = <i32>((at - from) >> 3);
  return o;
}

/** One of them. */
export function double(o: usize, at: usize): usize {
  return floats(at, at + 8, 0, o, 0, 0, 0);
}

// @ts-ignore: decorator
@inline
function float64(at: usize, bits: u64): usize {
  const negative = bits >> 63 != 0;
  const magnitude = bits & 0x7fffffffffffffff;
  const value = reinterpret<f64>(magnitude);
  store<u8>(at, 45);
  const o = at + <usize>negative;
  let leading: u64 = 0;
  let last: u32 = 0;
  let units: i32 = 9;
  let found = false;
  // At most 15 digits that divide to the value are its shortest decimal. Where the last tries failed fewer are made.
  if (skip == 0) {
    // The sum has nothing but an integer in its fraction: as many millionths.
    const sum = value * 1e6 + 4503599627370496.0;
    if (value < 1e9 && (sum - 4503599627370496.0) / 1e6 == value) {
      if (bits == 0x8000000000000000) return zero(at, true);
      leading = reinterpret<u64>(sum) & 0xfffffffffffff;
      found = true;
    } else skip = 32;
  } else skip--;
  if (!found) {
    const c = bits & 0xfffffffffffff;
    const biased = <i32>(magnitude >> 52);
    // A power of two has another interval; and what is not normal is seldom.
    if (magnitude - 0x10000000000000 >= 0x7fe0000000000000) return float64Slow(at, bits);
    if (c == 0) return float64Slow(at, bits);
    const q = biased - 1075;
    const k = ((q * 1262611) >> 22) + 1;
    const s = <u64>(q + ((-k * 1741647) >> 19) + 4);
    const power = K.CEILINGS + ((<usize>(-k - K.LEAST)) << 4);
    const g = load<u64>(power);
    const cp = (c | 0x10000000000000) << s;
    const c1 = cp >> 32;
    const c0 = cp & 0xffffffff;
    const g1 = g >> 32;
    const g0 = g & 0xffffffff;
    const across = c0 * g1;
    const mid = c1 * g0 + ((c0 * g0) >> 32) + ((c1 * load<u32>(power, 12)) >> 32) + (across & 0xffffffff);
    const u = c1 * g1 + (across >> 32) + (mid >> 32);
    const f = ((u & 7) << 32) | (mid & 0xffffffff);
    const d = g >> (33 - s);
    const x = f * 10;
    const r = x & 0x7ffffffff;
    const sum = f + d;
    if (f - d + 3 <= 3) return float64Slow(at, bits);
    if (sum - 0x7fffffffb <= 5) return float64Slow(at, bits);
    if (r - 0x3ffffffd8 <= 40) return float64Slow(at, bits);
    const up = <u64>(sum > 0x800000000);
    leading = (u >> 3) + up;
    last = (<u32>(x >> 35) + <u32>(r > 0x400000000)) & (<u32>up - 1) & (<u32>(f < d) - 1);
    if (k < -20 || k > -1) return scaled(o, leading * 10 + last, k - 1);
    units = 15 + k;
  }
  return positional(o, leading, last, units);
}

function scaled(o: usize, digits: u64, exponent: i32): usize {
  return decimal(o, digits, exponent);
}

function float64Slow(at: usize, bits: u64): usize {
  let o = at;
  const negative = bits >> 63 != 0;
  const magnitude = bits & 0x7fffffffffffffff;
  if (magnitude >= 0x7ff0000000000000)
    return special(o, bits, 0x7ff8000000000000, magnitude == 0x7ff0000000000000, negative, 16);
  if (magnitude == 0) return zero(o, negative);
  store<u8>(o, 45);
  o += <usize>negative;
  const biased = <i32>(magnitude >> 52);
  const fraction = magnitude & 0xfffffffffffff;
  const normal = biased != 0;
  shortest(
    fraction | (<u64>normal << 52),
    biased - 1074 - <i32>normal,
    fraction == 0 && biased > 1,
  );
  return decimal(o, digits, exponent);
}
