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
import { expectedBytes } from "./write/expect.ts";

export function styleOf(options: JsonWriteOptions): Style {
  return {
    indent: options.indent ?? 2,
    precision: options.precision,
    hidden: (options.hidden ?? "keep") === "keep",
  };
}

/** Bytes beyond which a file is not written into one buffer from the start. */
const ONE_BUFFER = 2 ** 30;
/** Bytes up to which it is written into a buffer that is kept from call to call, and copied: fresh memory costs more. */
const KEPT = 2 ** 16;

/** The buffer kept; none while it is being written to. */
let kept: Uint8Array | undefined;

/** The file at once. */
export function encodeJson(value: AnyArray | Bundle, options: JsonWriteOptions & EncodeOptions = {}): Uint8Array {
  demand(value, options);
  const expected = expectedBytes(value, styleOf(options));
  if (expected > KEPT) {
    const first = expected > ONE_BUFFER ? undefined : new Uint8Array(expected);
    return join(chunks(value, options, first));
  }
  const buffer = kept ?? new Uint8Array(KEPT);
  kept = undefined;
  const parts = [...chunks(value, options, buffer)];
  const out = parts.length === 1 ? (parts[0] as Uint8Array).slice() : join(parts);
  kept = buffer;
  return out;
}

/** The file in chunks, as they get full. */
export function* encodeJsonParts(
  value: AnyArray | Bundle,
  options: JsonWriteOptions & EncodeOptions = {},
): Generator<Uint8Array, void, undefined> {
  demand(value, options);
  yield* chunks(value, options);
}

/** Throws for wrong options and for what would be lost. */
function demand(value: AnyArray | Bundle, options: JsonWriteOptions & EncodeOptions): void {
  checkOptions("json", json.options.write, options);
  throwIfAborted(options.signal);
  refuseLosses("json", json.losses(describe(value), options), options);
}

function* chunks(
  value: AnyArray | Bundle,
  options: JsonWriteOptions & EncodeOptions,
  first?: Uint8Array,
): Generator<Uint8Array, void, undefined> {
  const out = new ByteOut(styleOf(options), first);
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
