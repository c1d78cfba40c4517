// Integers, as JSON writes them.
import { BAD } from "./number";

/** An integer of `width` bytes within bounds. */
export function small(from: usize, at: usize, width: i32, least: i64, largest: i64): usize {
  const end = integer(from, false);
  if (end == BAD || tooLong || magnitude > 4294967296) return BAD;
  const found = negative ? -(<i64>magnitude) : <i64>magnitude;
  if (found < least || found > largest) return BAD;
  if (width == 4) store<u32>(at, <u32>found);
  else if (width == 2) store<u16>(at, <u16>found);
  else store<u8>(at, <u8>found);
  return end;
}

/** One of 64 bits, in quotes perhaps. */
export function wide(from: usize, at: usize, signed: bool): usize {
  const quoted = load<u8>(from) == 34;
  const end = integer(quoted ? from + 1 : from, quoted);
  if (end == BAD || tooLong || (quoted && load<u8>(end) != 34)) return BAD;
  if (signed) {
    if (magnitude > (negative ? 0x8000000000000000 : 0x7fffffffffffffff)) return BAD;
    store<i64>(at, negative ? <i64>(0 - magnitude) : <i64>magnitude);
  } else {
    if (negative && magnitude != 0) return BAD;
    store<u64>(at, magnitude);
  }
  return quoted ? end + 1 : end;
}

let magnitude: u64 = 0;
let negative: bool = false;
let tooLong: bool = false;

function integer(from: usize, zeros: bool): usize {
  let p = from;
  negative = load<u8>(p) == 45;
  if (negative) p++;
  const first = p;
  let w: u64 = 0;
  let d = <u32>load<u8>(p) - 48;
  if (d > 9) return BAD;
  const lead = d;
  do {
    w = w * 10 + d;
    d = <u32>load<u8>(++p) - 48;
  } while (d < 10);
  const count = p - first;
  if (d == 46 - 48 || (d | 32) == ((101 - 48) | 32) || (lead == 0 && count > 1 && !zeros)) return BAD;
  magnitude = w;
  tooLong = count > 20 || (count == 20 && (lead != 1 || w < 10000000000000000000));
  return p;
}
