import {
  type Attrs,
  CapabilityError,
  Complex,
  isArray,
  isBundle,
  LongDouble,
  Tuple,
  writeFloat64,
} from "@masquerade/core";
import { type ByteOut, nextInRow } from "./byte-out.ts";
import { writeBundleBody, writeWholeArray } from "./document.ts";
import { writeWide } from "./number-columns.ts";
import { writeBase64, writeText } from "./text.ts";

/** How deep Python values may be nested within each other. */
const DEEPEST = 90;

/** Attributes as an object in one line. */
export function writeAttrs(out: ByteOut, attrs: Attrs, depth = 0): void {
  writeObject(out, attrs as ReadonlyMap<string, unknown>, depth);
}

/**
 * A Python value: None, bool, str, int and float as themselves (an int has no point and no exponent, a float has one of them), lists and
 * dicts with names for keys as such, and the rest tagged by an object whose only key begins with "$".
 */
export function writePlain(out: ByteOut, value: unknown, depth = 0): void {
  if (depth > DEEPEST)
    throw new CapabilityError("json", "values", `Python values nested deeper than ${DEEPEST} are not written`);
  if (value === null) out.text("null");
  else if (typeof value === "boolean") out.text(value ? "true" : "false");
  else if (typeof value === "string") writeText(out, value);
  else if (typeof value === "bigint") writeInt(out, value);
  else if (typeof value === "number") writeFloat(out, value);
  else if (value instanceof Uint8Array) tagged(out, "$bytes", () => writeBase64(out, value));
  else if (Array.isArray(value)) writeList(out, value, depth);
  else if (value instanceof Tuple) tagged(out, "$tuple", () => writeList(out, value.items, depth));
  else if (value instanceof Complex) tagged(out, "$complex", () => writeList(out, [value.re, value.im], depth));
  else if (value instanceof Map) writeDict(out, value as ReadonlyMap<unknown, unknown>, depth);
  else if (isArray(value)) tagged(out, "$array", () => writeWholeArray(out, value));
  else if (isBundle(value)) tagged(out, "$bundle", () => writeBundleBody(out, value));
  else {
    const what = value instanceof LongDouble ? "an extended-precision scalar" : `a ${typeof value}`;
    throw new CapabilityError("json", "values", `${what} in an object array is no value this format has`);
  }
}

function tagged(out: ByteOut, tag: string, write: () => void): void {
  out.text(`{"${tag}": `);
  write();
  out.byte(125);
}

function writeInt(out: ByteOut, value: bigint): void {
  if (value <= 9007199254740991n && value >= -9007199254740991n) writeWide(out, value);
  else tagged(out, "$int", () => out.text(`"${value}"`));
}

function writeFloat(out: ByteOut, value: number): void {
  if (Number.isFinite(value)) {
    out.room(48);
    const from = out.at;
    out.at = writeFloat64(out.bytes, from, value);
    for (let i = from; i < out.at; i++) {
      const c = out.bytes[i];
      if (c === 46 || c === 101) return;
    }
    out.text(".0");
    return;
  }
  const text = Number.isNaN(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
  tagged(out, "$float", () => out.text(`"${text}"`));
}

function writeList(out: ByteOut, items: readonly unknown[], depth: number): void {
  out.byte(91);
  for (let i = 0; i < items.length; i++) {
    if (i > 0) nextInRow(out);
    writePlain(out, items[i], depth + 1);
  }
  out.byte(93);
}

function writeDict(out: ByteOut, map: ReadonlyMap<unknown, unknown>, depth: number): void {
  for (const key of map.keys())
    if (typeof key !== "string" || key.startsWith("$")) {
      tagged(out, "$dict", () =>
        writeList(
          out,
          [...map].map(([k, v]) => [k, v]),
          depth,
        ),
      );
      return;
    }
  writeObject(out, map as ReadonlyMap<string, unknown>, depth);
}

function writeObject(out: ByteOut, map: ReadonlyMap<string, unknown>, depth: number): void {
  out.byte(123);
  let first = true;
  for (const [key, value] of map) {
    if (!first) nextInRow(out);
    first = false;
    writeText(out, key);
    out.text(": ");
    writePlain(out, value, depth + 1);
  }
  out.byte(125);
}
