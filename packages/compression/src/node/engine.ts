import { kMaxLength } from "node:buffer";
import { pipeline, Readable, type Transform } from "node:stream";
import {
  constants,
  crc32,
  createDeflateRaw,
  createInflateRaw,
  deflateRawSync,
  deflateSync,
  inflateRawSync,
  inflateSync,
  type Zlib,
  type ZlibOptions,
} from "node:zlib";
import { type Engine, mostFrom, StreamFailure } from "../engine.ts";

/** Chunks of streams, and the smallest one-shot buffer. */
const CHUNK = 65_536;

/** Buffers from Node's shared pool are copied: a result owns its memory. */
function own(buffer: Buffer): Uint8Array {
  if (buffer.buffer.byteLength <= 8192 && buffer.byteLength < buffer.buffer.byteLength) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** What keeps a result in one piece. */
const inflating = (bytes: Uint8Array, limit: number, hint: number): ZlibOptions => ({
  maxOutputLength: Math.min(Math.max(limit, 1), kMaxLength),
  chunkSize: Math.max(64, Math.min(hint, limit, mostFrom(bytes.length)) + 1),
  info: true,
});

// zlib's deflateBound is below this.
const deflating = (bytes: Uint8Array, level: number): ZlibOptions => ({
  level,
  chunkSize: bytes.length + (bytes.length >> 9) + 1024,
});

type Done = { readonly buffer: Buffer; readonly engine: Zlib };

const codeOf = (e: unknown): string => String((e as { readonly code?: unknown } | null)?.code);

async function* through(chunks: AsyncIterable<Uint8Array>, transform: Zlib & Transform): AsyncGenerator<Uint8Array> {
  let fed = 0;
  let fromSource: { readonly reason: unknown } | undefined;
  const source = Readable.from(
    (async function* () {
      try {
        for await (const chunk of chunks) {
          fed += chunk.length;
          yield chunk;
        }
      } catch (reason) {
        fromSource = { reason };
        throw reason;
      }
    })(),
  );
  pipeline(source, transform, () => {}); // failures arrive where the transform is read
  try {
    for await (const chunk of transform) yield own(chunk as Buffer);
    // zlib stops at the end of its stream and leaves the rest unread, which the web's streams do not allow either.
    if (transform.bytesWritten < fed) throw new StreamFailure("corrupt", undefined);
  } catch (reason) {
    if (fromSource !== undefined) throw fromSource.reason;
    if (reason instanceof StreamFailure) throw reason;
    throw new StreamFailure(codeOf(reason) === "Z_BUF_ERROR" ? "truncated" : "corrupt", reason);
  } finally {
    transform.destroy();
  }
}

/** node:zlib. A chunk one byte larger than the result keeps it in one piece: untouched memory costs nothing. */
export const engine: Engine = {
  // An empty array's null pointer makes zlib forget the seed.
  crc32: (bytes, seed = 0) => (bytes.length === 0 ? seed : crc32(bytes, seed)),
  inflate(bytes, limit, hint) {
    try {
      const done = inflateRawSync(bytes, inflating(bytes, limit, hint)) as unknown as Done;
      if (done.buffer.length > limit) return { problem: "overlong" };
      return { bytes: own(done.buffer), consumed: done.engine.bytesWritten };
    } catch (e) {
      const code = codeOf(e);
      if (code === "ERR_BUFFER_TOO_LARGE") return { problem: "overlong" };
      if (code === "Z_BUF_ERROR") return { problem: "truncated", at: bytes.length };
      if (code === "Z_DATA_ERROR") return { problem: "corrupt" };
      throw e;
    }
  },
  inflateHead(bytes, limit) {
    try {
      return own(inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })).subarray(0, limit);
    } catch {
      return new Uint8Array();
    }
  },
  deflate: (bytes, level) => own(deflateRawSync(bytes, deflating(bytes, level))),
  unzlib(bytes, limit, hint) {
    try {
      const { buffer, engine } = inflateSync(bytes, inflating(bytes, limit, hint)) as unknown as Done;
      return buffer.length > limit || engine.bytesWritten !== bytes.length ? undefined : own(buffer);
    } catch {
      return undefined;
    }
  },
  zlib: (bytes, level) => own(deflateSync(bytes, deflating(bytes, level))),
  inflateChunks: (chunks) => through(chunks, createInflateRaw({ chunkSize: CHUNK })),
  deflateChunks: (chunks, level) => through(chunks, createDeflateRaw({ level, chunkSize: CHUNK })),
};
