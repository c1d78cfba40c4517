import { deflateSync } from "fflate";
import { type Engine, StreamFailure } from "../engine.ts";
import { crc32 } from "./crc32.ts";
import { inflate, inflateHead } from "./inflate.ts";

/** Chunks through one of the web's compression streams. */
async function* through(
  chunks: AsyncIterable<Uint8Array>,
  stream: { readonly readable: ReadableStream<Uint8Array>; readonly writable: WritableStream<BufferSource> },
): AsyncGenerator<Uint8Array> {
  const writer = stream.writable.getWriter();
  let fromSource: { readonly reason: unknown } | undefined;
  const pump = (async () => {
    try {
      for await (const chunk of chunks) await writer.write(chunk as Uint8Array<ArrayBuffer>);
    } catch (reason) {
      fromSource = { reason };
      await writer.abort(reason);
      return;
    }
    await writer.close();
  })();
  pump.catch(() => {}); // the reader sees the same failure
  const reader = stream.readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    await pump;
  } catch (reason) {
    if (fromSource !== undefined) throw fromSource.reason;
    throw new StreamFailure("corrupt", reason);
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Where there is no Node: fflate deflates, the web's own streams stream, the rest is here (fflate says neither where a stream ends nor stops at a limit). */
export const engine: Engine = {
  crc32,
  inflate,
  inflateHead,
  deflate: (bytes, level) => deflateSync(bytes, { level: level as 6 }),
  inflateChunks: (chunks) => through(chunks, new DecompressionStream("deflate-raw")),
  deflateChunks: (chunks) => through(chunks, new CompressionStream("deflate-raw")),
};
