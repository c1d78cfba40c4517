import { type BlockSource, readByteStream, writeByteStream } from "@masquerade/adapter-protobuf/blocks";
import { type AnyArray, type Bundle, type DecodeOptions, SourceError } from "@masquerade/core";

/** Media type of a stream of blocks. */
export const blocksMediaType = "application/vnd.masquerade.blocks";

/** A stream of blocks as the body of a request or a response: a block is made when the other side has taken the one before. */
export function blocksBody(source: BlockSource, signal?: AbortSignal): ReadableStream<Uint8Array> {
  const bytes = writeByteStream(source, { signal });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await bytes.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          controller.error(error);
        }
      },
      async cancel() {
        await bytes.return(undefined);
      },
    },
    { highWaterMark: 1 },
  );
}

/** The arrays in the body of a request or a response, put in their places as they come. Throws SourceError, FormatError, LimitError, AbortedError. */
export async function readBlocksBody(
  body: ReadableStream<Uint8Array> | null,
  options: DecodeOptions = {},
): Promise<AnyArray | Bundle> {
  if (body === null) throw new SourceError("SOURCE_IO", "there is no body");
  return await readByteStream(chunks(body), options);
}

async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let position = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((cause: unknown) => {
        throw new SourceError("SOURCE_IO", "the body broke off", { offset: position, cause });
      });
      if (done) return;
      position += value.length;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
