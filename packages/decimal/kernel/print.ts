// Prints the elements of rows with what stands between them.
import { decimal, unsigned } from "./digits";
import { double, floats, printed } from "./floats";
import * as K from "./memory";
import * as P from "./parameters";
import { digits, exponent, shortest } from "./shortest";
import { bare, begin, special, zero } from "./special";

/** Columns after which a row goes on in the next line. */
const WIDTH: i32 = 100;

/** Elements at `values` (and `mask`) to `out`, until all are done or `limit` is reached; returns where the text ends. */
export function print(kind: i32, count: i32, values: usize, mask: usize, out: usize, limit: usize): usize {
  const masked = load<i32>(P.MASKED);
  const pair = load<i32>(P.PAIR) != 0;
  const indent = load<i32>(P.INDENT);
  const rowLength = load<i32>(P.ROW_LENGTH);
  const axes = load<i32>(P.AXES);
  let inRow = load<i32>(P.IN_ROW);
  let row = load<i32>(P.ROW);
  let o = out;
  let line: isize = <isize>out - load<i32>(P.COLUMN);
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
    } else if (kind == K.FLOAT64) {
      const room = min(count - i, masked == 2 ? 1 : rowLength - inRow + 1);
      const at = values + (<usize>i << 3);
      o = floats(
        at,
        at + (<usize>room << 3),
        masked == 0 || room == 1 ? 0 : mask + i,
        o,
        indent < 0 ? limit : min<usize>(limit, <usize>(line + WIDTH)),
        0x202c,
        indent < 0 ? 1 : 2,
      );
      i += printed - 1;
      inRow += printed - 1;
    } else o = element(kind, values, i, o);
  }
  store<i32>(P.IN_ROW, inRow);
  store<i32>(P.ROW, row);
  store<i32>(P.COLUMN, <i32>(<isize>o - line));
  store<i32>(P.DONE, i);
  return o;
}

let lastSeparator: usize = 0;

function separate(at: usize, row: i32, axes: i32): usize {
  const text = P.SEPARATORS + <usize>P.ends(row, axes) * 12;
  lastSeparator = text;
  const length = load<i32>(text, 4);
  memory.copy(at, load<i32>(text), length);
  return at + length;
}

export function element(kind: i32, values: usize, i: i32, o: usize): usize {
  switch (kind) {
    case K.FLOAT64:
      return double(o, values + ((<usize>i) << 3));
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
