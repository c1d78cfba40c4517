import { type Limits, SourceError } from "@masquerade/core";
import { type Chain, type Entry, readChain } from "../chain.ts";
import { type EntryPlan, filledParts } from "../encode.ts";
import {
  COMMIT_AT,
  DEAD,
  ENTRY_HEAD_BYTES,
  ENTRY_TAIL_BYTES,
  FLAG_FROM_END,
  HEADER_BYTES,
  headerBytes,
  TERMINATOR,
} from "../forms.ts";
import type { Hole } from "../plan.ts";
import { readNow, Window } from "../window.ts";
import type { PositionalFile } from "./file.ts";

/** Bytes read at once while walking the entries. */
const AHEAD = 65_536;
/** Pieces of an entry smaller than this are written together. */
const GATHER = 65_536;
/** What disks, and larger pages of memory, write at once. */
const SECTOR = 512;
/** A dead entry of twenty bytes. */
const FILLER: Uint8Array = /* @__PURE__ */ Uint8Array.of(
  ...[0x95, 11, 0, 0, 0, 0, 0, 0, 0, 0x8c, 0, 0x4e],
  ...[0x4a, 0, 0, 0, 0, 0x30, DEAD, 0x30],
);

/**
 * The entries of an open file and the ways of changing them, each in an order that leaves the old or the new state when the process ends at
 * any moment. To be used under the lock only.
 */
export class Store {
  readonly file: PositionalFile;
  private readonly limits: Limits;
  private readonly durable: boolean;
  private commit = -1;
  private size = -1;
  private end = HEADER_BYTES;
  private memo = 1;
  private entries: Entry[] = [];
  /** Living entries by key. */
  live: Map<string, Entry> = new Map();

  constructor(file: PositionalFile, limits: Limits, durable: boolean) {
    this.file = file;
    this.limits = limits;
    this.durable = durable;
  }

  get commitNumber(): number {
    return this.commit;
  }

  /** The first memo index that is free. */
  get nextMemo(): number {
    return this.memo;
  }

  /** Offset of the terminator. */
  get terminatorAt(): number {
    return this.end;
  }

  get dead(): boolean {
    return this.entries.length > this.live.size;
  }

  /** Takes note of what others have done: nothing, if commit number and size are as they were. Finishes what an ended process left. */
  async look(): Promise<boolean> {
    const { size } = await this.file.stat();
    if (size === 0 && this.file.writable) {
      const empty = new Uint8Array(HEADER_BYTES + TERMINATOR.length);
      empty.set(headerBytes(0));
      empty.set(TERMINATOR, HEADER_BYTES);
      this.file.writeNow(0, empty);
      await this.sync();
      return await this.look();
    }
    if (size === this.size && this.commit === readCommit(this.file)) return false;
    const window = new Window(size, AHEAD);
    const chain: Chain = readNow(readChain(window, this.limits, false), (offset, length) =>
      this.file.readNow(offset, length),
    );
    this.commit = chain.commit;
    this.size = size;
    this.end = chain.end;
    this.entries = [...chain.entries];
    this.live = new Map();
    this.memo = 1;
    const shadowed: Entry[] = [];
    for (const entry of this.entries) {
      this.memo = Math.max(this.memo, entry.memo);
      if (!entry.live) continue;
      const before = this.live.get(entry.key);
      if (before !== undefined) shadowed.push(before);
      this.live.delete(entry.key);
      this.live.set(entry.key, entry);
    }
    if (this.file.writable) {
      if (chain.rest > 0) await this.cutRest();
      for (const entry of shadowed) this.kill(entry);
    }
    return true;
  }

  /** Whether an entry, living or dead, is still where it was. */
  holds(entry: Entry): boolean {
    return this.entries.some((one) => one.offset === entry.offset && one.end === entry.end && one.key === entry.key);
  }

  /**
   * Puts an entry at the end, in the place of the one with this key. First the new end of the file and everything of the entry behind the
   * terminator, where no reader looks; then, by one write of eleven bytes over the terminator, the entry begins to be; then the old one
   * ceases. The commit number goes up before each of the two.
   */
  async put(key: string, plan: EntryPlan, value: unknown): Promise<Entry> {
    const at = this.end;
    const end = at + plan.length;
    const before = this.live.get(key);
    const [head, ...rest] = plan.parts as [Uint8Array, ...(Uint8Array | Hole)[]];
    // The write that makes the next entry be must not be torn: a terminator never lies across two sectors.
    const torn = (end % SECTOR) + TERMINATOR.length > SECTOR;
    if (torn) rest.push(FILLER);
    const behind = torn ? end + FILLER.length : end;
    this.raiseCommit();
    try {
      this.file.writeNow(behind, TERMINATOR);
      await this.write(at + ENTRY_HEAD_BYTES, [head.subarray(ENTRY_HEAD_BYTES), ...rest], value);
      await this.sync();
    } catch (error) {
      await this.cutRest().catch(() => this.forget());
      throw error;
    }
    this.file.writeNow(at, head.subarray(0, ENTRY_HEAD_BYTES));
    await this.sync();
    const entry: Entry = {
      key,
      offset: at,
      end,
      valueAt: at + head.length,
      valueEnd: end - ENTRY_TAIL_BYTES,
      memo: plan.memo,
      live: true,
    };
    this.entries.push(entry);
    if (torn) this.entries.push({ ...entry, key: "", offset: end, end: behind, live: false });
    this.live.delete(key);
    this.live.set(key, entry);
    this.end = behind;
    this.size = behind + TERMINATOR.length;
    this.memo = Math.max(this.memo, plan.memo);
    if (before !== undefined) {
      this.raiseCommit();
      this.kill(before);
      await this.sync();
    }
    return entry;
  }

  /** Marks the entry of a key dead: one byte. */
  async remove(key: string): Promise<boolean> {
    const entry = this.live.get(key);
    if (entry === undefined) return false;
    this.raiseCommit();
    this.kill(entry);
    this.live.delete(key);
    await this.sync();
    return true;
  }

  /** Has the next look read everything again. */
  forget(): void {
    this.size = -1;
  }

  private async cutRest(): Promise<void> {
    await this.file.truncate(this.end + TERMINATOR.length);
    this.size = this.end + TERMINATOR.length;
  }

  private kill(entry: Entry): void {
    this.file.writeNow(entry.end - FLAG_FROM_END, Uint8Array.of(DEAD));
  }

  /** Others see by the commit number that they must look again. */
  private raiseCommit(): void {
    this.commit = this.commit >= 2 ** 31 - 1 || this.commit < 0 ? 0 : this.commit + 1;
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setInt32(0, this.commit, true);
    this.file.writeNow(COMMIT_AT, bytes);
  }

  /** Writes the parts one after another; holes without a value stay holes of the file. */
  private async write(from: number, parts: readonly (Uint8Array | Hole)[], value: unknown): Promise<void> {
    let at = from;
    let pending: Uint8Array[] = [];
    let pendingBytes = 0;
    const flush = async (): Promise<void> => {
      if (pendingBytes === 0) return;
      const bytes = new Uint8Array(pendingBytes);
      let filled = 0;
      for (const part of pending) {
        bytes.set(part, filled);
        filled += part.length;
      }
      await this.file.write(at - pendingBytes, bytes);
      pending = [];
      pendingBytes = 0;
    };
    for (const part of parts) {
      if (!(part instanceof Uint8Array) && value === undefined) {
        await flush();
        at += part.size;
        continue;
      }
      for (const bytes of part instanceof Uint8Array ? [part] : filledParts([part], value as never)) {
        if (bytes.length >= GATHER || pendingBytes + bytes.length > 2 * GATHER) await flush();
        if (bytes.length >= GATHER) await this.file.write(at, bytes);
        else {
          pending.push(bytes);
          pendingBytes += bytes.length;
        }
        at += bytes.length;
      }
    }
    await flush();
  }

  private async sync(): Promise<void> {
    if (this.durable) await this.file.sync();
  }
}

/** The commit number as it is in the file now. */
export function readCommit(file: PositionalFile): number {
  const bytes = file.readNow(COMMIT_AT, 4);
  return new DataView(bytes.buffer).getInt32(0, true);
}

/** The error for a handle whose entry is no more. */
export function changed(key: string): SourceError {
  return new SourceError(
    "SOURCE_CHANGED",
    `"${key}" is not what it was: it has been replaced, deleted or moved; get it again`,
  );
}
