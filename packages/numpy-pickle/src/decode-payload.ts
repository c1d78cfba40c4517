import { FormatError } from "@masquerade/core";
import {
  bytesHere,
  DeferredBytes,
  type FinishContext,
  latin1Bytes,
  latin1Length,
  PickleInstance,
  type PickleText,
  Python2String,
  type TextEncoding,
} from "@masquerade/pickle";

/** `_codecs.encode(text, "latin1")`: bytes that protocols 0 to 2 hold as text. They are made when it is known how many there must be. */
export class EncodedBytes extends PickleInstance {
  readonly parts: unknown[] = [];
  readonly text: PickleText;

  constructor(text: PickleText) {
    super();
    this.text = text;
  }

  finish(context: FinishContext): Uint8Array {
    const raw = bytesHere(this.text.raw, context.format);
    const size = latin1Length(raw, this.text.encoding);
    context.charge(size, this.text.offset);
    return latin1Bytes(raw, this.text.encoding, size, { format: context.format, offset: this.text.offset });
  }
}

/** The raw data of an array as a pickle can hold them. */
export type ArrayPayload = Uint8Array | DeferredBytes | Python2String | EncodedBytes;

export function isArrayPayload(value: unknown): value is ArrayPayload {
  return (
    value instanceof Uint8Array ||
    value instanceof DeferredBytes ||
    value instanceof Python2String ||
    value instanceof EncodedBytes
  );
}

/** Bytes that are still in the file: where, and how they are written there. */
export interface DeferredPayload {
  readonly at: DeferredBytes;
  readonly encoding: TextEncoding | "raw";
}

/** Where the payload lies, when it was left in the file. */
export function deferredOf(payload: ArrayPayload): DeferredPayload | undefined {
  const raw =
    payload instanceof EncodedBytes ? payload.text.raw : payload instanceof Python2String ? payload.bytes : payload;
  if (!(raw instanceof DeferredBytes) || raw.bytes !== undefined) return undefined;
  return { at: raw, encoding: payload instanceof EncodedBytes ? payload.text.encoding : "raw" };
}

/** Marks the payload as one that its array reads by parts. */
export function claim(payload: ArrayPayload): void {
  const deferred = deferredOf(payload);
  if (deferred !== undefined) deferred.at.claimed = true;
}

/**
 * Exactly `size` bytes, a view of the file where it can be one. Throws FormatError when the file holds more or fewer, LimitError when
 * they are too many.
 */
export function payloadBytes(payload: ArrayPayload, size: number, at: number, context: FinishContext): Uint8Array {
  if (payload instanceof EncodedBytes) {
    context.charge(size, at);
    return latin1Bytes(bytesHere(payload.text.raw, context.format), payload.text.encoding, size, {
      format: context.format,
      offset: at,
    });
  }
  const held =
    payload instanceof Python2String ? bytesHere(payload.bytes, context.format) : bytesHere(payload, context.format);
  if (held.length !== size)
    throw new FormatError(
      "FORMAT_MALFORMED",
      context.format,
      `an array needs ${size} bytes, the file has ${held.length}`,
      {
        offset: at,
      },
    );
  context.charge(size, at);
  return context.copy || !context.firstUse(held) ? new Uint8Array(held) : held;
}
