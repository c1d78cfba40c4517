import { CapabilityError, LongDouble, type LongDoubleLayout, writeFloat64 } from "@masquerade/core";
import type { WriteValue } from "./number-columns.ts";
import { writePlain } from "./plain.ts";
import { writeHex, writePoint, writeText } from "./text.ts";

/** NumPy `S`: a string whose characters are the bytes (latin-1), NULs at the end left out. */
export function bytesValues(values: Uint8Array, width: number): WriteValue {
  return (out, i) => {
    const from = i * width;
    let end = from + width;
    while (end > from && values[end - 1] === 0) end--;
    out.byte(34);
    for (let k = from; k < end; k++) writePoint(out, values[k] as number);
    out.byte(34);
  };
}

/** NumPy `U`. Code points that JSON cannot spell as they stand are listed: `{"points": [55357, 56832]}`. */
export function strValues(values: Uint32Array, width: number): WriteValue {
  return (out, i) => {
    const from = i * width;
    let end = from + width;
    while (end > from && values[end - 1] === 0) end--;
    if (!spellable(values, from, end)) {
      out.text(`{"points": [${Array.from(values.subarray(from, end)).join(", ")}]}`);
      return;
    }
    out.byte(34);
    for (let k = from; k < end; k++) writePoint(out, values[k] as number);
    out.byte(34);
  };
}

function spellable(values: Uint32Array, from: number, end: number): boolean {
  for (let i = from; i < end; i++) {
    const point = values[i] as number;
    if (point > 0x10ffff) return false;
    // A high surrogate before a low one would be read as one character.
    if (point >= 0xd800 && point < 0xdc00 && i + 1 < end) {
      const next = values[i + 1] as number;
      if (next >= 0xdc00 && next < 0xe000) return false;
    }
  }
  return true;
}

/** NumPy `V`: hexadecimal digits. */
export function voidValues(values: Uint8Array, width: number): WriteValue {
  return (out, i) => writeHex(out, values, i * width, (i + 1) * width);
}

/**
 * Extended precision: a number where a float64 holds the value, else its shortest decimal as a string, and the bytes
 * (`{"bits": hexadecimal, little-endian}`) of what no decimal names: NaN payloads, unnormal numbers, padding in use.
 */
export function longDoubleValues(values: Uint8Array, width: number, layout: LongDoubleLayout): WriteValue {
  return (out, i) => {
    const raw = values.subarray(i * width, (i + 1) * width);
    const value = new LongDouble(raw, layout);
    const { negative, special } = value.classify();
    const near = value.toNumber();
    if (special === undefined && sameBytes(LongDouble.fromNumber(near, layout, width).bytes, raw)) {
      out.room(48);
      out.at = writeFloat64(out.bytes, out.at, near);
      return;
    }
    const text = special === "nan" ? "NaN" : special === "inf" ? `${negative ? "-" : ""}Infinity` : String(value);
    if (sameBytes(LongDouble.parse(text, layout, width).bytes, raw)) out.text(`"${text}"`);
    else {
      out.text('{"bits": ');
      writeHex(out, raw, 0, raw.length);
      out.byte(125);
    }
  };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Python objects, None tagged so that it never reads as masked. */
export function objectValues(values: readonly unknown[]): WriteValue {
  return (out, i) => {
    const value = values[i];
    if (value === null || value === undefined) out.text('{"$none": true}');
    else writePlain(out, value);
  };
}

/** StringDType: strings, and `{"$na": true}` where the dtype's missing-value object stands. */
export function stringValues(values: readonly (string | null)[]): WriteValue {
  return (out, i) => {
    const value = values[i];
    if (value === null || value === undefined) out.text('{"$na": true}');
    else if (typeof value === "string") writeText(out, value);
    else throw new CapabilityError("json", "values", `a StringDType element is text or missing, not ${typeof value}`);
  };
}
