import { FormatError } from "@masquerade/core";

const strict: TextDecoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function bad(format: string, what: string, offset: number): FormatError {
  return new FormatError("FORMAT_MALFORMED", format, what, { offset });
}

/** UTF-8 with lone surrogates let through, as Python's "surrogatepass" writes them. Throws FormatError. */
export function decodeUtf8(bytes: Uint8Array, format: string, offset: number): string {
  if (bytes.length < 24) {
    let text = "";
    for (const c of bytes) {
      if (c >= 0x80) return decodeLong(bytes, format, offset);
      text += String.fromCharCode(c);
    }
    return text;
  }
  return decodeLong(bytes, format, offset);
}

function decodeLong(bytes: Uint8Array, format: string, offset: number): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeWithSurrogates(bytes, format, offset);
  }
}

function decodeWithSurrogates(bytes: Uint8Array, format: string, offset: number): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] as number;
    const more = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
    let point = more <= 0 ? lead : lead & (0x3f >> more);
    let valid = more >= 0 && i + more < bytes.length;
    for (let k = 1; valid && k <= more; k++) {
      const next = bytes[i + k] as number;
      valid = (next & 0xc0) === 0x80;
      point = (point << 6) | (next & 0x3f);
    }
    if (!valid || (more === 2 && point < 0x800) || (more === 3 && (point < 0x10000 || point > 0x10ffff)))
      throw bad(format, `byte ${i} of a text is not UTF-8`, offset);
    text += String.fromCodePoint(point);
    i += more + 1;
  }
  return text;
}

const hexDigit = (c: number | undefined): number => {
  if (c === undefined) return -1;
  if (c >= 48 && c <= 57) return c - 48;
  const lower = c | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
};

/** The number `digits` hexadecimal digits stand for, or -1. */
export function hexNumber(bytes: Uint8Array, at: number, digits: number): number {
  let value = 0;
  for (let k = 0; k < digits; k++) {
    const d = hexDigit(bytes[at + k]);
    if (d < 0) return -1;
    value = value * 16 + d;
  }
  return value;
}

/**
 * Python's "raw-unicode-escape": each byte is the character of that number, but for \uXXXX and \UXXXXXXXX behind an odd number of
 * backslashes. Throws FormatError.
 */
export function decodeRawUnicode(bytes: Uint8Array, format: string, offset: number): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const c = bytes[i] as number;
    if (c !== 92) {
      text += String.fromCharCode(c);
      i++;
      continue;
    }
    const kind = bytes[i + 1];
    if (kind !== 117 && kind !== 85) {
      // A backslash that escapes nothing stands for itself, and so does the one behind it.
      text += kind === 92 ? "\\\\" : "\\";
      i += kind === 92 ? 2 : 1;
      continue;
    }
    const digits = kind === 117 ? 4 : 8;
    const point = hexNumber(bytes, i + 2, digits);
    if (point < 0 || point > 0x10ffff) throw bad(format, `byte ${i} of a text is no unicode escape`, offset);
    text += String.fromCodePoint(point);
    i += 2 + digits;
  }
  return text;
}

const simpleEscapes: ReadonlyMap<number, number> = new Map([
  [92, 92],
  [39, 39],
  [34, 34],
  [97, 7],
  [98, 8],
  [102, 12],
  [110, 10],
  [114, 13],
  [116, 9],
  [118, 11],
]);

/** The bytes a quoted Python 2 string (opcode STRING) stands for. Throws FormatError. */
export function decodeQuoted(line: Uint8Array, format: string, offset: number): Uint8Array {
  let end = line.length;
  while (end > 0 && (line[end - 1] === 32 || line[end - 1] === 13 || line[end - 1] === 9)) end--;
  const quote = line[0];
  if (end < 2 || (quote !== 39 && quote !== 34) || line[end - 1] !== quote)
    throw bad(format, "a string is not quoted", offset);
  const out = new Uint8Array(end - 2);
  let n = 0;
  for (let i = 1; i < end - 1; ) {
    const c = line[i++] as number;
    if (c !== 92) {
      out[n++] = c;
      continue;
    }
    if (i >= end - 1) throw bad(format, "a string ends in a backslash", offset);
    const e = line[i++] as number;
    const plain = simpleEscapes.get(e);
    if (plain !== undefined) out[n++] = plain;
    else if (e === 120) {
      const value = i + 2 <= end - 1 ? hexNumber(line, i, 2) : -1;
      if (value < 0) throw bad(format, "a string has an incomplete \\x escape", offset);
      out[n++] = value;
      i += 2;
    } else if (e >= 48 && e <= 55) {
      let value = e - 48;
      for (let k = 0; k < 2 && i < end - 1 && (line[i] as number) >= 48 && (line[i] as number) <= 55; k++)
        value = value * 8 + (line[i++] as number) - 48;
      out[n++] = value & 255;
    } else {
      out[n++] = 92;
      out[n++] = e;
    }
  }
  return out.subarray(0, n);
}
