import {
  type AnyArray,
  type Bundle,
  CapabilityError,
  checkOptions,
  describe,
  type EncodeOptions,
  eachArray,
  isBundle,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { writeDialect } from "./dialect/write.ts";
import { type JsonWriteOptions, json } from "./format.ts";
import { ByteOut, type Style } from "./write/byte-out.ts";
import { writeArray, writeBundle } from "./write/document.ts";

export function styleOf(options: JsonWriteOptions): Style {
  return {
    indent: options.indent ?? 2,
    precision: options.precision,
    hidden: (options.hidden ?? "keep") === "keep",
  };
}

/** Bytes beyond which a file is not written into one buffer from the start. */
const ONE_BUFFER = 2 ** 30;

/** The file at once. */
export function encodeJson(value: AnyArray | Bundle, options: JsonWriteOptions & EncodeOptions = {}): Uint8Array {
  let estimate = 4096;
  // Memory that is never touched costs nothing, a second copy does.
  for (const [, { dtype, size }] of eachArray(value)) estimate += size * (dtype.itemsize * 3 + 3);
  return join(encodeJsonParts(value, options, estimate <= ONE_BUFFER ? estimate : 4096));
}

/** The file in chunks, as they get full. */
export function* encodeJsonParts(
  value: AnyArray | Bundle,
  options: JsonWriteOptions & EncodeOptions = {},
  firstChunk = 4096,
): Generator<Uint8Array, void, undefined> {
  checkOptions("json", json.options.write, options);
  throwIfAborted(options.signal);
  refuseLosses("json", json.losses(describe(value), options), options);
  const out = new ByteOut(styleOf(options), firstChunk);
  let done = 0;
  for (const _ of documentOf(out, value, options)) {
    throwIfAborted(options.signal);
    for (const chunk of out.take()) {
      done += chunk.length;
      yield chunk;
      options.onProgress?.(done, undefined);
    }
  }
  out.byte(10);
  yield* out.takeAll();
}

function documentOf(out: ByteOut, value: AnyArray | Bundle, options: JsonWriteOptions & EncodeOptions): Iterable<void> {
  if (options.dialect !== undefined && options.dialect !== "masked-array")
    return writeDialect(out, onlyArray(value), options.dialect, options);
  return isBundle(value) ? writeBundle(out, value, true) : writeArray(out, value, true);
}

/** The first array: a dialect holds one, and the caller has accepted the loss of others. */
function onlyArray(value: AnyArray | Bundle): AnyArray {
  for (const [, array] of eachArray(value)) return array;
  throw new CapabilityError("json", "arrays", "there is no array in it, and this dialect holds exactly one");
}

/** Chunks in one buffer. */
export function join(parts: Iterable<Uint8Array>): Uint8Array {
  const all = [...parts];
  if (all.length === 1) return all[0] as Uint8Array;
  let length = 0;
  for (const part of all) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of all) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
