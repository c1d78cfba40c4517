import { codePointsToString } from "../array/element.ts";
import { formatDatetime, formatTimedelta, NAT, parseDatetime } from "../dtype/datetime.ts";
import { bytes, type DType, lanesOf, str } from "../dtype/dtype.ts";
import { allocateStorage, type BinaryKind, type Kind, type Storage, storageOver } from "../dtype/elements.ts";
import { numberToFloat16 } from "../dtype/float16.ts";
import { LongDouble, writeExtended } from "../dtype/longdouble.ts";
import { OptionError, quoteText } from "../errors.ts";
import { complexScalarText, floatScalarText, longDoubleText, partKinds } from "../print/scalar-text.ts";
import { toFloat64 } from "./cast.ts";
import { parseComplex, parseFloatText, parseInteger } from "./number-text.ts";

/** Characters NumPy gives the text of each kind. */
const widths: { readonly [K in Kind]?: number } = {
  bool: 5,
  int8: 4,
  int16: 6,
  int32: 11,
  int64: 21,
  uint8: 3,
  uint16: 5,
  uint32: 10,
  uint64: 20,
  float16: 32,
  float32: 32,
  float64: 32,
  longdouble: 48,
  complex64: 64,
  complex128: 64,
  clongdouble: 96,
  timedelta64: 21,
};
const dateWidths: { readonly [unit: string]: number } = {
  Y: 22,
  M: 25,
  W: 28,
  D: 28,
  h: 32,
  m: 35,
  s: 38,
  ms: 42,
  us: 45,
  ns: 48,
  ps: 51,
  fs: 54,
  as: 57,
};

/** The length NumPy's `astype("S")` / `astype("U")` gives text of `from` (0: it depends on the content). */
export function textLength(from: DType): number {
  if (from.kind === "bytes" || from.kind === "void") return from.itemsize;
  if (from.kind === "str") return from.itemsize / 4;
  if (from.kind === "datetime64") return dateWidths[from.unit] ?? 0;
  return widths[from.kind] ?? 0;
}

/** A bytes or str dtype of length 0 made as long as `from` needs; others as they are. */
export function sizedText(to: DType, from: DType): DType {
  if (to.itemsize !== 0) return to;
  if (to.kind === "bytes") return bytes(textLength(from));
  return to.kind === "str" ? str(textLength(from), to.byteOrder === "big" ? "big" : "little") : to;
}

/** The text of each element, as Python's `str` of NumPy's scalars. */
export function elementTexts(from: DType, lanes: Storage, size: number): string[] {
  const out = new Array<string>(size);
  const { kind } = from;
  if (kind === "string") return Array.from(lanes as (string | null)[], (v) => v ?? String(from.naObject?.value ?? ""));
  if (kind === "str") {
    const n = lanesOf(from);
    for (let i = 0; i < size; i++) out[i] = codePointsToString(lanes as Uint32Array, i * n, (i + 1) * n);
  } else if (kind === "bytes" || kind === "void") {
    for (let i = 0; i < size; i++) out[i] = asciiText(lanes as Uint8Array, i * from.itemsize, (i + 1) * from.itemsize);
  } else if (kind === "bool") for (let i = 0; i < size; i++) out[i] = (lanes as Uint8Array)[i] === 0 ? "False" : "True";
  else if (kind === "datetime64")
    for (let i = 0; i < size; i++)
      out[i] = formatDatetime((lanes as BigInt64Array)[i] as bigint, from.unit, from.multiple);
  else if (kind === "timedelta64") {
    for (let i = 0; i < size; i++)
      out[i] = formatTimedelta((lanes as BigInt64Array)[i] as bigint, from.unit, from.multiple);
  } else if (kind === "complex64" || kind === "complex128") {
    const pairs = lanes as Float64Array;
    const part = partKinds[kind];
    for (let i = 0; i < size; i++) out[i] = complexScalarText(part, pairs[2 * i] as number, pairs[2 * i + 1] as number);
  } else if (kind === "longdouble" || kind === "clongdouble") {
    const raw = lanes as Uint8Array;
    const width = kind === "longdouble" ? from.itemsize : from.itemsize / 2;
    const value = (at: number): LongDouble => new LongDouble(raw.subarray(at, at + width), from.layout);
    for (let i = 0; i < size; i++) {
      const at = i * from.itemsize;
      out[i] =
        kind === "longdouble"
          ? longDoubleText(value(at))
          : complexScalarText("longdouble", value(at), value(at + width));
    }
  } else if (kind === "float16" || kind === "float32" || kind === "float64") {
    const values = toFloat64(from, lanes, size);
    for (let i = 0; i < size; i++) out[i] = floatScalarText(kind, values[i] as number);
  } else for (let i = 0; i < size; i++) out[i] = String((lanes as readonly unknown[])[i]);
  return out;
}

function asciiText(raw: Uint8Array, from: number, to: number): string {
  let end = to;
  while (end > from && raw[end - 1] === 0) end--;
  let text = "";
  for (let i = from; i < end; i++) {
    if ((raw[i] as number) > 127)
      throw new OptionError(
        "DTYPE_MISMATCH",
        `byte 0x${(raw[i] as number).toString(16)} is not ASCII: bytes cast to text only as ASCII`,
      );
    text += String.fromCharCode(raw[i] as number);
  }
  return text;
}

/** Text into fixed-length storage, cut or zero-padded. */
export function storeTexts(texts: readonly string[], to: DType): Storage {
  if (to.kind === "string") return texts.slice();
  const out = allocateStorage(to.kind, texts.length * lanesOf(to));
  const n = lanesOf(to);
  for (let i = 0; i < texts.length; i++) {
    let k = 0;
    for (const c of texts[i] as string) {
      if (k === n) break;
      const point = c.codePointAt(0) as number;
      if (to.kind === "bytes" && point > 127)
        throw new OptionError("DTYPE_MISMATCH", `"${quoteText(c)}" is not ASCII: text casts to bytes only as ASCII`);
      (out as Uint32Array)[i * n + k++] = point;
    }
  }
  return out;
}

export function castToText(from: DType, lanes: Storage, to: DType, size: number): Storage {
  if (from.kind === "void") throw new OptionError("DTYPE_MISMATCH", `void cannot be cast to ${to.kind}`);
  if (from.kind === "bytes" && to.kind === "bytes")
    return resized(lanes as Uint8Array, from.itemsize, to.itemsize, size);
  if (from.kind === "str" && to.kind === "str") return resized(lanes as Uint32Array, lanesOf(from), lanesOf(to), size);
  const texts = elementTexts(from, lanes, size);
  const room = to.kind === "string" ? Number.POSITIVE_INFINITY : lanesOf(to);
  if (from.kind === "datetime64" && texts.some((t) => t.length > room))
    throw new OptionError(
      "DTYPE_MISMATCH",
      `${room} characters are too few for the dates; NumPy gives them ${textLength(from)}`,
    );
  return storeTexts(texts, to);
}

function resized<T extends Uint8Array | Uint32Array>(lanes: T, width: number, wanted: number, size: number): T {
  const out = new (lanes.constructor as new (n: number) => T)(size * wanted);
  const take = Math.min(width, wanted);
  for (let i = 0; i < size; i++) out.set(lanes.subarray(i * width, i * width + take), i * wanted);
  return out;
}

/** Text as numbers, by Python's int(), float() and complex(); as dates by ISO 8601; as bool: whether there is any. */
export function castFromText(from: DType, lanes: Storage, to: DType, size: number): Storage {
  const texts = elementTexts(from, lanes, size);
  const { kind } = to;
  const out = allocateStorage(kind, size * lanesOf(to));
  const values = out as Float64Array;
  if (kind === "bool") for (let i = 0; i < size; i++) values[i] = texts[i] === "" ? 0 : 1;
  else if (kind === "float64" || kind === "float32")
    for (let i = 0; i < size; i++) values[i] = parseFloatText(texts[i] as string);
  else if (kind === "float16")
    for (let i = 0; i < size; i++) values[i] = numberToFloat16(parseFloatText(texts[i] as string));
  else if (kind === "complex64" || kind === "complex128")
    for (let i = 0; i < size; i++) {
      const z = parseComplex(texts[i] as string);
      values[2 * i] = z.re;
      values[2 * i + 1] = z.im;
    }
  else if (kind === "longdouble")
    for (let i = 0; i < size; i++)
      writeExtended(parseFloatText(texts[i] as string), out as Uint8Array, i * to.itemsize, to.layout);
  else if (kind === "datetime64") {
    for (let i = 0; i < size; i++) (out as BigInt64Array)[i] = parseDatetime(texts[i] as string, to.unit, to.multiple);
  } else {
    const wide = new BigInt64Array(size);
    for (let i = 0; i < size; i++)
      wide[i] = kind === "timedelta64" && /^(nat)?$/i.test(texts[i] as string) ? NAT : parseInteger(texts[i] as string);
    if (kind === "int64" || kind === "uint64" || kind === "timedelta64")
      return storageOver(kind as BinaryKind, wide.buffer, 0, size);
    for (let i = 0; i < size; i++) values[i] = Number(BigInt.asIntN(32, wide[i] as bigint));
  }
  return out;
}
