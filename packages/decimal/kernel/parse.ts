// Reads elements of rows, and the commas and brackets between them. Whatever is not the usual (an error, a very long literal, the end of the
// text) is left to the caller, at a place from which it can go on: before an element, or after one.
import { small, wide } from "./integer";
import * as K from "./memory";
import * as N from "./number";
import * as P from "./parameters";

/** Elements from `text` on to `values` and `mask`, `most` at most; returns where in the text it stopped. Behind `end` stand zeros. */
export function parse(kind: i32, text: usize, end: usize, values: usize, mask: usize, most: i32): usize {
  const nullable = load<i32>(P.MASKED) != 0;
  const pair = load<i32>(P.PAIR) != 0;
  const rowLength = load<i32>(P.ROW_LENGTH);
  const axes = load<i32>(P.AXES);
  const rows = load<i32>(P.ROWS);
  let inRow = load<i32>(P.IN_ROW);
  let row = load<i32>(P.ROW);
  let after = load<i32>(P.AFTER) != 0;
  let p = text;
  let n: i32 = 0;
  let nulls: i32 = 0;
  while (n < most) {
    if (after) {
      let q = p;
      if (inRow < rowLength) {
        if (load<u8>(q) != 44) {
          q = white(q);
          if (load<u8>(q) != 44) break;
        }
        q++;
      } else {
        if (row + 1 == rows) break;
        q = between(q, P.ends(row + 1, axes));
        if (q == 0) break;
        row++;
        inRow = 0;
      }
      p = q;
      after = false;
    }
    if (load<u8>(p) == 32) p++;
    if (load<u8>(p) <= 32) p = white(p);
    if (nullable && load<u32>(p) == 0x6c6c756e) {
      if (p + 4 >= end) break;
      p += 4;
      const room = min(most - n, rowLength - inRow) - 1;
      const more = run(p, end, room);
      p += more * (load<u8>(p, 1) == 32 ? 6 : 5);
      mark(kind, pair, values, mask, n, more + 1);
      nulls += more + 1;
      n += more;
      inRow += more;
    } else {
      if (kind == K.FLOAT64 && !pair) {
        const last = N.numbers(p, end, values + (<usize>n << 3), mask + n, min(most - n, rowLength - inRow), 44, 93);
        if (N.read != 0) {
          p = last;
          n += N.read;
          inRow += N.read;
          after = true;
          continue;
        }
      }
      const q = pair ? two(kind, p, values, n << 1) : element(kind, p, values, n);
      if (q == N.BAD || q >= end) break;
      p = q;
      store<u8>(mask + n, 0);
    }
    n++;
    inRow++;
    after = true;
  }
  store<i32>(P.IN_ROW, inRow);
  store<i32>(P.ROW, row);
  store<i32>(P.AFTER, i32(after));
  store<i32>(P.DONE, n);
  store<i32>(P.NULLS, nulls);
  return p;
}

function white(from: usize): usize {
  let p = from;
  let c = load<u8>(p);
  while (c == 32 || c == 10 || c == 13 || c == 9) c = load<u8>(++p);
  return p;
}

/** What stands between two rows: brackets that close `ends` lists besides the row's own, a comma, and as many that open. 0: something else. */
function between(from: usize, ends: i32): usize {
  let p = from;
  for (let i = 0; i <= ends; i++) {
    p = white(p);
    if (load<u8>(p) != 93) return 0;
    p++;
  }
  p = white(p);
  if (load<u8>(p) != 44) return 0;
  p++;
  for (let i = 0; i <= ends; i++) {
    p = white(p);
    if (load<u8>(p) != 91) return 0;
    p++;
  }
  return p;
}

function two(kind: i32, from: usize, values: usize, i: i32): usize {
  if (load<u8>(from) != 91) return N.BAD;
  let p = element(kind, white(from + 1), values, i);
  if (p == N.BAD) return N.BAD;
  p = white(p);
  if (load<u8>(p) != 44) return N.BAD;
  p = element(kind, white(p + 1), values, i + 1);
  if (p == N.BAD) return N.BAD;
  p = white(p);
  return load<u8>(p) == 93 ? p + 1 : N.BAD;
}

/** How many times, `most` at most, a comma (with one space, where the first has one) and null follow, all before `end`. */
function run(from: usize, end: usize, most: i32): i32 {
  const space = <usize>(load<u8>(from, 1) == 32);
  let p = from;
  let n: i32 = 0;
  while (
    n + 8 <= most &&
    v128.all_true<u8>(i8x16.eq(v128.load(p), v128.load(K.NULLS))) &&
    v128.all_true<u8>(i8x16.eq(v128.load(p, 16), v128.load(K.NULLS, 16))) &&
    load<u64>(p, 32) == load<u64>(K.NULLS, 32)
  ) {
    p += 40;
    n += 8;
  }
  while (
    n < most &&
    load<u8>(p) == 44 &&
    load<u8>(p + space) == (space != 0 ? 32 : 44) &&
    load<u32>(p + space, 1) == 0x6c6c756e
  ) {
    p += space + 5;
    n++;
  }
  // One that ends with the text may be cut.
  return n != 0 && p >= end ? n - 1 : n;
}

/** Elements that are masked: 1 in the mask, zero beneath it. */
export function mark(kind: i32, pair: bool, values: usize, mask: usize, at: i32, count: i32): void {
  if (count == 1 && kind == K.FLOAT64 && !pair) {
    store<u8>(mask + at, 1);
    store<u64>(values + (<usize>at << 3), 0);
    return;
  }
  const size = width(kind) << i32(pair);
  memory.fill(mask + at, 1, count);
  memory.fill(values + at * size, 0, count * size);
}

/** Bytes of an element of a kind. */
function width(kind: i32): i32 {
  if (kind == K.FLOAT64 || kind == K.INT64 || kind == K.UINT64 || kind == K.SPAN) return 8;
  if (kind == K.FLOAT32 || kind == K.INT32 || kind == K.UINT32) return 4;
  return kind == K.FLOAT16 || kind == K.INT16 || kind == K.UINT16 ? 2 : 1;
}

export function element(kind: i32, p: usize, values: usize, i: i32): usize {
  switch (kind) {
    case K.FLOAT64: {
      const at = values + ((<usize>i) << 3);
      if (load<u8>(p) != 34) return double(p, at);
      const end = word(p);
      if (end != N.BAD)
        store<u64>(at, wordBits == 0 ? 0x7ff8000000000000 : wordBits > 0 ? 0x7ff0000000000000 : 0xfff0000000000000);
      return end;
    }
    case K.FLOAT32: {
      const at = values + ((<usize>i) << 2);
      if (load<u8>(p) == 34) {
        const end = word(p);
        if (end != N.BAD) store<u32>(at, wordBits == 0 ? 0x7fc00000 : wordBits > 0 ? 0x7f800000 : 0xff800000);
        return end;
      }
      const end = double(p, N.SCRATCH);
      if (end == N.BAD) return N.BAD;
      const bits = load<u64>(N.SCRATCH);
      // Half-way between two: what the decimal has beyond a float64 decides. And what is smaller than the normal ones has other half-ways.
      const value = reinterpret<f64>(bits);
      if ((bits & 0x1fffffff) == 0x10000000 || (abs<f64>(value) < 1.1754943508222875e-38 && value != 0)) return N.BAD;
      store<f32>(at, <f32>value);
      return end;
    }
    case K.FLOAT16: {
      const at = values + ((<usize>i) << 1);
      if (load<u8>(p) == 34) {
        const end = word(p);
        if (end != N.BAD) store<u16>(at, wordBits == 0 ? 0x7e00 : wordBits > 0 ? 0x7c00 : 0xfc00);
        return end;
      }
      const end = double(p, N.SCRATCH);
      if (end == N.BAD) return N.BAD;
      const bits = load<u64>(N.SCRATCH);
      const sign = (<u16>(bits >> 63)) << 15;
      const magnitude = bits & 0x7fffffffffffffff;
      if (magnitude == 0) store<u16>(at, sign);
      else if ((bits & 0x3ffffffffff) == 0x20000000000 || magnitude < 0x3f10000000000000) return N.BAD;
      else if (magnitude >= 0x40f0000000000000) store<u16>(at, sign | 0x7c00);
      else store<u16>(at, sign | <u16>(((magnitude + 0x20000000000) >> 42) - (1008 << 10)));
      return end;
    }
    case K.INT64:
      return wide(p, values + ((<usize>i) << 3), true);
    case K.UINT64:
      return wide(p, values + ((<usize>i) << 3), false);
    case K.SPAN:
      if (load<u32>(p) == 0x54614e22 && load<u8>(p, 4) == 34) {
        store<i64>(values + ((<usize>i) << 3), i64.MIN_VALUE);
        return p + 5;
      }
      return wide(p, values + ((<usize>i) << 3), true);
    case K.INT32:
      return small(p, values + ((<usize>i) << 2), 4, -2147483648, 2147483647);
    case K.UINT32:
      return small(p, values + ((<usize>i) << 2), 4, 0, 4294967295);
    case K.INT16:
      return small(p, values + ((<usize>i) << 1), 2, -32768, 32767);
    case K.UINT16:
      return small(p, values + ((<usize>i) << 1), 2, 0, 65535);
    case K.INT8:
      return small(p, values + i, 1, -128, 127);
    case K.UINT8:
      return small(p, values + i, 1, 0, 255);
    default:
      if (load<u32>(p) == 0x65757274) {
        store<u8>(values + i, 1);
        return p + 4;
      }
      if (load<u32>(p) != 0x736c6166 || load<u8>(p, 4) != 101) return N.BAD;
      store<u8>(values + i, 0);
      return p + 5;
  }
}

function double(p: usize, at: usize): usize {
  return N.number(p, at);
}

let wordBits: i32 = 0;

/** `"NaN"`, `"Infinity"`, `"-Infinity"`: 0, 1, -1. */
function word(from: usize): usize {
  if (load<u32>(from) == 0x4e614e22) {
    if (load<u8>(from, 4) != 34) return N.BAD;
    wordBits = 0;
    return from + 5;
  }
  const negative = load<u8>(from, 1) == 45;
  const p = from + (negative ? 2 : 1);
  if (load<u64>(p) != 0x7974696e69666e49 || load<u8>(p, 8) != 34) return N.BAD;
  wordBits = negative ? -1 : 1;
  return p + 9;
}
