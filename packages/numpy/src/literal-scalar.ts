import type { Cursor } from "./literal.ts";

const INTEGER = /-?(?:0|[1-9][0-9]*)/y;
const FLOAT = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:e[+-]?[0-9]+)?|e[+-]?[0-9]+)/y;
const WORDY = /[A-Za-z0-9_.]/;
const HEX = /^[0-9a-fA-F]+$/;
/** Runs of a string that need no look at each character. */
const RUN = /[^'"\\\n\r]+/y;

const ESCAPES: { readonly [c: string]: number | undefined } = {
  "\\": 0x5c,
  "'": 0x27,
  '"': 0x22,
  a: 0x07,
  b: 0x08,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
};
const HEX_ESCAPES: { readonly [c: string]: number | undefined } = { x: 2, u: 4, U: 8 };

/** An integer (bigint) or a float (number) at the cursor: decimal, in the forms `repr` writes. */
export function readNumber(cursor: Cursor): number | bigint {
  const { text, at } = cursor;
  FLOAT.lastIndex = at;
  const float = FLOAT.exec(text)?.[0];
  if (float !== undefined) {
    cursor.at += float.length;
    endOfNumber(cursor, at);
    return Number(float);
  }
  INTEGER.lastIndex = at;
  const digits = INTEGER.exec(text)?.[0];
  if (digits === undefined) throw cursor.fail("a digit must follow the sign");
  if (digits.length > cursor.limits.maxDigits + 1)
    throw cursor.tooMuch("maxDigits", `an integer of ${digits.length} digits`);
  cursor.at += digits.length;
  if (cursor.python2 && text[cursor.at] === "L") cursor.at++;
  endOfNumber(cursor, at);
  return BigInt(digits);
}

function endOfNumber(cursor: Cursor, from: number): void {
  if (WORDY.test(cursor.text[cursor.at] ?? ""))
    throw cursor.fail("this is no decimal number as Python writes them", from);
}

/** A quoted string or bytes; the cursor is at the opening quote. */
export function readString(cursor: Cursor, kind: "str" | "bytes"): string | Uint8Array {
  const { text } = cursor;
  const start = cursor.at;
  const quote = text[cursor.at++];
  let out = "";
  for (;;) {
    RUN.lastIndex = cursor.at;
    const run = RUN.exec(text)?.[0];
    if (run !== undefined) {
      // Python takes no source text with NUL in it.
      if (run.includes("\0")) throw cursor.fail("a string holds NUL, which Python writes as \\x00", start);
      out += run;
      cursor.at += run.length;
    }
    const c = text[cursor.at++];
    if (c === quote) break;
    if (c === undefined || c === "\n" || c === "\r") throw cursor.fail("a string has no end", start);
    out += c === "\\" ? readEscape(cursor, kind) : c;
  }
  if (kind === "str") return out;
  const bytes = new Uint8Array(out.length);
  for (let i = 0; i < out.length; i++) {
    const code = out.charCodeAt(i);
    if (code > 0xff) throw cursor.fail("bytes hold nothing beyond \\xff", start);
    bytes[i] = code;
  }
  return bytes;
}

/** What the escape after a backslash stands for. */
function readEscape(cursor: Cursor, kind: "str" | "bytes"): string {
  const { text } = cursor;
  const from = cursor.at - 1;
  const c = text[cursor.at++] ?? "";
  const plain = Object.hasOwn(ESCAPES, c) ? ESCAPES[c] : undefined;
  if (plain !== undefined) return String.fromCharCode(plain);
  const digits = Object.hasOwn(HEX_ESCAPES, c) ? HEX_ESCAPES[c] : undefined;
  if (digits === undefined || (kind === "bytes" && c !== "x"))
    throw cursor.fail("a backslash must begin an escape that Python's repr writes", from);
  const hex = text.slice(cursor.at, cursor.at + digits);
  const code = hex.length === digits && HEX.test(hex) ? Number.parseInt(hex, 16) : Number.POSITIVE_INFINITY;
  if (code > 0x10ffff) throw cursor.fail("an escape does not name a character", from);
  cursor.at += digits;
  return String.fromCodePoint(code);
}
