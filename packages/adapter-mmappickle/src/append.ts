import {
  type AnyArray,
  type Bundle,
  type ByteSource,
  CapabilityError,
  type EncodeOptions,
  OptionError,
  quoteText,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { liveEntries, nextMemo, readChain } from "./chain.ts";
import { type EntryPlan, entryPlan, filledParts, prepared, valuePlan } from "./encode.ts";
import {
  COMMIT_AT,
  DEAD,
  ENTRY_HEAD_BYTES,
  ENTRY_TAIL_BYTES,
  entryHead,
  entryTail,
  FLAG_FROM_END,
  FORMAT,
  TERMINATOR,
} from "./forms.ts";
import type { MmappickleWriteOptions } from "./options.ts";
import { readSoon, Window } from "./window.ts";

/** What disks, and larger pages of memory, write at once. */
const SECTOR = 512;
/** Pieces smaller than this are written together. */
const GATHER = 65_536;
/** A dead entry of the empty key and None. */
const LEAST_DEAD = ENTRY_HEAD_BYTES + 1 + ENTRY_TAIL_BYTES;

/** A file that can be written in place. */
type Target = ByteSource & Required<Pick<ByteSource, "write">> & { readonly size: number };

/**
 * Adds keys to a dictionary: those of a bundle, or one array's (option `key`). All entries are written behind the end of the dictionary, where no
 * reader looks, and begin to be by one write of eleven bytes over its terminator: a crash leaves the dictionary as it was, or with all of them.
 * Nobody else may write to the file meanwhile; in Node the live dictionary takes mmappickle's lock. Throws CapabilityError for keys that are
 * there (arrays of a mmapdict do not grow), OptionError for a source that cannot be written, and as `encode` and `decode` do.
 */
export async function appendMmappickle(
  file: ByteSource,
  value: AnyArray | Bundle,
  options: MmappickleWriteOptions & EncodeOptions = {},
): Promise<void> {
  const entries = prepared(value, options);
  if (file.write === undefined || file.size === undefined)
    throw new OptionError("READ_ONLY", 'a file is added to that was opened to be written: mode "r+"');
  const target = file as Target;
  const chain = await readSoon(readChain(new Window(target.size), resolveLimits(undefined)), target, options.signal);
  const live = liveEntries(chain);
  let memo = nextMemo(chain.entries);
  const plans: EntryPlan[] = [];
  for (const [key, one] of entries) {
    if (live.has(key))
      throw new CapabilityError(
        FORMAT,
        "append",
        `the dictionary has ${key === "" ? "a single array, which has the empty key," : `a key "${quoteText(key, 40)}"`} and arrays of a mmapdict do not grow; add it under another key`,
      );
    const plan = entryPlan(key, valuePlan(one, memo));
    memo = Math.max(memo, plan.memo);
    plans.push(plan);
  }
  throwIfAborted(options.signal);
  if (plans.length === 0) return;
  const end = plans.reduce((at, plan) => at + plan.length, chain.end);
  const behind = terminatorPlace(end, target.size);
  // Others see by the commit number that they must look again.
  await target.write(COMMIT_AT, commitBytes(chain.commit, plans.length));
  if (behind + TERMINATOR.length > target.size) await target.write(behind, TERMINATOR.slice());
  await target.sync?.();
  const parts = bodyOf(plans, entries, options);
  const first = parts.next().value as Uint8Array;
  let at = chain.end + ENTRY_HEAD_BYTES;
  for (const part of gathered(first.subarray(ENTRY_HEAD_BYTES), parts)) {
    await target.write(at, part);
    at += part.length;
    options.onProgress?.(at - chain.end, end - chain.end);
  }
  for (const [offset, bytes] of deadEntry(end, behind)) await target.write(offset, bytes);
  await target.sync?.();
  await target.write(chain.end, first.slice(0, ENTRY_HEAD_BYTES));
  await target.sync?.();
}

/**
 * Where the terminator comes when the new entries end at `end`: there, where it lies in one sector, so that the append after this one is one
 * write that is not torn; further on, behind a dead entry, where it does not, and where an append that was interrupted has left more.
 */
function terminatorPlace(end: number, size: number): number {
  const torn = (at: number): boolean => (at % SECTOR) + TERMINATOR.length > SECTOR;
  if (!torn(end) && end + TERMINATOR.length >= size) return end;
  const behind = Math.max(end + LEAST_DEAD, size - TERMINATOR.length);
  return torn(behind) ? behind + SECTOR - (behind % SECTOR) : behind;
}

/** The pieces of a dead entry that takes the place from `from` to `to`: None, or bytes that are left as they are. */
function deadEntry(from: number, to: number): readonly (readonly [offset: number, bytes: Uint8Array])[] {
  if (from === to) return [];
  const spare = to - from - LEAST_DEAD;
  const head = entryHead(to - from - 9, new Uint8Array(0));
  const tail = entryTail(0);
  tail[ENTRY_TAIL_BYTES - FLAG_FROM_END] = DEAD;
  // NONE; SHORT_BINBYTES with a length of one byte; BINBYTES8 with one of eight.
  const value = Uint8Array.of(
    ...(spare === 0 ? [0x4e] : spare < 9 ? [0x43, spare - 1] : [0x8e, 0, 0, 0, 0, 0, 0, 0, 0]),
  );
  if (spare >= 9) new DataView(value.buffer).setBigUint64(1, BigInt(spare - 8), true);
  return [
    [from, head],
    [from + head.length, value],
    [to - tail.length, tail],
  ];
}

function commitBytes(before: number, more: number): Uint8Array {
  const bytes = new Uint8Array(4);
  const after = before + more;
  new DataView(bytes.buffer).setInt32(0, before < 0 || after > 2 ** 31 - 1 ? 0 : after, true);
  return bytes;
}

/** The entries one after another; the first piece is a head. */
function* bodyOf(
  plans: readonly EntryPlan[],
  entries: ReturnType<typeof prepared>,
  options: EncodeOptions,
): Generator<Uint8Array> {
  for (const [i, { parts }] of plans.entries())
    for (const part of filledParts(parts, (entries[i] as (typeof entries)[number])[1])) {
      throwIfAborted(options.signal);
      yield part;
    }
}

/** Small pieces together, large ones as they are. */
function* gathered(first: Uint8Array, parts: Iterable<Uint8Array>): Generator<Uint8Array> {
  const pending: Uint8Array[] = [first];
  let bytes = first.length;
  const flush = (): Uint8Array => {
    const out = new Uint8Array(bytes);
    let at = 0;
    for (const part of pending.splice(0)) {
      out.set(part, at);
      at += part.length;
    }
    bytes = 0;
    return out;
  };
  for (const part of parts) {
    if (bytes > 0 && bytes + part.length > GATHER) yield flush();
    if (part.length >= GATHER) yield part;
    else {
      pending.push(part);
      bytes += part.length;
    }
  }
  if (bytes > 0) yield flush();
}
