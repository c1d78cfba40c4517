import {
  type AnyArray,
  type Bundle,
  CapabilityError,
  checkOptions,
  describe,
  type EncodeOptions,
  isBundle,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { frameBuffer } from "../message/buffers.ts";
import { MAGIC, MOST_BYTES, VERSION } from "../message/tables.ts";
import { MessageWriter } from "../message/write.ts";
import { type ProtobufWriteOptions, protobuf } from "./format.ts";

/**
 * {@link protobuf}'s message in pieces: what describes the arrays, then each buffer as a view of the array's own memory, where that is
 * contiguous and in the array's byte order. Throws CapabilityError before a message passes 2 GiB.
 */
export function encodeProtobufParts(
  value: AnyArray | Bundle,
  options: ProtobufWriteOptions & EncodeOptions = {},
): readonly Uint8Array[] {
  checkOptions("protobuf", protobuf.options.write, options);
  throwIfAborted(options.signal);
  refuseLosses("protobuf", protobuf.losses(describe(value), options), options);
  const writer = new MessageWriter("protobuf", {
    mask: options.mask ?? "packed",
    dropHidden: options.hidden === "drop",
  });
  writer.fixed32(1, MAGIC);
  writer.number(2, VERSION);
  if (isBundle(value)) writer.bundle(4, value);
  else writer.array(3, value);
  const { buffers } = writer;
  const head = writer.finish();
  let total = buffers.reduce((sum, buffer) => sum + buffer.length, head.length);
  if (total > MOST_BYTES) throw tooLarge(total);
  const parts = [head];
  total = head.length;
  const sum = options.checksum ?? "crc32";
  for (const [i, buffer] of buffers.entries()) {
    throwIfAborted(options.signal);
    const { before, after } = frameBuffer(buffer, total, sum === "none" ? undefined : sum);
    total += before.length + buffer.length + after.length;
    parts.push(before, buffer, after);
    options.onProgress?.(i + 1, buffers.length);
  }
  if (total > MOST_BYTES) throw tooLarge(total);
  return parts.filter((part) => part.length > 0);
}

function tooLarge(bytes: number): CapabilityError {
  return new CapabilityError(
    "protobuf",
    "values",
    `a message of ${bytes} bytes is more than ${MOST_BYTES}, where protobuf libraries end; save it as .mqb (blocks), or array by array`,
  );
}

/** {@link protobuf}'s encode: the same in one piece. */
export function encodeProtobuf(
  value: AnyArray | Bundle,
  options: ProtobufWriteOptions & EncodeOptions = {},
): Uint8Array {
  const parts = encodeProtobufParts(value, options);
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
