import {
  CapabilityError,
  type DType,
  float16ToNumber,
  formatDatetime,
  LongDouble,
  NAT,
  type NdArray,
  parseDatetime,
  type Storage,
  shortestFloat16,
  writeFloat32,
  writeFloat64,
  writeInteger,
} from "@masquerade/core";
import type { Flavour } from "./flavour.ts";
import type { TextOut } from "./text-out.ts";

/** Writes the field of one element. */
export type WriteField = (out: TextOut, index: number) => void;

/** Room for any number. */
const ROOM = 48;

/** How the elements of a column are written: numbers as Python reads them, texts in quotes where they need them. */
export function fieldWriter(array: NdArray, flavour: Flavour, missing: string): WriteField {
  const { dtype } = array;
  const storage = array.toC();
  switch (dtype.kind) {
    case "bool":
      return bools(storage as Uint8Array, flavour);
    case "float64":
    case "complex128":
    case "float32":
    case "complex64":
    case "float16":
      return floats(dtype, storage);
    case "int64":
    case "uint64":
    case "timedelta64":
      return wide(storage as BigInt64Array, dtype.kind === "timedelta64");
    case "datetime64":
      return dates(storage as BigInt64Array, dtype);
    case "longdouble":
      return extended(storage as Uint8Array, dtype, flavour);
    case "bytes":
    case "str":
      return texts(dtype, storage as Uint8Array | Uint32Array, flavour, missing);
    default: {
      const values = storage as Int32Array;
      return (out, i) => {
        out.room(ROOM);
        out.at = writeInteger(out.bytes, out.at, values[i] as number);
      };
    }
  }
}

function bools(values: Uint8Array, flavour: Flavour): WriteField {
  return (out, i) => {
    const byte = values[i] as number;
    if (byte > 1)
      throw new CapabilityError(flavour.id, "values", `a bool whose byte is ${byte} is neither True nor False`);
    out.text(byte === 1 ? "True" : "False");
  };
}

/** Real numbers, or (for complex dtypes) `1.5-2j`. NaN is one word, whatever its bits. */
function floats(dtype: DType, storage: Storage): WriteField {
  const values = storage as Float64Array;
  const width = values.BYTES_PER_ELEMENT;
  const one = (out: TextOut, at: number): void => {
    out.room(ROOM);
    const raw = values[at] as number;
    const value = width === 2 ? float16ToNumber(raw) : raw;
    if (Number.isFinite(value)) {
      if (width === 4) out.at = writeFloat32(out.bytes, out.at, value);
      else out.at = writeFloat64(out.bytes, out.at, width === 2 && value !== 0 ? Number(shortestFloat16(raw)) : value);
    } else if (Number.isNaN(value)) out.text("nan");
    else out.text(value > 0 ? "inf" : "-inf");
  };
  if (!dtype.kind.startsWith("complex")) return one;
  return (out, i) => {
    one(out, i * 2);
    const imaginary = values[i * 2 + 1] as number;
    if (imaginary > 0 || Object.is(imaginary, 0) || Number.isNaN(imaginary)) out.byte(43);
    one(out, i * 2 + 1);
    out.byte(106);
  };
}

function wide(values: BigInt64Array, span: boolean): WriteField {
  return (out, i) => {
    const value = values[i] as bigint;
    out.text(span && value === NAT ? "NaT" : String(value));
  };
}

/** ISO 8601; a count that has no date of four digits of year as `@count`, which NumPy does not read. */
function dates(values: BigInt64Array, dtype: DType<"datetime64">): WriteField {
  const { unit, multiple } = dtype;
  return (out, i) => {
    const value = values[i] as bigint;
    if (value === NAT) out.text("NaT");
    else {
      const text = unit === "generic" ? "" : formatDatetime(value, unit, multiple);
      const good =
        /^\d{4}(?:-|$)/.test(text) &&
        (multiple === 1 || (unit !== "generic" && parseDatetime(text, unit, multiple) === value));
      out.text(good ? text : `@${value}`);
    }
  };
}

function extended(values: Uint8Array, dtype: DType<"longdouble">, flavour: Flavour): WriteField {
  const { itemsize, layout } = dtype;
  return (out, i) => {
    const raw = values.subarray(i * itemsize, (i + 1) * itemsize);
    const value = new LongDouble(raw, layout);
    const { special, negative } = value.classify();
    const text = special === "nan" ? "nan" : special === "inf" ? (negative ? "-inf" : "inf") : String(value);
    if (!LongDouble.parse(text, layout, itemsize).bytes.every((byte, k) => byte === raw[k]))
      throw new CapabilityError(
        flavour.id,
        "values",
        "an extended-precision value that no decimal names (a NaN payload, an unnormal number)",
      );
    out.text(text);
  };
}

function texts(dtype: DType, values: Uint8Array | Uint32Array, flavour: Flavour, missing: string): WriteField {
  const width = dtype.kind === "str" ? dtype.itemsize / 4 : dtype.itemsize;
  return (out, i) => {
    let end = (i + 1) * width;
    while (end > i * width && values[end - 1] === 0) end--;
    let text = "";
    for (let k = i * width; k < end; k++) {
      const point = values[k] as number;
      if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        throw new CapabilityError(flavour.id, "values", "lone surrogates and code points beyond Unicode are no text");
      text += String.fromCodePoint(point);
    }
    out.text(quoted(text, flavour, missing));
  };
}

/** A text as a field: in quotes (doubled within) where it would otherwise be taken apart or for something else (RFC 4180). */
export function quoted(text: string, flavour: Flavour, missing: string): string {
  if (text !== "" && text !== missing && !taken.has(text) && !needsQuotes(text, flavour)) return text;
  return `"${text.replaceAll('"', '""')}"`;
}

/** What readers take for a missing value. */
const taken: ReadonlySet<string> = new Set(["--", "NA", "N/A"]);

function needsQuotes(text: string, flavour: Flavour): boolean {
  if (text.trim() !== text) return true;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c === 0x22 || c === 0x23 || (c >= 0x7f && c <= 0xa0) || c === 0x2028 || c === 0x2029) return true;
    if (c === 0x2c || (c === 0x20 && flavour.delimiter === undefined)) return true;
  }
  return flavour.delimiter === undefined && /\s/.test(text);
}
