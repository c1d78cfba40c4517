/** What raw inflating came to. Positions are byte offsets in the input. */
export type Inflated =
  | {
      readonly bytes: Uint8Array /** Input bytes the stream took, the partly used last one included. */;
      readonly consumed: number;
    }
  | { readonly problem: "truncated" | "corrupt" | "overlong"; readonly at?: number };

/** The part of zlib that differs between Node and elsewhere. Engines know no limits of their own and no file formats. */
export interface Engine {
  /** CRC-32 (IEEE 802.3, as in zip and gzip) of `bytes` continued from `seed`. */
  crc32(bytes: Uint8Array, seed?: number): number;
  /**
   * Inflates one raw deflate stream from the start of `bytes`; what follows it is not looked at. "overlong" when it makes more than
   * `limit` bytes. `hint` is how many are expected (a wrong hint costs time, never memory beyond 1032 times the input).
   */
  inflate(bytes: Uint8Array, limit: number, hint: number): Inflated;
  /** What the first `bytes` of a raw deflate stream inflate to, at most `limit` of it; damage ends it early. */
  inflateHead(bytes: Uint8Array, limit: number): Uint8Array;
  deflate(bytes: Uint8Array, level: number): Uint8Array;
  /**
   * The bytes of a zlib stream that is exactly `bytes`, checked against its Adler-32, where there is something faster than `inflate` and summing. undefined:
   * it is not that, or holds more than `limit` bytes; `inflate` finds out what is wrong.
   */
  unzlib?(bytes: Uint8Array, limit: number, hint: number): Uint8Array | undefined;
  /** A zlib stream around what `deflate` gives, where that is faster than summing. */
  zlib?(bytes: Uint8Array, level: number): Uint8Array;
  /** Throws whatever `chunks` throws, and {@link StreamFailure} for a stream that is damaged or ends early. */
  inflateChunks(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  deflateChunks(chunks: AsyncIterable<Uint8Array>, level: number): AsyncIterable<Uint8Array>;
}

/** A streaming engine could not go on. Never reaches callers: the public functions turn it into a FormatError. */
export class StreamFailure extends Error {
  readonly problem: "truncated" | "corrupt";

  constructor(problem: "truncated" | "corrupt", cause: unknown) {
    super(problem, { cause });
    this.problem = problem;
  }
}

/** Deflate makes at most 258 bytes of 2 bits, so 1032 of each input byte (zlib's own figure). */
export function mostFrom(inputBytes: number): number {
  return inputBytes * 1032 + 1032;
}
