import { readSync as fsReadSync, fstatSync, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { SourceError, throwIfAborted } from "../errors.ts";
import { type ByteSource, checkRange } from "../format/source.ts";
import { ioError, toPath } from "./path.ts";

/** Most one system call transfers: Linux stops at 2^31 - 4096 bytes. */
const MOST = 2 ** 30;
/** Reads of at most this many bytes are made at once: the way to another thread and back takes longer than they do. */
const SHORT = 65_536;
/** Bytes read at once, and what each read counts for beside them, before everything else in the process gets a turn. */
const TURN = 8 << 20;
const EACH = 512;

/** How a file is opened. */
export interface FileOptions {
  /** "r+" allows `write`: in place, or beyond the end. Default "r". */
  readonly mode?: "r" | "r+" | undefined;
}

/** A file source; `write` is there when it was opened "r+". */
export interface FileSource extends ByteSource {
  readonly size: number;
  readonly name: string;
  readonly path: string;
  readSync(offset: number, length: number): Uint8Array;
  readInto(offset: number, target: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Waits until everything written is on the disk. */
  sync(): Promise<void>;
}

/** A regular file read by position. Throws SourceError: SOURCE_MISSING, SOURCE_IO. Dispose it to close the file. */
export async function fromFile(path: string | URL, options: FileOptions = {}): Promise<FileSource> {
  const at = toPath(path);
  const writable = options.mode === "r+";
  let handle: FileHandle;
  try {
    handle = await open(at, options.mode ?? "r");
  } catch (cause) {
    throw ioError(cause, "open", at);
  }
  try {
    const stat = statOf(handle, at);
    if (!stat.isFile())
      throw new SourceError(
        "SOURCE_IO",
        `cannot open ${at}: it is ${stat.isDirectory() ? "a folder" : "no regular file"}`,
      );
    return fileSource(handle, at, stat.size, writable);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Of a file that is open: known without a look at the disk. */
function statOf(handle: FileHandle, path: string): Stats {
  try {
    return fstatSync(handle.fd);
  } catch (cause) {
    throw ioError(cause, "open", path);
  }
}

function fileSource(handle: FileHandle, path: string, initialSize: number, writable: boolean): FileSource {
  let size = initialSize;
  let closed: Promise<void> | undefined;
  const demandOpen = (): void => {
    if (closed !== undefined) throw new SourceError("SOURCE_CLOSED", `${path} is closed`);
  };
  const short = (offset: number, length: number, got: number): SourceError =>
    new SourceError("SOURCE_SHORT", `${path}: ${length} bytes wanted at ${offset}, the file ended after ${got}`, {
      offset,
      length,
    });

  const readNow = (offset: number, target: Uint8Array): void => {
    for (let done = 0; done < target.length; ) {
      let n: number;
      try {
        n = fsReadSync(handle.fd, target, done, Math.min(target.length - done, MOST), offset + done);
      } catch (cause) {
        throw ioError(cause, "read", path);
      }
      if (n === 0) throw short(offset, target.length, done);
      done += n;
    }
  };

  let sinceTurn = 0;
  /** Whether a read is small, and others have not waited for too many of those. */
  const isSmall = (length: number): boolean => {
    if (length > SHORT) return false;
    sinceTurn += length + EACH;
    if (sinceTurn <= TURN) return true;
    sinceTurn = 0;
    return false;
  };

  const readInto = async (offset: number, target: Uint8Array, signal?: AbortSignal): Promise<void> => {
    throwIfAborted(signal);
    demandOpen();
    checkRange(offset, target.length, size);
    if (isSmall(target.length)) {
      readNow(offset, target);
      return;
    }
    for (let done = 0; done < target.length; ) {
      throwIfAborted(signal);
      let n: number;
      try {
        n = (await handle.read(target, done, Math.min(target.length - done, MOST), offset + done)).bytesRead;
      } catch (cause) {
        throw ioError(cause, "read", path);
      }
      if (n === 0) throw short(offset, target.length, done);
      done += n;
    }
    throwIfAborted(signal);
  };

  const source: FileSource = {
    get size() {
      return size;
    },
    name: basename(path),
    path,
    readInto,
    async read(offset, length, signal) {
      throwIfAborted(signal);
      demandOpen();
      checkRange(offset, length, size);
      const target = fresh(length);
      await readInto(offset, target, signal);
      return target;
    },
    readSync(offset, length) {
      demandOpen();
      checkRange(offset, length, size);
      const target = fresh(length);
      readNow(offset, target);
      return target;
    },
    async sync() {
      demandOpen();
      try {
        await handle.sync();
      } catch (cause) {
        throw ioError(cause, "sync", path);
      }
    },
    [Symbol.asyncDispose]() {
      closed ??= handle.close();
      return closed;
    },
  };
  if (!writable) return source;
  return Object.assign(source, {
    async write(offset: number, bytes: Uint8Array): Promise<void> {
      demandOpen();
      if (!Number.isSafeInteger(offset) || offset < 0)
        throw new SourceError("SOURCE_IO", `${path}: cannot write at ${offset}`, { offset });
      for (let done = 0; done < bytes.length; ) {
        try {
          const room = Math.min(bytes.length - done, MOST);
          done += (await handle.write(bytes, done, room, offset + done)).bytesWritten;
        } catch (cause) {
          throw ioError(cause, "write", path);
        }
        size = Math.max(size, offset + done);
      }
    },
  });
}

/** Bytes that need not be zeroed, since every one of them is read or the whole is thrown away. Never part of Buffer's pool. */
function fresh(length: number): Uint8Array {
  try {
    return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer, 0, length);
  } catch (cause) {
    throw new SourceError("SOURCE_IO", `${length} bytes do not fit in memory at once`, { length, cause });
  }
}
