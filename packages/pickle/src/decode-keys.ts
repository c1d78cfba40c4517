import { CapabilityError, isArray, Tuple } from "@masquerade/core";
import { type MachineContext, malformed } from "./decode-context.ts";
import { decodeUtf8 } from "./decode-text.ts";
import { bytesHere, DeferredBytes, PickleSet, PickleText, Python2String } from "./decode-values.ts";

const printable = (bytes: Uint8Array): boolean => {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) >= 0x80) return false;
  return true;
};

/**
 * A Python 2 `str` as a value: text when all of it is ASCII (which reads the same in every encoding), else the bytes, which are never
 * guessed at.
 */
export function python2Value(value: Python2String, format: string): string | Uint8Array {
  const bytes = bytesHere(value.bytes, format);
  return printable(bytes) ? decodeUtf8(bytes, format, 0) : bytes;
}

/** The text of a value that must be one (a Python 2 `str` must be ASCII). Throws FormatError. */
export function asText(value: unknown, context: MachineContext): string {
  if (typeof value === "string") return value;
  if (value instanceof PickleText && !(value.raw instanceof DeferredBytes)) return value.decode(context.format);
  if (value instanceof Python2String) {
    const text = python2Value(value, context.format);
    if (typeof text === "string") return text;
  }
  throw malformed(context, "a text was expected");
}

/** A dict key: texts by value. Throws FormatError for what Python cannot hash. */
export function asKey(key: unknown, context: { readonly format: string; readonly offset?: number }): unknown {
  if (key instanceof PickleText || key instanceof Python2String) {
    const raw = key instanceof PickleText ? key.raw : key.bytes;
    if (raw instanceof DeferredBytes)
      throw new CapabilityError(
        context.format,
        "long keys",
        `a dict key of ${raw.length} bytes is not read by open; use load`,
      );
    return key instanceof PickleText ? key.decode(context.format) : python2Value(key, context.format);
  }
  if (Array.isArray(key) || key instanceof Map || key instanceof PickleSet || isArray(key))
    throw malformed(context, "a dict key cannot be hashed");
  return key;
}

/** Whether a value can hold others that are not finished yet. */
export function isContainer(value: unknown): value is unknown[] | Map<unknown, unknown> | Tuple {
  return Array.isArray(value) || value instanceof Map || value instanceof Tuple;
}
