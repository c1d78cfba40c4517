import { asciiText } from "@masquerade/core";
import type { Cursor } from "./cursor.ts";

const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const letters: { readonly [code: number]: string | undefined } = {
  34: '"',
  92: "\\",
  47: "/",
  98: "\b",
  102: "\f",
  110: "\n",
  114: "\r",
  116: "\t",
};

/** A JSON string, of which the opening quote is next. Lone surrogates, which escapes can spell, stay as they are. */
export function readString(cursor: Cursor): string {
  const { bytes, end } = cursor;
  const start = cursor.at + 1;
  let at = start;
  let plain = true;
  for (; at < end; at++) {
    const c = bytes[at] as number;
    if (c === 0x22) {
      cursor.at = at + 1;
      if (plain) return at - start < 32 ? shortText(bytes, start, at) : asciiText(bytes, start, at);
      return decode(cursor, start, at);
    }
    if (c < 0x20) throw cursor.fail("a control character in a string must be escaped", at);
    if (c === 0x5c) {
      at++;
      plain = false;
    } else if (c >= 0x80) plain = false;
  }
  throw cursor.fail("a string is not closed", end);
}

function shortText(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}

function decode(cursor: Cursor, start: number, end: number): string {
  const { bytes } = cursor;
  let text = "";
  let from = start;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== 0x5c) continue;
    text += unescaped(cursor, from, at);
    at++;
    const code = bytes[at] as number;
    const letter = letters[code];
    if (letter !== undefined) text += letter;
    else if (code === 0x75) {
      text += String.fromCharCode(hexUnit(cursor, at + 1, end));
      at += 4;
    } else throw cursor.fail("no such escape in JSON", at - 1);
    from = at + 1;
  }
  return text + unescaped(cursor, from, end);
}

function unescaped(cursor: Cursor, from: number, to: number): string {
  if (from === to) return "";
  try {
    return utf8.decode(cursor.bytes.subarray(from, to));
  } catch {
    throw cursor.fail("a string is not UTF-8", from);
  }
}

function hexUnit(cursor: Cursor, from: number, end: number): number {
  let unit = 0;
  for (let i = from; i < from + 4; i++) {
    const c = i < end ? (cursor.bytes[i] as number) : 0;
    const digit = c >= 48 && c <= 57 ? c - 48 : (c | 32) >= 97 && (c | 32) <= 102 ? (c | 32) - 87 : -1;
    if (digit < 0) throw cursor.fail("four hexadecimal digits expected after \\u", from);
    unit = unit * 16 + digit;
  }
  return unit;
}
