// Prints the elements of rows with what stands between them.
import { decimal, positional, unsigned } from "./digits";
import * as K from "./memory";
import { digits, exponent, shortest } from "./shortest";

// Parameters, in words. In and out: COLUMN (bytes on the line so far), IN_ROW, ROW.
const MASKED: usize = 0; // 0: no mask; 1: masked elements are null; 2: only masked elements are written
const PAIR: usize = 4; // 1: two numbers in brackets
const INDENT: usize = 8; // spaces of a wrapped line's indentation, and whether there are spaces at all: -1, none
const ROW_LENGTH: usize = 12;
const IN_ROW: usize = 16;
const ROW: usize = 20;
const AXES: usize = 24;
const COLUMN: usize = 28;
const DONE: usize = 32;
const WIDTH: i32 = 100;

/** What stands between two rows when n outer lists end there: where the text is, its length, its bytes on the last line. */
const SEPARATORS: usize = 512;

let skip: i32 = 0;

/** Whether numbers stand as Python prints them (`nan`, `-inf`, integers of any size), not as JSON has them. */
let bare: bool = false;

export function begin(asPython: bool): void {
  bare = asPython;
  skip = 0;
}

/** Elements at `values` (and `mask`) to `out`, until all are done or `limit` is reached; returns where the text ends. */
export function print(kind: i32, count: i32, values: usize, mask: usize, out: usize, limit: usize): usize {
  const masked = load<i32>(K.PARAMETERS + MASKED);
  const pair = load<i32>(K.PARAMETERS + PAIR) != 0;
  const indent = load<i32>(K.PARAMETERS + INDENT);
  const rowLength = load<i32>(K.PARAMETERS + ROW_LENGTH);
  const axes = load<i32>(K.PARAMETERS + AXES);
  let inRow = load<i32>(K.PARAMETERS + IN_ROW);
  let row = load<i32>(K.PARAMETERS + ROW);
  let o = out;
  let line: isize = <isize>out - load<i32>(K.PARAMETERS + COLUMN);
  let i: i32 = 0;
  begin(false);
  for (; i < count && o < limit; i++) {
    const hidden = masked != 0 && load<u8>(mask + i) != 0;
    if (masked == 2 && !hidden) continue;
    if (inRow == rowLength) {
      row++;
      inRow = 0;
      const from = o;
      o = separate(o, row, axes);
      if (o > from) line = <isize>o - load<i32>(lastSeparator, 8);
    } else if (inRow != 0) {
      if (indent < 0) store<u8>(o++, 44);
      else if (<isize>o - line <= WIDTH) {
        store<u16>(o, 0x202c);
        o += 2;
      } else {
        store<u16>(o, 0x0a2c);
        o += 2;
        line = <isize>o;
        memory.fill(o, 32, indent);
        o += indent;
      }
    }
    inRow++;
    if (hidden && masked == 1) {
      store<u32>(o, 0x6c6c756e);
      o += 4;
      if (indent < 0)
        while (i + 8 < count && inRow + 8 <= rowLength && load<u64>(mask + i, 1) == 0x0101010101010101) {
          v128.store(o, v128.load(K.NULLS));
          v128.store(o, v128.load(K.NULLS, 16), 16);
          store<u64>(o, load<u64>(K.NULLS, 32), 32);
          o += 40;
          i += 8;
          inRow += 8;
        }
    } else if (pair) {
      store<u8>(o, 91);
      o = element(kind, values, i << 1, o + 1);
      store<u16>(o, 0x202c);
      o = element(kind, values, (i << 1) + 1, o + (indent < 0 ? 1 : 2));
      store<u8>(o++, 93);
    } else if (kind == K.FLOAT64) o = float64(o, load<u64>(values + (<usize>i << 3)));
    else o = element(kind, values, i, o);
  }
  store<i32>(K.PARAMETERS + IN_ROW, inRow);
  store<i32>(K.PARAMETERS + ROW, row);
  store<i32>(K.PARAMETERS + COLUMN, <i32>(<isize>o - line));
  store<i32>(K.PARAMETERS + DONE, i);
  return o;
}

let lastSeparator: usize = 0;

function separate(at: usize, row: i32, axes: i32): usize {
  const text = K.PARAMETERS + SEPARATORS + <usize>K.ends(row, axes) * 12;
  lastSeparator = text;
  const length = load<i32>(text, 4);
  memory.copy(at, load<i32>(text), length);
  return at + length;
}

export function element(kind: i32, values: usize, i: i32, o: usize): usize {
  switch (kind) {
    case K.FLOAT64:
      return double(o, load<u64>(values + ((<usize>i) << 3)));
    case K.FLOAT32:
      return float32(o, load<u32>(values + ((<usize>i) << 2)));
    case K.FLOAT16:
      return float16(o, load<u16>(values + ((<usize>i) << 1)));
    case K.INT64:
      return wide(o, load<i64>(values + ((<usize>i) << 3)));
    case K.UINT64: {
      const value = load<u64>(values + ((<usize>i) << 3));
      return value > 9007199254740991 && !bare ? quoted(o, value, false) : unsigned(o, value);
    }
    case K.SPAN: {
      const value = load<i64>(values + ((<usize>i) << 3));
      if (value != i64.MIN_VALUE) return wide(o, value);
      if (bare) {
        store<u32>(o, 0x54614e);
        return o + 3;
      }
      store<u32>(o, 0x614e22 | (0x54 << 24));
      store<u8>(o, 34, 4);
      return o + 5;
    }
    case K.INT32:
      return signed(o, load<i32>(values + ((<usize>i) << 2)));
    case K.UINT32:
      return unsigned(o, load<u32>(values + ((<usize>i) << 2)));
    case K.INT16:
      return signed(o, load<i16>(values + ((<usize>i) << 1)));
    case K.UINT16:
      return unsigned(o, load<u16>(values + ((<usize>i) << 1)));
    case K.INT8:
      return signed(o, load<i8>(values + i));
    case K.UINT8:
      return unsigned(o, load<u8>(values + i));
    default: {
      const byte = load<u8>(values + i);
      if (byte > 1) return unsigned(o, byte);
      store<u32>(o, byte != 0 ? 0x65757274 : 0x736c6166);
      store<u8>(o, 101, 4);
      return byte != 0 ? o + 4 : o + 5;
    }
  }
}

function signed(o: usize, value: i32): usize {
  if (value >= 0) return unsigned(o, value);
  store<u8>(o, 45);
  return unsigned(o + 1, <u64>-(<i64>value));
}

function wide(o: usize, value: i64): usize {
  const negative = value < 0;
  const magnitude = negative ? <u64>-value : <u64>value;
  if (magnitude > 9007199254740991 && !bare) return quoted(o, magnitude, negative);
  if (negative) store<u8>(o++, 45);
  return unsigned(o, magnitude);
}

/** What a double could not tell from its neighbours. */
function quoted(at: usize, magnitude: u64, negative: bool): usize {
  let o = at;
  store<u8>(o++, 34);
  if (negative) store<u8>(o++, 45);
  o = unsigned(o, magnitude);
  store<u8>(o, 34);
  return o + 1;
}

function zero(o: usize, negative: bool): usize {
  if (!negative) {
    store<u8>(o, 48);
    return o + 1;
  }
  store<u32>(o, 0x302e302d);
  return o + 4;
}

/** `"NaN"`, `"Infinity"`, or the bits of another NaN: `"NaN(0x7e01)"`. */
function special(at: usize, bits: u64, usual: u64, infinite: bool, negative: bool, hexDigits: i32): usize {
  let o = at;
  if (bare) {
    if (infinite && negative) store<u8>(o++, 45);
    store<u32>(o, infinite ? 0x666e69 : 0x6e616e);
    return o + 3;
  }
  if (infinite) {
    store<u8>(o++, 34);
    if (negative) store<u8>(o++, 45);
    store<u64>(o, 0x7974696e69666e49);
    store<u8>(o, 34, 8);
    return o + 9;
  }
  store<u32>(o, 0x4e614e22);
  if (bits == usual) {
    store<u8>(o, 34, 4);
    return o + 5;
  }
  store<u32>(o, 0x783028, 4);
  o += 7;
  for (let n = hexDigits - 1; n >= 0; n--) {
    const d = <u8>((bits >> ((<u64>n) << 2)) & 15);
    store<u8>(o++, d < 10 ? 48 + d : 87 + d);
  }
  store<u16>(o, 0x2229);
  return o + 2;
}

function double(o: usize, bits: u64): usize {
  return float64(o, bits);
}

// @ts-ignore: decorator
@inline
export function float64(at: usize, bits: u64): usize {
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
    if (c == 0 || biased == 0 || biased == 0x7ff) return float64Slow(at, bits);
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
    if (<u32>(f - d + 3 <= 3) | <u32>(sum - 0x7fffffffb <= 5) | <u32>(r - 0x3ffffffd8 <= 40)) return float64Slow(at, bits);
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

function float32(at: usize, bits: u32): usize {
  let o = at;
  const negative = bits >> 31 != 0;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return special(o, bits, 0x7fc00000, magnitude == 0x7f800000, negative, 8);
  if (magnitude == 0) return zero(o, negative);
  store<u8>(o, 45);
  o += <usize>negative;
  const value = reinterpret<f32>(magnitude);
  if (value < 16777216) {
    const whole = <u32>value;
    if (<f32>whole == value) return unsigned(o, whole);
  }
  const biased = <i32>(magnitude >> 23);
  const fraction = <u64>(magnitude & 0x7fffff);
  return biased == 0
    ? narrow(o, fraction, -149, false)
    : narrow(o, fraction | 0x800000, biased - 150, fraction == 0 && biased > 1);
}

function float16(at: usize, bits: u32): usize {
  let o = at;
  const negative = bits >> 15 != 0;
  const magnitude = bits & 0x7fff;
  if (magnitude >= 0x7c00) return special(o, bits, 0x7e00, magnitude == 0x7c00, negative, 4);
  if (magnitude == 0) return zero(o, negative);
  if (negative) store<u8>(o++, 45);
  const biased = <i32>(magnitude >> 10);
  const fraction = <u64>(magnitude & 0x3ff);
  return biased == 0
    ? narrow(o, fraction, -24, false)
    : narrow(o, fraction | 0x400, biased - 25, fraction == 0 && biased > 1);
}

function narrow(o: usize, c: u64, q: i32, uneven: bool): usize {
  shortest(c, q, uneven);
  return decimal(o, digits, exponent);
}
