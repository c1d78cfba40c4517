/**
 * Python's `repr` of strings and bytes (CPython `unicode_repr`, `bytes_repr`): single quotes unless the text has
 * single and no double ones; escapes for what `str.isprintable` refuses.
 */

/** Unicode's "Other" and "Separator" categories, which Python does not print (but for the space). */
const UNPRINTABLE = /[\p{C}\p{Z}]/u;
/** Text that is its own repr between single quotes: printable ASCII without quotes and backslashes. */
const PLAIN = /^[ !#-&(-[\]-~]*$/;

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");

function escapeCode(code: number, quote: number): string {
  if (code === quote || code === 0x5c) return `\\${String.fromCharCode(code)}`;
  if (code === 0x09) return "\\t";
  if (code === 0x0a) return "\\n";
  if (code === 0x0d) return "\\r";
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  if (code < 0x7f) return String.fromCharCode(code);
  if (code > 0x10ffff) return "\ufffd";
  const char = String.fromCodePoint(code);
  if (!UNPRINTABLE.test(char)) return char;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

/** Python's repr of a string. */
export function textRepr(text: string): string {
  if (PLAIN.test(text)) return `'${text}'`;
  return codePointsRepr(Array.from(text, (c) => c.codePointAt(0) as number));
}

/** Python's repr of a string given as code points, where surrogates stand for themselves. */
export function codePointsRepr(points: readonly number[] | Uint32Array): string {
  let single = false;
  let double = false;
  for (const point of points) {
    if (point === 0x27) single = true;
    else if (point === 0x22) double = true;
  }
  const quote = single && !double ? 0x22 : 0x27;
  let out = String.fromCharCode(quote);
  for (const point of points) out += escapeCode(point, quote);
  return out + String.fromCharCode(quote);
}

/** Python's repr of bytes, `b'…'`. */
export function bytesRepr(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? 0x22 : 0x27;
  let out = `b${String.fromCharCode(quote)}`;
  for (const byte of bytes) out += byte < 0x7f ? escapeCode(byte, quote) : `\\x${hex(byte, 2)}`;
  return out + String.fromCharCode(quote);
}
