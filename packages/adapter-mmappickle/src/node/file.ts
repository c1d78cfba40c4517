import { readSync as fsReadSync, writeSync as fsWriteSync, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { type ByteSource, isMasqueradeError, SourceError, throwIfAborted } from "@masquerade/core";

/** Most one system call transfers. */
const MOST = 2 ** 30;
/** Writes of fewer bytes are done at once: waiting for them costs more. */
const SHORT = 65_536;

/** A failed system call as a SourceError; errors of ours stay as they are. */
export function failed(cause: unknown, doing: string, path: string): unknown {
  if (isMasqueradeError(cause)) return cause;
  const code = String((cause as { readonly code?: unknown } | null)?.code ?? "input/output error");
  const why = code === "ENOENT" ? "no such file or folder" : code;
  return new SourceError(code === "ENOENT" ? "SOURCE_MISSING" : "SOURCE_IO", `cannot ${doing} ${path}: ${why}`, {
    cause,
  });
}

/** One open file, read and written by position. It is another one after the path has been renamed over. */
export class PositionalFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly writable: boolean;
  closed = false;

  private constructor(path: string, handle: FileHandle, writable: boolean) {
    this.path = path;
    this.handle = handle;
    this.writable = writable;
  }

  /** `flags` as of `open(2)`. Throws SourceError; only regular files are opened. */
  static async open(path: string, flags: string | number, writable: boolean): Promise<PositionalFile> {
    let handle: FileHandle;
    try {
      handle = await open(path, flags, 0o666);
    } catch (cause) {
      throw failed(cause, "open", path);
    }
    if ((await handle.stat()).isFile()) return new PositionalFile(path, handle, writable);
    await handle.close();
    throw new SourceError("SOURCE_IO", `cannot open ${path}: it is no regular file`);
  }

  /** The same open file under the name it has now. */
  static renamed(file: PositionalFile, path: string): PositionalFile {
    return new PositionalFile(path, file.handle, file.writable);
  }

  async stat(): Promise<Stats> {
    return await this.handle.stat();
  }

  /** Whether the path still names this file. Throws SourceError SOURCE_MISSING when it names nothing. */
  async current(): Promise<boolean> {
    const [mine, there] = await Promise.all([
      this.handle.stat(),
      stat(this.path).catch((cause: unknown) => {
        throw failed(cause, "find", this.path);
      }),
    ]);
    return mine.ino === there.ino && mine.dev === there.dev;
  }

  private demandOpen(): void {
    if (this.closed) throw new SourceError("SOURCE_CLOSED", `${this.path} is closed`);
  }

  readNow(offset: number, length: number): Uint8Array {
    this.demandOpen();
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const n = this.system("read", () =>
        fsReadSync(this.handle.fd, out, done, Math.min(length - done, MOST), offset + done),
      );
      if (n === 0) throw this.short(offset, length);
      done += n;
    }
    return out;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    throwIfAborted(signal);
    this.demandOpen();
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await this.handle
        .read(out, done, Math.min(length - done, MOST), offset + done)
        .catch((cause: unknown) => {
          throw failed(cause, "read", this.path);
        });
      if (bytesRead === 0) throw this.short(offset, length);
      done += bytesRead;
    }
    return out;
  }

  writeNow(offset: number, bytes: Uint8Array): void {
    this.demandOpen();
    for (let done = 0; done < bytes.length; )
      done += this.system("write", () =>
        fsWriteSync(this.handle.fd, bytes, done, Math.min(bytes.length - done, MOST), offset + done),
      );
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    if (bytes.length < SHORT) {
      this.writeNow(offset, bytes);
      return;
    }
    this.demandOpen();
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.handle
        .write(bytes, done, Math.min(bytes.length - done, MOST), offset + done)
        .catch((cause: unknown) => {
          throw failed(cause, "write", this.path);
        });
      done += bytesWritten;
    }
  }

  async truncate(size: number): Promise<void> {
    await this.handle.truncate(size).catch((cause: unknown) => {
      throw failed(cause, "truncate", this.path);
    });
  }

  async sync(): Promise<void> {
    await this.handle.datasync().catch((cause: unknown) => {
      throw failed(cause, "sync", this.path);
    });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.handle.close();
  }

  /** The first `size` bytes as a source. */
  source(size: number): ByteSource {
    return {
      size,
      name: this.path,
      read: (offset, length, signal) => this.read(offset, length, signal),
      readSync: (offset, length) => this.readNow(offset, length),
      [Symbol.asyncDispose]: async () => {},
    };
  }

  private short(offset: number, length: number): SourceError {
    return new SourceError("SOURCE_SHORT", `${this.path}: ${length} bytes wanted at ${offset}, the file ends before`, {
      offset,
      length,
    });
  }

  private system(doing: string, call: () => number): number {
    try {
      return call();
    } catch (cause) {
      throw failed(cause, doing, this.path);
    }
  }
}
