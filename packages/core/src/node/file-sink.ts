import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, link, open, realpath, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SourceError } from "../errors.ts";
import { checkOverwrite } from "../format/sink.ts";
import type { ByteSink } from "../format/source.ts";
import { errnoOf, ioError, toPath } from "./path.ts";
import { forgetTemporary, rememberTemporary } from "./temporary.ts";

/** Most buffers one writev takes on Linux (IOV_MAX). */
const MOST_PARTS = 1024;
const MOST_BYTES = 2 ** 30;

/** How a file is written. */
export interface FileSinkOptions {
  /** Replace a file that is there. Without it an existing file is SOURCE_EXISTS, also when it appears while writing. */
  readonly force?: boolean | undefined;
}

/** A file sink: bytes go to a temporary name beside the target. */
export interface FileSink extends ByteSink {
  /** The file that `commit` makes. */
  readonly path: string;
  /** Where the bytes are until then: to read them back before they appear. */
  readonly temporary: string;
  writev(parts: readonly Uint8Array[]): Promise<void>;
  writeAt(offset: number, bytes: Uint8Array): Promise<void>;
}

/**
 * A file that appears whole or not at all: written beside the target, synced, renamed, the folder synced. `abort`, a failed `commit` and
 * (as well as can be) the end of the process remove the temporary file. A symbolic link stays one; permissions of a replaced file are kept.
 * Throws SourceError: SOURCE_EXISTS, SOURCE_MISSING (no such folder), SOURCE_IO.
 */
export async function fileSink(path: string | URL, options: FileSinkOptions = {}): Promise<FileSink> {
  const force = options.force === true;
  const given = toPath(path);
  const existing = await statOf(given);
  if (existing !== undefined && !existing.isFile())
    throw new SourceError(
      "SOURCE_IO",
      `cannot write ${given}: it is ${existing.isDirectory() ? "a folder" : "no regular file"}`,
    );
  if (existing !== undefined && !force) throw existsError(given);
  const target = existing === undefined ? given : await realpath(given);
  const temporary = join(dirname(target), `.masquerade-${randomBytes(8).toString("hex")}.tmp`);
  rememberTemporary(temporary);
  try {
    const handle = await open(temporary, "wx", 0o666);
    try {
      if (existing !== undefined) await handle.chmod(existing.mode & 0o7777);
    } catch (cause) {
      await handle.close();
      await unlink(temporary);
      throw cause;
    }
    return makeSink(handle, temporary, target, force);
  } catch (cause) {
    forgetTemporary(temporary);
    throw ioError(cause, "write", given);
  }
}

function makeSink(handle: FileHandle, temporary: string, target: string, force: boolean): FileSink {
  let position = 0;
  let state: "open" | "committed" | "aborted" = "open";
  const demandOpen = (): void => {
    if (state !== "open") throw new SourceError("SOURCE_CLOSED", `${target} is ${state}`);
  };
  const put = async (bytes: Uint8Array, offset: number): Promise<void> => {
    for (let done = 0; done < bytes.length; ) {
      const room = Math.min(bytes.length - done, MOST_BYTES);
      done += (await handle.write(bytes, done, room, offset + done)).bytesWritten;
    }
  };
  const guard = async (work: () => Promise<void>): Promise<void> => {
    demandOpen();
    try {
      await work();
    } catch (cause) {
      throw ioError(cause, "write", target);
    }
  };
  const remove = async (): Promise<void> => {
    await handle.close().catch(() => {});
    await unlink(temporary).catch(() => {});
    forgetTemporary(temporary);
  };
  return {
    path: target,
    temporary,
    get position() {
      return position;
    },
    write: (bytes) =>
      guard(async () => {
        await put(bytes, position);
        position += bytes.length;
      }),
    writeAt: (offset, bytes) =>
      guard(async () => {
        checkOverwrite(offset, bytes.length, position);
        await put(bytes, offset);
      }),
    writev: (parts) =>
      guard(async () => {
        for (const group of groups(parts)) {
          const total = group.reduce((sum, part) => sum + part.length, 0);
          const { bytesWritten } = await handle.writev([...group], position);
          // A full disk or a signal may cut a gathered write short: finish piece by piece.
          let skip = bytesWritten;
          let at = position;
          for (const part of bytesWritten === total ? [] : group) {
            if (skip < part.length) await put(part.subarray(skip), at + skip);
            skip = Math.max(0, skip - part.length);
            at += part.length;
          }
          position += total;
        }
      }),
    async commit() {
      demandOpen();
      state = "committed";
      try {
        await handle.sync();
        await handle.close();
        await (force ? rename(temporary, target) : renameNew(temporary, target));
        forgetTemporary(temporary);
        await syncFolder(dirname(target));
      } catch (cause) {
        state = "aborted";
        await remove();
        throw ioError(cause, "write", target);
      }
    },
    async abort() {
      if (state !== "open") return;
      state = "aborted";
      await remove();
    },
  };
}

/** Runs of pieces that fit one system call. */
function* groups(parts: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  let group: Uint8Array[] = [];
  let bytes = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; from += MOST_BYTES) {
      const piece = part.length <= MOST_BYTES ? part : part.subarray(from, from + MOST_BYTES);
      if (group.length === MOST_PARTS || (group.length > 0 && bytes + piece.length > MOST_BYTES)) {
        yield group;
        group = [];
        bytes = 0;
      }
      group.push(piece);
      bytes += piece.length;
    }
  }
  if (group.length > 0) yield group;
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw ioError(cause, "write", path);
  }
}

const existsError = (path: string): SourceError =>
  new SourceError("SOURCE_EXISTS", `${path} exists already; pass force to replace it`);

/** Gives a file its name only if nobody has it: a hard link cannot replace. Where there are none, looks first. */
async function renameNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (cause) {
    if (errnoOf(cause) === "EEXIST") throw existsError(to);
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL", "EACCES"].includes(errnoOf(cause)))
      throw cause;
    if ((await statOf(to)) !== undefined) throw existsError(to);
    await rename(from, to);
    return;
  }
  await unlink(from);
}

/** Makes the new name itself durable. Some systems cannot open folders, some file systems cannot sync them: then there is nothing to do. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  if (handle === undefined) return;
  await handle.sync().catch(() => {});
  await handle.close();
}
