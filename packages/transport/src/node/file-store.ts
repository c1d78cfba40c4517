import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import {
  endMessage,
  FrameReader,
  framed,
  IndexBuilder,
  type MessageParts,
  magicBytes,
  type StreamReading,
} from "@masquerade/adapter-protobuf/blocks";
import { isMasqueradeError, type Limits, SourceError } from "@masquerade/core";
import { type BlockStore, newReading } from "../receive.ts";

/** A store in a file, which becomes a file of the format `blocks` when everything is there. */
export interface FileStore extends BlockStore {
  /** The file as it is until then. */
  readonly path: string;
  /** Closes the file; what is in it stays, and {@link fileStore} with the same path goes on with it. */
  close(): Promise<void>;
  /** Closes and removes it. */
  discard(): Promise<void>;
  /** Once {@link BlockStore.finish} is done: gives the file its name. */
  moveTo(target: string): Promise<void>;
}

/**
 * Opens or makes the file at `path`. What an earlier connection left there is verified, message by message, and kept as far as it is right; a file that is no stream of blocks is
 * SOURCE_EXISTS. Throws SourceError.
 */
export async function fileStore(path: string, limits?: Partial<Limits>): Promise<FileStore> {
  const handle = await io(path, "open", () =>
    open(path, "a+").then((made) => made.close().then(() => open(path, "r+"))),
  );
  try {
    return await makeStore(handle, path, limits);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function makeStore(handle: FileHandle, path: string, limits: Partial<Limits> | undefined): Promise<FileStore> {
  const reading: StreamReading = newReading(limits);
  const head: Uint8Array[] = [];
  const index = new IndexBuilder();
  const growths: { readonly array: number; readonly length: number }[] = [];
  const kept = (message: Uint8Array, at: number, event: Parameters<BlockStore["keep"]>[1]): void => {
    if (event.kind === "block") index.add(event.block.index, at, message.length);
    else if (event.kind === "growth") growths.push({ array: event.array, length: event.length });
    if (event.kind !== "block" && event.kind !== "index" && event.kind !== "end") head.push(message.slice());
  };
  let position = await takeUp(handle, path, reading, kept);
  let broken: unknown;
  const write = async (parts: MessageParts): Promise<void> => {
    // What could not be written counts as there in `reading`: the file has to be opened anew.
    if (broken !== undefined) throw broken;
    try {
      await io(path, "write", async () => {
        let at = position;
        for (const part of parts)
          for (let done = 0; done < part.length; ) {
            const { bytesWritten } = await handle.write(part, done, part.length - done, at);
            done += bytesWritten;
            at += bytesWritten;
          }
        position = at;
      });
    } catch (error) {
      broken = error;
      throw error;
    }
  };
  if (position === 0) {
    await io(path, "write", () => handle.truncate(0));
    await write([magicBytes()]);
  }
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await handle.close();
    open = false;
  };
  return {
    path,
    reading,
    head,
    async keep(message, event) {
      if (event.kind === "index") return;
      const parts = framed(message);
      const length = parts.reduce((n, part) => n + part.length, 0);
      const at = position + length - message.length;
      await write(parts);
      kept(message, at, event);
    },
    async finish() {
      const kind = reading.head?.envelope.checksum;
      const made = index.message(growths, kind);
      const parts = framed(made);
      const at = position + parts.reduce((n, part) => n + part.length, 0) - made.length;
      await write(parts);
      await write(framed(endMessage(reading.have.size, at, reading.digest, kind)));
      await io(path, "write", () => handle.truncate(position).then(() => handle.sync()));
      await close();
    },
    close,
    async discard() {
      await close();
      await io(path, "remove", () => unlink(path));
    },
    async moveTo(target) {
      await close();
      await io(target, "make", () => rename(path, target));
    },
  };
}

/** Reads what is there, as far as it is right, and says where that ends. */
async function takeUp(
  handle: FileHandle,
  path: string,
  reading: StreamReading,
  kept: (message: Uint8Array, at: number, event: Parameters<BlockStore["keep"]>[1]) => void,
): Promise<number> {
  const { size } = await io(path, "read", () => handle.stat());
  if (size === 0) return 0;
  const frames = new FrameReader(chunks(handle));
  let end = 0;
  try {
    for (;;) {
      const frame = await frames.next(reading.due);
      if (frame === undefined) break;
      const event = reading.accept(frame.message, frame.at);
      if (event.kind === "end" || event.kind === "index") {
        // It was complete: index and end are written anew.
        if (event.kind === "end") reading.again();
        break;
      }
      kept(frame.message, frame.at, event);
      end = frames.position;
    }
  } catch (error) {
    if (!isMasqueradeError(error)) throw error;
    if (end === 0)
      throw new SourceError("SOURCE_EXISTS", `${path} is there and is no transfer that was begun; remove it first`, {
        cause: error,
      });
  }
  return end;
}

async function* chunks(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(1 << 20), 0, 1 << 20, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function io<T>(path: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isMasqueradeError(cause)) throw cause;
    throw new SourceError("SOURCE_IO", `cannot ${what} ${path}: ${(cause as Error).message}`, { cause });
  }
}
