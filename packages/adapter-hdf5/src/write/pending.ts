import type { ByteSource } from "@masquerade/core";
import { ByteBuilder } from "./builder.ts";
import { lookup3 } from "./checksum.ts";

/** Bytes of the note that an append begins with. */
export const PENDING_BYTES = 24;
const LETTERS = "MASQADD1";

/**
 * A note at the end of a file that more is being written behind it. The superblock says where the file ends until all of it is there; what an
 * interrupted append left behind that end begins with this note, and is no damage.
 */
export function pendingNote(end: number): Uint8Array {
  const note = new ByteBuilder().text(LETTERS).u64(end);
  return note.u32(lookup3(note.take())).u32(0).take();
}

/** Whether what follows the end of a file was left by an append that did not finish, or that had hardly begun. */
export async function pendingAt(
  source: ByteSource,
  end: number,
  size: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const found = await source.read(end, Math.min(PENDING_BYTES, size - end), signal);
  const note = pendingNote(end);
  return found.every((byte, i) => byte === note[i]);
}
