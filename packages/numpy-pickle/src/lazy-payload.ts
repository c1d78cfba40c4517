import { type ByteSource, FormatError } from "@masquerade/core";
import { Latin1Decoder } from "@masquerade/pickle";
import type { DeferredPayload } from "./decode-payload.ts";

/** The raw data of one array in a file, by position, whatever way the file holds them. */
export interface PayloadReader {
  /** Exactly `length` bytes of the array's data from `offset`. */
  read(offset: number, length: number, signal: AbortSignal | undefined): Promise<Uint8Array>;
}

export function payloadReader(source: ByteSource, payload: DeferredPayload): PayloadReader {
  if (payload.encoding !== "raw") return new TextPayload(source, payload);
  return { read: (offset, length, signal) => source.read(payload.at.offset + offset, length, signal) };
}

/** Bytes of text read at once. */
const CHUNK = 2 ** 20;

/**
 * Data that protocols 0 to 2 hold as text: where a byte lies follows from all the text before it. Decoded as a stream, a chunk at a time;
 * the places of chunks seen before are remembered, so a second reading starts near where it wants to be.
 */
class TextPayload implements PayloadReader {
  private readonly source: ByteSource;
  private readonly payload: DeferredPayload;
  /** Decoded offset at which chunk i begins, as far as known. Chunks are cut where a character ends. */
  private readonly starts: { readonly text: number; readonly data: number }[] = [{ text: 0, data: 0 }];
  private chunk: { readonly index: number; readonly bytes: Uint8Array } | undefined = undefined;

  constructor(source: ByteSource, payload: DeferredPayload) {
    this.source = source;
    this.payload = payload;
  }

  async read(offset: number, length: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const out = new Uint8Array(length);
    let done = 0;
    let index = this.chunkBefore(offset);
    while (done < length) {
      const bytes = await this.decoded(index, signal);
      const { data } = this.starts[index] as { data: number };
      const from = offset + done - data;
      if (from < bytes.length) {
        const part = bytes.subarray(from, from + length - done);
        out.set(part, done);
        done += part.length;
      }
      index++;
    }
    return out;
  }

  private chunkBefore(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] as { data: number }).data <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private async decoded(index: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    if (this.chunk?.index === index) return this.chunk.bytes;
    const { at, encoding } = this.payload;
    const start = this.starts[index];
    if (start === undefined || start.text >= at.length)
      throw new FormatError("FORMAT_MALFORMED", "pickle", "the text that holds an array's data is too short", {
        offset: at.offset,
      });
    const length = Math.min(CHUNK, at.length - start.text);
    const text = await this.source.read(at.offset + start.text, length, signal);
    const decoder = new Latin1Decoder(encoding === "raw" ? "utf-8" : encoding, "pickle", at.offset);
    const out = new Uint8Array(length);
    let end = decoder.decode(text, out, 0);
    const rest = decoder.pending;
    const last = start.text + length >= at.length;
    if (last) end = decoder.finish(out, end);
    const bytes = out.subarray(0, end);
    if (this.starts.length === index + 1)
      this.starts.push({ text: last ? at.length : start.text + length - rest, data: start.data + end });
    this.chunk = { index, bytes };
    return bytes;
  }
}
