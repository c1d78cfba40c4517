import { FormatError, LimitError, type Limits, throwIfAborted } from "@masquerade/core";
import { type Due, lengthPrefix, readLength, type Sealed } from "./seal.ts";
import { FORMAT, STREAM_MAGIC } from "./tables.ts";

/** A message taken from a byte stream, and where it begins there. */
export interface Frame {
  readonly message: Uint8Array;
  readonly at: number;
}

/** Pieces shorter than this are joined before they are written. */
const SHORT = 4096;

/** Pieces with the short ones among them joined, so that a block is few writes and its data are not copied. */
export function joinShort(parts: Iterable<Uint8Array>): Uint8Array[] {
  const out: Uint8Array[] = [];
  let waiting: Uint8Array[] = [];
  const flush = (): void => {
    if (waiting.length === 1) out.push(waiting[0] as Uint8Array);
    else if (waiting.length > 1) out.push(joinParts(waiting));
    waiting = [];
  };
  for (const part of parts) {
    if (part.length === 0) continue;
    if (part.length < SHORT) waiting.push(part);
    else {
      flush();
      out.push(part);
    }
  }
  flush();
  return out;
}

/** Pieces in one. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A message as a byte stream has it: after its length. */
export function framed(message: Sealed | Uint8Array): Uint8Array[] {
  const parts = message instanceof Uint8Array ? [message] : message.parts;
  return joinShort([lengthPrefix(message.length), ...parts]);
}

/** The first bytes of a byte stream. */
export const magicBytes = (): Uint8Array => Uint8Array.from(STREAM_MAGIC);

/** Throws FormatError unless a byte stream begins as one of these does. */
export function checkMagic(bytes: Uint8Array): void {
  STREAM_MAGIC.forEach((byte, i) => {
    if (i >= bytes.length)
      throw new FormatError("FORMAT_TRUNCATED", FORMAT, "the stream ends within its first 8 bytes", { offset: i });
    if (bytes[i] !== byte)
      throw new FormatError("FORMAT_MALFORMED", FORMAT, "the stream does not begin with 89 4d 51 42 0d 0a 1a 0a", {
        offset: i,
      });
  });
}

/**
 * Takes messages out of a byte stream as its chunks come. Nothing is allocated for a length before its bytes are there.
 * Ends where the chunks end between two messages; throws FormatError FORMAT_TRUNCATED within one.
 */
export class FrameReader {
  /** Where the next message, its length first, begins. */
  position = 0;
  #chunks: Uint8Array[] = [];
  #held = 0;
  #begun = false;
  readonly #source: AsyncIterator<Uint8Array>;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#source = chunks[Symbol.asyncIterator]();
  }

  /** The next message, no longer than is due; undefined at the end of the stream. */
  async next(due: Due, signal?: AbortSignal): Promise<Frame | undefined> {
    throwIfAborted(signal);
    if (!this.#begun) {
      await this.#fill(STREAM_MAGIC.length);
      checkMagic(this.#peek(STREAM_MAGIC.length));
      this.#take(STREAM_MAGIC.length);
      this.#begun = true;
    }
    let found: ReturnType<typeof readLength>;
    for (let want = 1; ; want++) {
      if (!(await this.#fill(want))) {
        if (this.#held === 0) return undefined;
        throw this.#cut(this.#held);
      }
      found = readLength(this.#peek(Math.min(this.#held, 5)), 0, due, this.position);
      if (found !== undefined) break;
    }
    this.#take(found.start);
    const at = this.position;
    if (!(await this.#fill(found.length, signal))) throw this.#cut(found.length);
    return { message: this.#take(found.length), at };
  }

  /** Ends the reading; the chunks' source is told. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  #cut(length: number): FormatError {
    return new FormatError("FORMAT_TRUNCATED", FORMAT, `a message takes ${length} bytes, there are ${this.#held}`, {
      offset: this.position + this.#held,
    });
  }

  async #fill(bytes: number, signal?: AbortSignal): Promise<boolean> {
    while (this.#held < bytes) {
      throwIfAborted(signal);
      const { value, done } = await this.#source.next();
      if (done === true) return false;
      if (value.length === 0) continue;
      this.#chunks.push(value);
      this.#held += value.length;
    }
    return true;
  }

  #peek(bytes: number): Uint8Array {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= bytes) return first.subarray(0, bytes);
    const out = new Uint8Array(Math.min(bytes, this.#held));
    let at = 0;
    for (const chunk of this.#chunks) {
      if (at >= out.length) break;
      const part = chunk.subarray(0, out.length - at);
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  #take(bytes: number): Uint8Array {
    this.position += bytes;
    this.#held -= bytes;
    const first = this.#chunks[0] as Uint8Array;
    if (first.length > bytes) {
      this.#chunks[0] = first.subarray(bytes);
      return first.subarray(0, bytes);
    }
    if (first.length === bytes) {
      this.#chunks.shift();
      return first;
    }
    const out = new Uint8Array(bytes);
    let at = 0;
    let used = 0;
    for (const chunk of this.#chunks) {
      const part = chunk.subarray(0, bytes - at);
      out.set(part, at);
      at += part.length;
      if (part.length < chunk.length) {
        this.#chunks[used] = chunk.subarray(part.length);
        break;
      }
      used++;
      if (at === bytes) break;
    }
    this.#chunks.splice(0, used);
    return out;
  }
}

/** The messages in bytes that are all there, without a copy. */
export function* framesIn(bytes: Uint8Array, due: () => Due): Generator<Frame> {
  checkMagic(bytes);
  for (let at = STREAM_MAGIC.length; at < bytes.length; ) {
    const found = readLength(bytes, at, due());
    if (found === undefined)
      throw new FormatError("FORMAT_TRUNCATED", FORMAT, "the file ends within the length of a message", { offset: at });
    const end = found.start + found.length;
    if (end > bytes.length)
      throw new FormatError(
        "FORMAT_TRUNCATED",
        FORMAT,
        `a message takes ${found.length} bytes, there are ${bytes.length - found.start}`,
        { offset: found.start },
      );
    yield { message: bytes.subarray(found.start, end), at: found.start };
    at = end;
  }
}

/** Throws LimitError when arrays decoded whole are larger than allowed. */
export function checkWhole(bytes: number, total: number, limits: Limits): void {
  if (bytes > limits.maxBytes)
    throw new LimitError(
      "maxBytes",
      `an array of ${bytes} bytes is more than ${limits.maxBytes}; open() reads it by parts`,
      {
        format: FORMAT,
      },
    );
  if (total > limits.maxTotalBytes)
    throw new LimitError("maxTotalBytes", `arrays of more than ${limits.maxTotalBytes} bytes together`, {
      format: FORMAT,
    });
}
