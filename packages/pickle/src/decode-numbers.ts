import { FormatError, LimitError } from "@masquerade/core";
import type { MachineContext } from "./decode-context.ts";

const INTEGER = /^[+-]?\d+$/;
const FLOAT = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf|infinity|nan)$/i;

const small: readonly bigint[] = /* @__PURE__ */ Array.from({ length: 1280 }, (_, i) => BigInt(i - 256));

/** Python's int of a 32-bit number; the common ones are not made anew. */
export function smallInt(n: number): bigint {
  return n >= -256 && n < 1024 ? (small[n + 256] as bigint) : BigInt(n);
}

/** ASCII text of a line. Throws FormatError on other bytes. */
export function asciiLine(line: Uint8Array, context: MachineContext): string {
  if (line.length > context.limits.maxDigits + 16)
    throw new LimitError("maxDigits", `a number of ${line.length} characters`, context);
  let text = "";
  for (const c of line) {
    if (c >= 0x80) throw numberError(context, "a number is not ASCII");
    text += String.fromCharCode(c);
  }
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

function numberError(context: MachineContext, message: string): FormatError {
  return new FormatError("FORMAT_MALFORMED", context.format, message, { offset: context.offset });
}

function tooLong(context: MachineContext, digits: number): LimitError {
  return new LimitError("maxDigits", `an integer of about ${digits} digits`, context);
}

/** Opcodes INT and LONG: as {@link decimal}, but zeros in front, which Python's base 0 refuses or takes for octal, are refused. */
export function plainDecimal(text: string, context: MachineContext): bigint {
  if (/^[+-]?0\d/.test(text) && !/^[+-]?0+$/.test(text))
    throw numberError(context, "an integer begins with zeros, which Python reads as octal or not at all");
  return decimal(text, context);
}

/** A decimal integer, by a strict grammar. Throws FormatError, or LimitError beyond `maxDigits`. */
export function decimal(text: string, context: MachineContext): bigint {
  if (!INTEGER.test(text)) throw numberError(context, "an integer is not written in decimal digits");
  const digits = /^[+-]/.test(text) ? text.length - 1 : text.length;
  if (digits > context.limits.maxDigits) throw tooLong(context, digits);
  return BigInt(text.startsWith("+") ? text.slice(1) : text);
}

/** Opcode FLOAT. */
export function floatText(text: string, context: MachineContext): number {
  if (!FLOAT.test(text)) throw numberError(context, "a float is not written as Python writes floats");
  const lower = text.toLowerCase();
  if (lower.endsWith("nan")) return Number.NaN;
  if (lower.includes("inf")) return lower.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** Opcodes LONG1 and LONG4: two's complement, little-endian. Throws LimitError beyond `maxDigits`. */
export function longBytes(bytes: Uint8Array, context: MachineContext): bigint {
  const n = bytes.length;
  if (n === 0) return 0n;
  const digits = Math.ceil(n * 2.41);
  if (digits > context.limits.maxDigits && n > 8) throw tooLong(context, digits);
  if (n <= 8) {
    let value = 0n;
    for (let i = n - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
    return BigInt.asIntN(n * 8, value);
  }
  const hex: string[] = [];
  for (let i = n - 1; i >= 0; i--) hex.push((bytes[i] as number).toString(16).padStart(2, "0"));
  try {
    const value = BigInt(`0x${hex.join("")}`);
    return (bytes[n - 1] as number) >= 0x80 ? value - (1n << BigInt(n * 8)) : value;
  } catch {
    throw tooLong(context, digits);
  }
}
