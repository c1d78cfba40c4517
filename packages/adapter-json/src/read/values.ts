import {
  asciiText,
  type DType,
  formatDatetime,
  hostIsLittleEndian,
  isMasqueradeError,
  LongDouble,
  NAT,
  narrowFloat,
  parseDatetime,
} from "@masquerade/core";
import type { Cursor } from "./cursor.ts";
import { readString } from "./string.ts";
import { checkNumber, readTree, type Tree } from "./tree.ts";

/** Reads one element, which begins at the cursor, into a contiguous array in its storage form. */
export type ReadValue = (cursor: Cursor, index: number) => void;

const NAN = /^NaN(?:\(0x([0-9a-f]+)\))?$/;

/** The bits of a float of `digits` hexadecimal digits that is no number, as the writer spells it. */
function specialBits(cursor: Cursor, digits: 4 | 8 | 16): bigint {
  const at = cursor.at;
  const spelled = readString(cursor);
  const text = cursor.words?.get(spelled) ?? spelled;
  const [nan, positive] =
    digits === 16 ? [0x7ff8n << 48n, 0x7ff0n << 48n] : digits === 8 ? [0x7fc00000n, 0x7f800000n] : [0x7e00n, 0x7c00n];
  if (text === "Infinity") return positive;
  if (text === "-Infinity") return positive | (1n << BigInt(digits * 4 - 1));
  const found = NAN.exec(text);
  if (found === null) throw cursor.fail('a number, "NaN", "Infinity" or "-Infinity" expected', at);
  if (found[1] === undefined) return nan;
  const bits = found[1].length === digits ? BigInt(`0x${found[1]}`) : 0n;
  const magnitude = bits & ((1n << BigInt(digits * 4 - 1)) - 1n);
  if (magnitude <= positive) throw cursor.fail(`NaN with ${digits} hexadecimal digits that are a NaN's expected`, at);
  return bits;
}

function number(cursor: Cursor): number {
  const { numbers } = cursor;
  const value = numbers.read(cursor.bytes, cursor.at, cursor.end);
  if (!numbers.ok || numbers.digits > 18) checkNumber(cursor);
  return value;
}

export function float64Reader(values: Float64Array): ReadValue {
  const bits = new BigUint64Array(values.buffer, values.byteOffset, values.length);
  return (cursor, i) => {
    if (cursor.bytes[cursor.at] === 0x22) bits[i] = specialBits(cursor, 16);
    else {
      values[i] = number(cursor);
      cursor.at = cursor.numbers.end;
    }
  };
}

export function float32Reader(values: Float32Array): ReadValue {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return (cursor, i) => {
    if (cursor.bytes[cursor.at] === 0x22) bits[i] = Number(specialBits(cursor, 8));
    else {
      const from = cursor.at;
      const value = number(cursor);
      cursor.at = cursor.numbers.end;
      values[i] = narrowFloat("float32", value, () => asciiText(cursor.bytes, from, cursor.at));
    }
  };
}

export function float16Reader(values: Uint16Array): ReadValue {
  return (cursor, i) => {
    if (cursor.bytes[cursor.at] === 0x22) values[i] = Number(specialBits(cursor, 4));
    else {
      const from = cursor.at;
      const value = number(cursor);
      cursor.at = cursor.numbers.end;
      values[i] = narrowFloat("float16", value, () => asciiText(cursor.bytes, from, cursor.at));
    }
  };
}

type SmallIntegers = Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;

export function integerReader(values: SmallIntegers, dtype: DType): ReadValue {
  const bits = dtype.itemsize * 8;
  const signed = dtype.kind.startsWith("int");
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  return (cursor, i) => {
    const from = cursor.at;
    const value = cursor.bytes[from] === 0x22 ? Number(wide(cursor, low, high, dtype)) : number(cursor);
    if (cursor.bytes[from] !== 0x22) {
      if (!cursor.numbers.integer) throw cursor.fail(`an integer expected: ${dtype.kind} has no fractions`, from);
      cursor.at = cursor.numbers.end;
    }
    if (!(value >= low && value <= high)) throw cursor.fail(`beyond the range of ${dtype.kind}`, from);
    values[i] = value;
  };
}

/** An integer of any size, as a number or in quotes, within bounds. */
function wide(cursor: Cursor, low: bigint | number, high: bigint | number, dtype: DType): bigint {
  const from = cursor.at;
  let text: string;
  if (cursor.bytes[from] === 0x22) {
    text = readString(cursor);
    if (!/^-?\d+$/.test(text)) throw cursor.fail("an integer expected", from);
  } else {
    number(cursor);
    if (!cursor.numbers.integer) throw cursor.fail(`an integer expected: ${dtype.kind} has no fractions`, from);
    cursor.at = cursor.numbers.end;
    text = asciiText(cursor.bytes, from, cursor.at);
  }
  if (text.length > cursor.limits.maxDigits)
    throw cursor.tooMuch("maxDigits", `an integer of more than ${cursor.limits.maxDigits} digits`, from);
  const value = BigInt(text);
  if (value < low || value > high) throw cursor.fail(`beyond the range of ${dtype.kind}`, from);
  return value;
}

export function wideReader(values: BigInt64Array | BigUint64Array, dtype: DType): ReadValue {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const top = hostIsLittleEndian ? 1 : 0;
  const signed = values instanceof BigInt64Array;
  const low = signed ? -(2n ** 63n) : 0n;
  const high = signed ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  return (cursor, i) => {
    const { numbers, bytes } = cursor;
    if (bytes[cursor.at] !== 0x22) {
      const value = numbers.read(bytes, cursor.at, cursor.end);
      if (numbers.ok && numbers.integer && numbers.digits <= 15 && (signed || value >= 0)) {
        words[i * 2 + 1 - top] = value >>> 0;
        words[i * 2 + top] = Math.floor(value / 4294967296);
        cursor.at = numbers.end;
        return;
      }
    }
    values[i] = wide(cursor, low, high, dtype);
  };
}

export function spanReader(values: BigInt64Array, dtype: DType): ReadValue {
  const plain = wideReader(values, dtype);
  return (cursor, i) => {
    if (cursor.bytes[cursor.at] === 0x22 && cursor.bytes[cursor.at + 1] === 0x4e) values[i] = notATime(cursor);
    else plain(cursor, i);
  };
}

function notATime(cursor: Cursor): bigint {
  const at = cursor.at;
  if (readString(cursor) !== "NaT") throw cursor.fail('"NaT" or an integer expected', at);
  return NAT;
}

export function dateReader(values: BigInt64Array, dtype: DType<"datetime64">): ReadValue {
  const { unit, multiple } = dtype;
  const counts = spanReader(values, dtype);
  return (cursor, i) => {
    const at = cursor.at;
    const c = cursor.bytes[at];
    if (c === 0x7b) {
      const tree = readTree(cursor);
      const count = tree instanceof Map ? (tree as ReadonlyMap<string, Tree>).get("count") : undefined;
      if (typeof count !== "bigint" && !(typeof count === "string" && /^-?\d{1,20}$/.test(count)))
        throw cursor.fail('{"count": integer} expected', at);
      const value = BigInt(count);
      if (BigInt.asIntN(64, value) !== value) throw cursor.fail("beyond the range of datetime64", at);
      values[i] = value;
    } else if (c !== 0x22 || unit === "generic") counts(cursor, i);
    else values[i] = dateOf(readString(cursor), dtype, cursor, at);
  };
  function dateOf(text: string, type: DType<"datetime64">, cursor: Cursor, at: number): bigint {
    try {
      const count = parseDatetime(text, unit, multiple);
      if (count === NAT ? text === "NaT" : within(text, formatDatetime(count, unit, multiple))) return count;
    } catch (error) {
      if (!isMasqueradeError(error)) throw error;
      throw cursor.fail(error.message, at);
    }
    throw cursor.fail(`no date of datetime64[${type.multiple === 1 ? "" : type.multiple}${type.unit}]`, at);
  }
}

/** Whether a date has no more to it than the count it was read as: nothing is cut off. */
function within(text: string, written: string): boolean {
  if (text === written) return true;
  const digits = (t: string): string => t.replace(/^\+/, "").replace(" ", "T").replace(/Z$/, "");
  const [a, b] = [digits(text), digits(written)];
  return a.length < b.length
    ? b.startsWith(a) && /^[-:T.01]*$/.test(b.slice(a.length))
    : /^[-:T.01]*$/.test(a.slice(b.length)) && a.startsWith(b);
}

export function boolReader(values: Uint8Array): ReadValue {
  return (cursor, i) => {
    const c = cursor.bytes[cursor.at];
    if (c === 0x74) {
      cursor.word("true");
      values[i] = 1;
    } else if (c === 0x66) {
      cursor.word("false");
      values[i] = 0;
    } else if (c !== undefined && c >= 0x30 && c <= 0x39) {
      const from = cursor.at;
      const value = number(cursor);
      if (!cursor.numbers.integer || value > 255) throw cursor.fail("true, false or a byte expected", from);
      cursor.at = cursor.numbers.end;
      values[i] = value;
    } else throw cursor.fail(`true or false expected${cursor.found()}`);
  };
}

/** A list of two: real and imaginary part. */
export function pairReader(part: ReadValue): ReadValue {
  return (cursor, i) => {
    cursor.expect(0x5b, "[ (a complex number is a list of two)");
    cursor.peek();
    part(cursor, i * 2);
    cursor.expect(0x2c, "a comma and the imaginary part");
    cursor.peek();
    part(cursor, i * 2 + 1);
    cursor.expect(0x5d, "] after the imaginary part");
  };
}

export function longDoubleReader(
  values: Uint8Array,
  width: number,
  dtype: DType<"longdouble"> | DType<"clongdouble">,
): ReadValue {
  const { layout } = dtype;
  return (cursor, i) => {
    const at = cursor.at;
    const c = cursor.bytes[at];
    if (c === 0x7b) {
      const tree = readTree(cursor);
      const text = tree instanceof Map ? (tree as ReadonlyMap<string, Tree>).get("bits") : undefined;
      if (typeof text !== "string" || text.length !== width * 2 || !/^[0-9a-f]*$/.test(text))
        throw cursor.fail(`{"bits": ${width * 2} hexadecimal digits} expected`, at);
      for (let k = 0; k < width; k++) values[i * width + k] = Number.parseInt(text.slice(k * 2, k * 2 + 2), 16);
      return;
    }
    let text: string;
    if (c === 0x22) {
      text = readString(cursor);
      if (text.length > cursor.limits.maxDigits) throw cursor.tooMuch("maxDigits", "a number of too many digits", at);
      if (!/^(?:NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(text))
        throw cursor.fail("a number expected", at);
    } else {
      number(cursor);
      cursor.at = cursor.numbers.end;
      text = asciiText(cursor.bytes, at, cursor.at);
      // A bare number is a float64: what JSON's own readers take it for.
      const near = Number(text);
      values.set(LongDouble.fromNumber(near, layout, width).bytes.subarray(0, width), i * width);
      return;
    }
    values.set(LongDouble.parse(text, layout, width).bytes.subarray(0, width), i * width);
  };
}
