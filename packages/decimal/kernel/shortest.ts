// The shortest decimal that reads back as the same binary number (R. Giulietti, "The Schubfach way to render doubles", 2020), with one product
// of 64 by 128 bits: the ends of the rounding interval are that product with the power of ten, shifted, added and taken away.
import { CEILINGS, LEAST, upper } from "./memory";

/** The digits found by {@link shortest}, and the power of ten they count. */
export let digits: u64 = 0;
export let exponent: i32 = 0;

/** `c * 2 ** q`; `uneven`: a power of two, whose lower gap is half the upper. */
// @ts-ignore: decorator
@inline
export function shortest(c: u64, q: i32, uneven: bool): void {
  const k = (q * 1262611 - (uneven ? 524031 : 0)) >> 22;
  const h = <u64>(q + ((-k * 1741647) >> 19) + 1);
  const at = CEILINGS + ((<usize>(-k - LEAST)) << 4);
  const hi = load<u64>(at);
  const lo = load<u64>(at, 8);
  const cp = (c << 2) << h;
  // The product: p2, p1, p0.
  const p0 = lo * cp;
  const carried = upper(lo, cp);
  const y0 = hi * cp;
  const p1 = y0 + carried;
  const p2 = upper(hi, cp) + <u64>(p1 < y0);
  // Two units of the last place but two, in the same scale.
  const up = h + 1;
  let d0 = lo << up;
  let d1 = (hi << up) | (lo >> (64 - up));
  let d2 = hi >> (64 - up);
  const r0 = p0 + d0;
  const r = p1 + d1;
  const r1 = r + <u64>(r0 < p0);
  const right = (p2 + d2 + <u64>(r < p1) + <u64>(r1 < r)) | <u64>(r1 > 1);
  if (uneven) {
    d0 = lo << h;
    d1 = (hi << h) | (lo >> (64 - h));
    d2 = hi >> (64 - h);
  }
  const l = p1 - d1;
  const l1 = l - <u64>(p0 < d0);
  const left = (p2 - d2 - <u64>(p1 < d1) - <u64>(l < <u64>(p0 < d0))) | <u64>(l1 > 1);
  const middle = p2 | <u64>(p1 > 1);
  const odd = c & 1;
  const lower = left + odd;
  const higher = right - odd;
  const s = middle >> 2;
  // No branches: which it is is as good as random. Candidates are s, s + 1 and, where one lies within, the multiples of ten around.
  const tenth = s / 10;
  const unit = s - tenth * 10;
  const forty = (s - unit) << 2;
  const aboveTenth = <u64>(forty + 40 <= higher);
  const shorter = (<u64>(lower <= forty) ^ aboveTenth) & <u64>(s >= 10);
  const s4 = s << 2;
  const above = <u64>(s4 + 4 <= higher);
  const one = <u64>(lower <= s4) ^ above;
  const nearer = <u64>(middle + (s & 1) > s4 + 2);
  const exact = s + ((above & one) | (nearer & (one ^ 1)));
  digits = exact ^ ((exact ^ (tenth + aboveTenth)) & (0 - shorter));
  exponent = k + <i32>shorter;
}
