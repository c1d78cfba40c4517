// Tables: rows of numbers with a delimiter between them and a line end behind them, as CSV has them. Whatever is not the usual is left to the
// caller, as in parse.ts.
import { floats, printed } from "./floats";
import * as K from "./memory";
import * as N from "./number";
import * as P from "./parameters";
import { mark, element as read } from "./parse";
import { element as write } from "./print";
import { begin } from "./special";

/** Elements at `values` (and `mask`) to `out`, until all are done or `limit` is reached; returns where the text ends. The last row gets no line end. */
export function printTable(kind: i32, count: i32, values: usize, mask: usize, out: usize, limit: usize): usize {
  const masked = load<i32>(P.MASKED) != 0;
  const pair = load<i32>(P.PAIR) != 0;
  const delimiter = load<u8>(P.DELIMITER);
  const rowLength = load<i32>(P.ROW_LENGTH);
  const length = load<i32>(P.MISSING_LENGTH);
  let inRow = load<i32>(P.IN_ROW);
  let o = out;
  let i: i32 = 0;
  begin(true);
  for (; i < count && o < limit; i++) {
    if (inRow == rowLength) {
      store<u8>(o++, 10);
      inRow = 0;
    } else if (inRow != 0) store<u8>(o++, delimiter);
    inRow++;
    if (masked && load<u8>(mask + i) != 0) {
      memory.copy(o, P.MISSING, length);
      o += length;
    } else if (pair) {
      o = write(kind, values, i << 1, o);
      // The imaginary part has its sign in every case; a NaN's is not told.
      const from = o;
      o = write(kind, values, (i << 1) + 1, from + 1);
      if (load<u8>(from, 1) == 45) {
        memory.copy(from, from + 1, o - from - 1);
        o--;
      } else store<u8>(from, 43);
      store<u8>(o++, 106);
    } else if (kind == K.FLOAT64) {
      const room = min(count - i, rowLength - inRow + 1);
      const at = values + (<usize>i << 3);
      o = floats(at, at + (<usize>room << 3), masked ? mask + i : 0, o, limit, delimiter, 1);
      i += printed - 1;
      inRow += printed - 1;
    } else o = write(kind, values, i, o);
  }
  store<i32>(P.IN_ROW, inRow);
  store<i32>(P.DONE, i);
  return o;
}

/** Elements from `text` on to `values` and `mask`, `most` at most; returns where in the text it stopped. Behind `end` stand zeros. */
export function parseTable(kind: i32, text: usize, end: usize, values: usize, mask: usize, most: i32): usize {
  const nullable = load<i32>(P.MASKED) != 0;
  const delimiter = load<u8>(P.DELIMITER);
  const rowLength = load<i32>(P.ROW_LENGTH);
  const length = load<i32>(P.MISSING_LENGTH);
  let inRow = load<i32>(P.IN_ROW);
  let after = load<i32>(P.AFTER) != 0;
  let p = text;
  let n: i32 = 0;
  let nulls: i32 = 0;
  while (n < most) {
    if (after) {
      let q = p;
      if (delimiter == 0) q = blank(q);
      if (inRow < rowLength) {
        if (delimiter == 0 ? q == p || isEnd(q) : load<u8>(q++) != delimiter) break;
      } else {
        if (load<u8>(q) == 13) q++;
        if (load<u8>(q++) != 10) break;
        inRow = 0;
      }
      p = q;
      after = false;
    }
    let q = delimiter == 0 ? blank(p) : p;
    const c = load<u8>(q);
    // An empty line, or a comment.
    if (inRow == 0 && (c == 35 || isEnd(q))) break;
    if (nullable && isMissing(q, length) && isBound(q + length, delimiter)) {
      q += length;
      if (q >= end) break;
      mark(kind, false, values, mask, n, 1);
      nulls++;
    } else {
      // A letter, or one behind the sign.
      if (load<u8>(q + usize(c == 45)) > 64) q = word(kind, q, values, n);
      else if (kind == K.FLOAT64) {
        if (delimiter != 0) {
          const room = min(most - n, rowLength - inRow);
          const last = N.numbers(q, end, values + (<usize>n << 3), mask + n, room, delimiter, 10);
          if (N.read != 0) {
            p = last;
            n += N.read;
            inRow += N.read;
            after = true;
            continue;
          }
        }
        q = N.number(q, values + (<usize>n << 3));
      } else q = read(kind, q, values, n);
      if (q == N.BAD || q >= end || !isBound(q, delimiter)) break;
      store<u8>(mask + n, 0);
    }
    p = q;
    n++;
    inRow++;
    after = true;
  }
  store<i32>(P.IN_ROW, inRow);
  store<i32>(P.AFTER, i32(after));
  store<i32>(P.DONE, n);
  store<i32>(P.NULLS, nulls);
  return p;
}

function blank(from: usize): usize {
  let p = from;
  while (load<u8>(p) == 32 || load<u8>(p) == 9) p++;
  return p;
}

function isEnd(p: usize): bool {
  const c = load<u8>(p);
  return c == 10 || c == 13 || c == 0;
}

function isBound(p: usize, delimiter: u8): bool {
  const c = load<u8>(p);
  return c == 10 || c == 13 || (delimiter == 0 ? c == 32 || c == 9 : c == delimiter);
}

function isMissing(p: usize, length: i32): bool {
  for (let i: i32 = 0; i < length; i++) if (load<u8>(p + i) != load<u8>(P.MISSING + i)) return false;
  return true;
}

/** `nan`, `inf`, `-inf`, as NumPy prints them, or a number that begins with a minus sign. */
function word(kind: i32, p: usize, values: usize, i: i32): usize {
  const negative = load<u8>(p) == 45;
  const q = p + usize(negative);
  const three = load<u32>(q) & 0xffffff;
  const isNaN = three == 0x6e616e;
  if (three != 0x666e69 && !isNaN) return negative ? read(kind, p, values, i) : N.BAD;
  // The sign of a NaN is no part of what is written.
  if (isNaN && negative) return N.BAD;
  if (kind == K.FLOAT64)
    store<f64>(values + ((<usize>i) << 3), isNaN ? reinterpret<f64>(0x7ff8000000000000) : negative ? -Infinity : Infinity);
  else if (kind == K.FLOAT32)
    store<u32>(values + ((<usize>i) << 2), isNaN ? 0x7fc00000 : negative ? 0xff800000 : 0x7f800000);
  else if (kind == K.FLOAT16) store<u16>(values + ((<usize>i) << 1), isNaN ? 0x7e00 : negative ? 0xfc00 : 0x7c00);
  else return N.BAD;
  return q + 3;
}
