import { OptionError } from "@masquerade/core";
import type { PayloadPart, PicklePart } from "./encode-frames.ts";
import type { PickleNode } from "./encode-nodes.ts";
import { expandInto, expandParts } from "./encode-text.ts";
import { type Pickler, Walker } from "./encode-walk.ts";
import type { PickleProtocol } from "./encode-writer.ts";

export interface PickleEncodeOptions {
  readonly protocol: PickleProtocol;
  /** Default "c". */
  readonly pickler?: Pickler | undefined;
}

/**
 * The pickle of `root` in parts, in order: opcodes as bytes, payloads as places for their bytes. It makes the choices of
 * CPython 3.11's C pickler (Modules/_pickle.c): memo, framing, opcode forms, batches. Parts come as the walk goes on; no
 * more than one frame is held back. Throws CapabilityError for a value the protocol cannot hold and OptionError for a
 * tuple that contains itself.
 */
export function picklePieces(root: PickleNode, options: PickleEncodeOptions): Generator<PicklePart> {
  if (!Number.isInteger(options.protocol) || options.protocol < 0 || options.protocol > 5)
    throw new OptionError("OPTION_INVALID", `a pickle protocol is 0 to 5, not ${String(options.protocol)}`, "protocol");
  return new Walker(options.protocol, options.pickler ?? "c").parts(root);
}

/** As {@link picklePieces}, with the bytes in their places: views of the payloads where they are written as they are. */
export function* encodePickleParts(root: PickleNode, options: PickleEncodeOptions): Generator<Uint8Array> {
  for (const part of picklePieces(root, options))
    if (part instanceof Uint8Array) yield part;
    else yield* expandParts(bytesOf(part), part.form);
}

/** The pickle of `root`, joined. Throws as {@link picklePieces} does. */
export function encodePickle(root: PickleNode, options: PickleEncodeOptions): Uint8Array<ArrayBuffer> {
  const parts = [...picklePieces(root, options)];
  let size = 0;
  for (const part of parts) size += part instanceof Uint8Array ? part.length : (part.size ?? 0);
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    if (part instanceof Uint8Array) {
      out.set(part, at);
      at += part.length;
    } else at = expandInto(bytesOf(part), part.form, out, at);
  }
  return out;
}

function bytesOf(part: PayloadPart): Uint8Array {
  const bytes = part.payload.read?.();
  if (bytes === undefined || bytes.length !== part.payload.size)
    throw new OptionError("OPTION_INVALID", `a payload of ${part.payload.size} bytes is missing from the pickle`);
  return bytes;
}
