import { type ByteSource, fromBytes, SourceError } from "@masquerade/core";

/** What was done to a file: bytes written at a place, or a wait until everything before is safe. */
export type Act =
  | { readonly kind: "write"; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: "sync" };

/** A file in memory that can be written and grows, and remembers what was done to it. */
export interface MemoryFile extends ByteSource {
  readonly size: number;
  /** In the order in which they were asked for. */
  readonly acts: readonly Act[];
  /** Bytes read so far. */
  readonly fetched: number;
  /** Writes and syncs that have been asked for and have not settled. */
  readonly underWay: number;
  /** What is in it now. */
  bytes(): Uint8Array;
}

/** What a disk writes as a whole or not at all. */
const SECTOR = 512;

/** A copy of `initial` as a file; the act of number `failAt`, counted from 0, fails as a full disk does and does nothing. */
export function memoryFile(initial: Uint8Array, failAt: number = Number.POSITIVE_INFINITY): MemoryFile {
  let content: Uint8Array = initial.slice();
  const acts: Act[] = [];
  let fetched = 0;
  let underWay = 0;
  const act = async (one: Act): Promise<void> => {
    const number = acts.push(one) - 1;
    underWay++;
    // Settles later, so that who does not wait is found out.
    await new Promise((resolve) => setTimeout(resolve, 0));
    underWay--;
    if (number === failAt) throw new SourceError("SOURCE_IO", "the disk is full");
    if (one.kind === "write") content = applied(content, [one]);
  };
  return {
    get size() {
      return content.length;
    },
    get acts() {
      return acts;
    },
    get fetched() {
      return fetched;
    },
    get underWay() {
      return underWay;
    },
    bytes: () => content.slice(),
    async read(offset, length, signal) {
      fetched += length;
      return (await fromBytes(content).read(offset, length, signal)).slice();
    },
    write: (offset, bytes) => act({ kind: "write", offset, bytes: bytes.slice() }),
    sync: () => act({ kind: "sync" }),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A file after these acts: it grows where they reach beyond its end. */
export function applied(file: Uint8Array, acts: readonly Act[]): Uint8Array {
  let out: Uint8Array = file.slice();
  for (const act of acts) {
    if (act.kind === "sync") continue;
    const end = act.offset + act.bytes.length;
    if (end > out.length) {
      const longer = new Uint8Array(end);
      longer.set(out);
      out = longer;
    }
    out.set(act.bytes, act.offset);
  }
  return out;
}

/** A file as something that stopped in the middle has left it. */
export interface Interrupted {
  readonly what: string;
  readonly bytes: Uint8Array;
}

/**
 * What is in a file when the process that does these acts ends: after each of them, and within each that is longer than a sector, at some of
 * the sectors' borders.
 */
export function* interrupted(file: Uint8Array, acts: readonly Act[]): Generator<Interrupted> {
  let state = file;
  for (const [n, act] of acts.entries()) {
    if (act.kind === "sync") continue;
    const { offset, bytes } = act;
    const borders: number[] = [];
    for (let cut = SECTOR - (offset % SECTOR); cut < bytes.length; cut += SECTOR) borders.push(cut);
    const step = Math.max(1, Math.floor(borders.length / 4));
    for (const cut of borders.filter((_, i) => i % step === 0 || i === borders.length - 1))
      yield {
        what: `after ${cut} of the ${bytes.length} bytes of write ${n} (at ${offset})`,
        bytes: applied(state, [{ kind: "write", offset, bytes: bytes.subarray(0, cut) }]),
      };
    state = applied(state, [act]);
    yield { what: `after write ${n} (${bytes.length} bytes at ${offset})`, bytes: state };
  }
}

/**
 * What is in a file after the power has failed: of the acts since the last sync some have come to the disk and others have not, in whatever
 * order. Each of them alone, and all but each.
 */
export function* powerFailures(file: Uint8Array, acts: readonly Act[]): Generator<Interrupted> {
  let safe = file;
  let pending: (readonly [n: number, act: Act])[] = [];
  for (const [n, act] of [...acts.entries(), [acts.length, { kind: "sync" }] as const]) {
    if (act.kind === "write") {
      pending.push([n, act]);
      continue;
    }
    if (pending.length > 1)
      for (const [k] of pending) {
        const only = pending.filter(([i]) => i === k).map(([, one]) => one);
        const others = pending.filter(([i]) => i !== k).map(([, one]) => one);
        yield { what: `write ${k} alone of those before the sync is on the disk`, bytes: applied(safe, only) };
        yield { what: `write ${k} is not on the disk, those around it are`, bytes: applied(safe, others) };
      }
    safe = applied(
      safe,
      pending.map(([, one]) => one),
    );
    pending = [];
  }
}
