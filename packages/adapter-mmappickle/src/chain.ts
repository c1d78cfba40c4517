import { FormatError, LimitError, type Limits } from "@masquerade/core";
import {
  ALIVE,
  COMMIT_AT,
  DEAD,
  ENTRY_HEAD_BYTES,
  ENTRY_TAIL_BYTES,
  FORMAT,
  HEADER_BYTES,
  headerBytes,
  startsWith,
  TERMINATOR,
} from "./forms.ts";
import type { Reading, Window } from "./window.ts";

/** One entry of the file: a key and a value, or what is left of them. */
export interface Entry {
  readonly key: string;
  /** Offset of its FRAME, and of the byte behind it. */
  readonly offset: number;
  readonly end: number;
  /** Where the pickled value lies. */
  readonly valueAt: number;
  readonly valueEnd: number;
  /** The first memo index that is free behind it. */
  readonly memo: number;
  readonly live: boolean;
}

export interface Chain {
  readonly commit: number;
  /** In the order of the file, dead ones included. */
  readonly entries: readonly Entry[];
  /** Offset of the terminator. */
  readonly end: number;
  /** Bytes behind the terminator: what an append that was interrupted has left. */
  readonly rest: number;
}

/** What no entry's key begins with: a file's first bytes are no UTF-8. */
const HEADER_START: Uint8Array = /* @__PURE__ */ headerBytes(0).subarray(0, 16);

/** Bytes fetched in front of an entry's end, where an array has its dtype and shape. */
const BEFORE_END = 256;

const malformed = (message: string, offset: number): FormatError =>
  new FormatError("FORMAT_MALFORMED", FORMAT, message, { offset });

/** The commit number of a file. Throws FormatError when it does not begin as mmapdict files do. */
export function* readHeader(window: Window): Reading<number> {
  const head = yield* window.need(0, Math.min(HEADER_BYTES, window.size));
  if (head.length === 0) throw new FormatError("FORMAT_TRUNCATED", FORMAT, "the file is empty", { offset: 0 });
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const commit = head.length >= COMMIT_AT + 4 ? view.getInt32(COMMIT_AT, true) : 0;
  const want = headerBytes(commit);
  const wrong = head.findIndex((byte, i) => byte !== want[i]);
  if (wrong >= 12 && wrong < 16)
    throw new FormatError("FORMAT_VERSION", FORMAT, "the file has another version than 1", { offset: wrong });
  if (wrong >= 0) throw malformed("the file does not begin as a mmapdict does", wrong);
  if (head.length < HEADER_BYTES)
    throw new FormatError("FORMAT_TRUNCATED", FORMAT, "the file ends in its header", { offset: head.length });
  return commit;
}

/**
 * Every entry of the file, dead ones too; of the values only the ends are read. What is behind the terminator must be an append that was
 * not finished: it ends with a terminator of its own (unless not `strict`). Throws FormatError, LimitError (maxMembers).
 */
export function* readChain(window: Window, limits: Limits, strict = true): Reading<Chain> {
  const commit = yield* readHeader(window);
  const entries: Entry[] = [];
  let live = 0;
  let at = HEADER_BYTES;
  for (;;) {
    const head = yield* window.need(at, ENTRY_HEAD_BYTES);
    if (startsWith(head, TERMINATOR)) break;
    const entry = yield* readEntry(window, at, head);
    if (entry.live && ++live > limits.maxMembers)
      throw new LimitError("maxMembers", `more than ${limits.maxMembers} keys`, { format: FORMAT, offset: at });
    entries.push(entry);
    at = entry.end;
  }
  const rest = window.size - at - TERMINATOR.length;
  if (rest > 0 && strict) {
    const start = yield* window.need(at + TERMINATOR.length, Math.min(rest, HEADER_START.length));
    if (startsWith(start, HEADER_START)) throw malformed("another dictionary follows", at + TERMINATOR.length);
    const last = rest < TERMINATOR.length ? new Uint8Array(0) : yield* window.need(window.size - 11, 11);
    if (!startsWith(last, TERMINATOR))
      throw malformed(`${rest} bytes follow the end of the dictionary`, at + TERMINATOR.length);
  }
  return { commit, entries, end: at, rest };
}

function* readEntry(window: Window, at: number, head: Uint8Array): Reading<Entry> {
  const claimed = new DataView(head.buffer, head.byteOffset, head.length).getBigUint64(1, true);
  if (head[0] !== 0x95 || head[9] !== 0x8c) throw malformed("neither an entry nor the end of the dictionary", at);
  const keyLength = head[10] as number;
  const room = window.size - at - 9 - TERMINATOR.length;
  if (claimed > BigInt(Math.max(room, 0)))
    throw new FormatError("FORMAT_TRUNCATED", FORMAT, `an entry of ${claimed} bytes is longer than the file`, {
      offset: at,
    });
  const end = at + 9 + Number(claimed);
  const valueAt = at + ENTRY_HEAD_BYTES + keyLength;
  const valueEnd = end - ENTRY_TAIL_BYTES;
  if (valueEnd <= valueAt) throw malformed(`an entry of ${claimed} bytes has no room for a value`, at);
  const key = decodeKey(yield* window.need(at + ENTRY_HEAD_BYTES, keyLength), at);
  const tail = yield* window.need(valueEnd, ENTRY_TAIL_BYTES, Math.min(BEFORE_END, valueEnd - valueAt));
  const memo = new DataView(tail.buffer, tail.byteOffset, tail.length).getInt32(1, true);
  const flag = tail[6];
  if (tail[0] !== 0x4a || tail[5] !== 0x30 || (flag !== ALIVE && flag !== DEAD) || tail[7] !== 0x30 || memo < 0)
    throw malformed("an entry does not end as entries do", valueEnd);
  return { key, offset: at, end, valueAt, valueEnd, memo, live: flag === ALIVE };
}

function decodeKey(bytes: Uint8Array, at: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError("FORMAT_MALFORMED", FORMAT, "a key is no UTF-8", { offset: at + ENTRY_HEAD_BYTES, cause });
  }
}

/** The living entries by key, in the order in which a dict has them: of two with the same key the later counts. */
export function liveEntries(chain: Chain): Map<string, Entry> {
  const live = new Map<string, Entry>();
  for (const entry of chain.entries) if (entry.live) live.set(entry.key, entry);
  return live;
}

/** The memo index a new entry may begin with: the largest in the file, and at least 1. */
export function nextMemo(entries: readonly Entry[]): number {
  let memo = 1;
  for (const entry of entries) memo = Math.max(memo, entry.memo);
  return memo;
}
