import {
  allocateStorage,
  type DType,
  formatDatetime,
  isMasqueradeError,
  LongDouble,
  lanesOf,
  NAT,
  narrowFloat,
  parseDatetime,
  type Storage,
} from "@masquerade/core";
import type { Scanner } from "./scan.ts";

/** A column being read. */
export interface ReadColumn {
  readonly dtype: DType;
  readonly storage: Storage;
  /** Reads the scanner's field as element `index`. */
  read(scanner: Scanner, index: number): void;
  mask: Uint8Array | undefined;
}

export function readColumn(dtype: DType, count: number): ReadColumn {
  const storage = allocateStorage(dtype.kind, count * lanesOf(dtype));
  return { dtype, storage, read: readerOf(dtype, storage), mask: undefined };
}

type Read = ReadColumn["read"];

function readerOf(dtype: DType, storage: Storage): Read {
  switch (dtype.kind) {
    case "bool":
      return bools(storage as Uint8Array);
    case "float16":
    case "float32":
    case "float64":
      return floats(dtype.kind, storage as Float64Array);
    case "complex64":
    case "complex128":
      return complexes(dtype.kind === "complex64" ? "float32" : "float64", storage as Float64Array);
    case "int64":
    case "uint64":
    case "timedelta64":
      return wide(dtype, storage as BigInt64Array);
    case "datetime64":
      return dates(dtype, storage as BigInt64Array);
    case "longdouble":
      return extended(dtype, storage as Uint8Array);
    case "bytes":
    case "str":
      return texts(dtype, storage as Uint8Array | Uint32Array);
    default:
      return integers(dtype, storage as Int32Array);
  }
}

function bools(values: Uint8Array): Read {
  return (scanner, i) => {
    if (scanner.is("True") || scanner.is("true") || scanner.is("1") || scanner.is("TRUE")) values[i] = 1;
    else if (scanner.is("False") || scanner.is("false") || scanner.is("0") || scanner.is("FALSE")) values[i] = 0;
    else throw scanner.failField("neither True nor False");
  };
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WORD = /^([+-]?)(nan|inf|infinity)$/i;

/** A number as Python's float() takes it. NaN with its sign left out. */
export function numberOf(text: string): number | undefined {
  const t = text.trim();
  const word = WORD.exec(t);
  if (word !== null) {
    if (word[2]?.toLowerCase() === "nan") return Number.NaN;
    return word[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return DECIMAL.test(t) ? Number(t) : undefined;
}

function checkDigits(scanner: Scanner): void {
  if (scanner.to - scanner.from > scanner.limits.maxDigits)
    throw scanner.tooMuch("maxDigits", `a number of more than ${scanner.limits.maxDigits} characters`);
}

function floatField(scanner: Scanner): number {
  const { numbers, bytes, from, to } = scanner;
  const value = numbers.read(bytes, from, to);
  if (numbers.ok && numbers.end === to) {
    if (numbers.digits > 18) checkDigits(scanner);
    return value;
  }
  checkDigits(scanner);
  const slow = numberOf(scanner.text());
  if (slow === undefined) throw scanner.failField("no number");
  return slow;
}

function floats(kind: "float16" | "float32" | "float64", values: Float64Array): Read {
  if (kind === "float64")
    return (scanner, i) => {
      values[i] = floatField(scanner);
    };
  return (scanner, i) => {
    values[i] = narrowFloat(kind, floatField(scanner), () => scanner.text().trim());
  };
}

/** Real and imaginary part as Python's complex() takes them: `1.5-2j`, also in brackets. */
function complexes(kind: "float32" | "float64", values: Float64Array): Read {
  const part = (text: string, scanner: Scanner): number => {
    const value = numberOf(text);
    if (value === undefined) throw scanner.failField("no complex number");
    return kind === "float64" ? value : narrowFloat(kind, value, () => text);
  };
  return (scanner, i) => {
    checkDigits(scanner);
    const text = scanner
      .text()
      .trim()
      .replace(/^\((.*)\)$/, "$1");
    if (!/j$/i.test(text)) {
      values[i * 2] = part(text, scanner);
      values[i * 2 + 1] = 0;
      return;
    }
    // The sign of the imaginary part: the last one that is not an exponent's.
    const cut = /^(.*[^eE])([+-][^+-]*(?:[eE][+-]?\d+)?)j$/i.exec(text);
    values[i * 2] = cut === null ? 0 : part(cut[1] as string, scanner);
    values[i * 2 + 1] = part(cut === null ? text.slice(0, -1) : (cut[2] as string), scanner);
  };
}

function integers(dtype: DType, values: Int32Array): Read {
  const bits = dtype.itemsize * 8;
  const signed = dtype.kind.startsWith("int");
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  return (scanner, i) => {
    const { numbers, bytes, from, to } = scanner;
    let value = numbers.read(bytes, from, to);
    if (!numbers.ok || numbers.end !== to || !numbers.integer) value = Number(bigOf(scanner));
    if (!(value >= low && value <= high)) throw scanner.failField(`beyond the range of ${dtype.kind}`);
    values[i] = value;
  };
}

function bigOf(scanner: Scanner): bigint {
  checkDigits(scanner);
  const text = scanner.text().trim();
  if (!/^[+-]?\d+$/.test(text)) throw scanner.failField("no integer");
  return BigInt(text.startsWith("+") ? text.slice(1) : text);
}

function wide(dtype: DType, values: BigInt64Array): Read {
  const [low, high] = dtype.kind === "uint64" ? [0n, 2n ** 64n - 1n] : [-(2n ** 63n), 2n ** 63n - 1n];
  return (scanner, i) => {
    if (dtype.kind === "timedelta64" && scanner.is("NaT")) {
      values[i] = NAT;
      return;
    }
    const value = bigOf(scanner);
    if (value < low || value > high) throw scanner.failField(`beyond the range of ${dtype.kind}`);
    values[i] = value;
  };
}

function dates(dtype: DType<"datetime64">, values: BigInt64Array): Read {
  return (scanner, i) => {
    const text = scanner.text().trim();
    const count = /^@(-?\d{1,20})$/.exec(text);
    if (count !== null) {
      const value = BigInt(count[1] as string);
      if (BigInt.asIntN(64, value) !== value) throw scanner.failField("beyond the range of datetime64");
      values[i] = value;
    } else values[i] = dateOf(text, dtype, scanner);
  };
}

/** A date to no more than the unit's precision: nothing is cut off in silence. */
function dateOf(text: string, { unit, multiple }: DType<"datetime64">, scanner: Scanner): bigint {
  if (text === "NaT") return NAT;
  try {
    const count = parseDatetime(text, unit, multiple);
    const written = unit === "generic" ? text : formatDatetime(count, unit, multiple);
    const bare = text.replace(" ", "T").replace(/Z$/, "");
    const [short, long] = bare.length < written.length ? [bare, written] : [written, bare];
    if (long.startsWith(short) && /^[-:T.01]*$/.test(long.slice(short.length))) return count;
  } catch (error) {
    if (!isMasqueradeError(error)) throw error;
  }
  throw scanner.failField(`no date of datetime64[${multiple === 1 ? "" : multiple}${unit}]`);
}

function extended(dtype: DType<"longdouble">, values: Uint8Array): Read {
  const { itemsize, layout } = dtype;
  return (scanner, i) => {
    checkDigits(scanner);
    const text = scanner.text().trim();
    if (!DECIMAL.test(text) && !WORD.test(text)) throw scanner.failField("no number");
    values.set(LongDouble.parse(text, layout, itemsize).bytes.subarray(0, itemsize), i * itemsize);
  };
}

function texts(dtype: DType, values: Uint8Array | Uint32Array): Read {
  const isText = dtype.kind === "str";
  const width = isText ? dtype.itemsize / 4 : dtype.itemsize;
  return (scanner, i) => {
    const text = scanner.text();
    let at = i * width;
    const end = at + width;
    for (const char of text) {
      const point = char.codePointAt(0) as number;
      if (at === end)
        throw scanner.failField(`longer than the ${width} ${isText ? "characters" : "bytes"} of its dtype`);
      if (!isText && point > 255) throw scanner.failField("no bytes: a character beyond U+00FF");
      values[at++] = point;
    }
  };
}
