import { randomBytes } from "node:crypto";
import { open as openFolder, realpath, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Entry } from "../chain.ts";
import { HEADER_BYTES, headerBytes, TERMINATOR } from "../forms.ts";
import { failed, PositionalFile } from "./file.ts";

/** Bytes copied at once; runs of zeros of this size stay holes. */
const CHUNK = 1 << 20;

/**
 * The living entries in a new file, which takes the place of the old one by a rename: until then everything is as it was. Returns it and
 * its size. Who still has the old one open cannot change it any more (its chain of entries is broken) but reads what it has mapped.
 */
export async function vacuumed(
  file: PositionalFile,
  live: readonly Entry[],
  commit: number,
): Promise<{ readonly file: PositionalFile; readonly size: number }> {
  const target = await realpath(file.path);
  const temporary = join(dirname(target), `.masquerade-${randomBytes(8).toString("hex")}.tmp`);
  const copy = await PositionalFile.open(temporary, "wx+", true);
  try {
    const { mode, nlink } = await file.stat();
    await copy.handle.chmod(mode & 0o7777);
    copy.writeNow(0, headerBytes(commit));
    let at = HEADER_BYTES;
    for (const entry of live) {
      for (let from = entry.offset; from < entry.end; from += CHUNK) {
        const bytes = await file.read(from, Math.min(CHUNK, entry.end - from));
        if (bytes.some((byte) => byte !== 0)) await copy.write(at, bytes);
        at += bytes.length;
      }
    }
    copy.writeNow(at, TERMINATOR);
    await copy.handle.sync();
    await rename(temporary, target);
    await syncFolder(dirname(target));
    // A first entry as long as can be said: whoever walks the old file finds nothing, and no place to write.
    if (nlink === 1) file.writeNow(HEADER_BYTES + 1, new Uint8Array(8).fill(0xff));
    return { file: PositionalFile.renamed(copy, file.path), size: at + TERMINATOR.length };
  } catch (cause) {
    await copy.close();
    await unlink(temporary).catch(() => {});
    throw failed(cause, "vacuum", file.path);
  }
}

/** Makes the new name durable, where folders can be synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await openFolder(folder, "r").catch(() => undefined);
  if (handle === undefined) return;
  await handle.sync().catch(() => {});
  await handle.close();
}
