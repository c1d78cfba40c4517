import {
  type DType,
  float16ToNumber,
  formatDatetime,
  NAT,
  parseDatetime,
  shortestFloat16,
  writeFloat32,
  writeFloat64,
  writeInteger,
} from "@masquerade/core";
import type { ByteOut } from "./byte-out.ts";

/** Writes one element of a contiguous array in its storage form. */
export type WriteValue = (out: ByteOut, index: number) => void;

/** The most bytes a number or one of the words for what is no number takes. */
const ROOM = 48;

const canonicalNaN = { high: 0x7ff80000, low: 0 } as const;

function writeWord64(out: ByteOut, high: number, low: number): void {
  if (high === 0x7ff00000 && low === 0) out.text('"Infinity"');
  else if (high === 0xfff00000 && low === 0) out.text('"-Infinity"');
  else if (high === canonicalNaN.high && low === canonicalNaN.low) out.text('"NaN"');
  else out.text(`"NaN(0x${high.toString(16).padStart(8, "0")}${low.toString(16).padStart(8, "0")})"`);
}

/** NaN with another payload or sign than the usual one carries its bits: `"NaN(0xfff8000000000000)"`. */
export function float64Values(values: Float64Array, littleEndian: boolean, precision: number | undefined): WriteValue {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const top = littleEndian ? 1 : 0;
  return (out, i) => {
    const value = values[i] as number;
    out.room(ROOM);
    if (value - value === 0)
      out.at = writeFloat64(out.bytes, out.at, precision === undefined ? value : rounded(value, precision));
    else writeWord64(out, words[i * 2 + top] as number, words[i * 2 + 1 - top] as number);
  };
}

const rounded = (value: number, precision: number): number => Number(value.toPrecision(precision));

export function float32Values(values: Float32Array, precision: number | undefined): WriteValue {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return (out, i) => {
    const value = values[i] as number;
    out.room(ROOM);
    if (value - value !== 0) {
      const bits = words[i] as number;
      if (bits === 0x7f800000) out.text('"Infinity"');
      else if (bits === 0xff800000) out.text('"-Infinity"');
      else out.text(bits === 0x7fc00000 ? '"NaN"' : `"NaN(0x${bits.toString(16).padStart(8, "0")})"`);
    } else if (precision === undefined) out.at = writeFloat32(out.bytes, out.at, value);
    else out.at = writeFloat64(out.bytes, out.at, rounded(value, precision));
  };
}

export function float16Values(values: Uint16Array, precision: number | undefined): WriteValue {
  return (out, i) => {
    const bits = values[i] as number;
    out.room(ROOM);
    if ((bits & 0x7c00) === 0x7c00) {
      if ((bits & 0x3ff) === 0) out.text(bits & 0x8000 ? '"-Infinity"' : '"Infinity"');
      else out.text(bits === 0x7e00 ? '"NaN"' : `"NaN(0x${bits.toString(16).padStart(4, "0")})"`);
      return;
    }
    const value = precision === undefined ? Number(shortestFloat16(bits)) : rounded(float16ToNumber(bits), precision);
    out.at = writeFloat64(out.bytes, out.at, bits === 0x8000 ? -0 : value);
  };
}

export function integerValues(
  values: Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array,
): WriteValue {
  return (out, i) => {
    out.room(ROOM);
    out.at = writeInteger(out.bytes, out.at, values[i] as number);
  };
}

/** Integers a double could not tell from their neighbours are strings. */
export function writeWide(out: ByteOut, value: bigint): void {
  out.room(ROOM);
  if (value <= 9007199254740991n && value >= -9007199254740991n)
    out.at = writeInteger(out.bytes, out.at, Number(value));
  else out.text(`"${value}"`);
}

export function wideValues(values: BigInt64Array | BigUint64Array, littleEndian: boolean): WriteValue {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const top = littleEndian ? 1 : 0;
  const signed = values instanceof BigInt64Array;
  return (out, i) => {
    const high = words[i * 2 + top] as number;
    const low = words[i * 2 + 1 - top] as number;
    out.room(ROOM);
    if (high < 0x200000) out.at = writeInteger(out.bytes, out.at, high * 4294967296 + low);
    else if (signed && high >= 0xffe00000 && !(high === 0xffe00000 && low === 0))
      out.at = writeInteger(out.bytes, out.at, (high - 4294967296) * 4294967296 + low);
    else out.text(`"${values[i]}"`);
  };
}

export function spanValues(values: BigInt64Array): WriteValue {
  return (out, i) => {
    const value = values[i] as bigint;
    if (value === NAT) out.text('"NaT"');
    else writeWide(out, value);
  };
}

/** ISO 8601; a count whose date would not read back (beyond the calendar, or without a unit) as `{"count": n}`. */
export function dateValues(values: BigInt64Array, dtype: DType<"datetime64">): WriteValue {
  const { unit, multiple } = dtype;
  return (out, i) => {
    const value = values[i] as bigint;
    if (value === NAT) {
      out.text('"NaT"');
      return;
    }
    const text = unit === "generic" ? undefined : formatDatetime(value, unit, multiple);
    if (text !== undefined && readsBack(text, value, dtype)) out.text(`"${text}"`);
    else {
      out.text('{"count": ');
      writeWide(out, value);
      out.byte(125);
    }
  };
}

/** Years of four digits read back, here and by NumPy (whose parser overflows far out); where units have a multiple it is tried. */
function readsBack(text: string, value: bigint, { unit, multiple }: DType<"datetime64">): boolean {
  if (!/^\d{4}(?:-|$)/.test(text)) return false;
  return multiple === 1 || (unit !== "generic" && parseDatetime(text, unit, multiple) === value);
}

/** A bool whose byte is neither 0 nor 1 is that number. */
export function boolValues(values: Uint8Array): WriteValue {
  return (out, i) => {
    const byte = values[i] as number;
    if (byte > 1) integerValues(values)(out, i);
    else out.text(byte === 1 ? "true" : "false");
  };
}

/** Real and imaginary part as a list of two. */
export function pairValues(part: WriteValue): WriteValue {
  return (out, i) => {
    out.byte(91);
    part(out, i * 2);
    out.comma();
    part(out, i * 2 + 1);
    out.byte(93);
  };
}
