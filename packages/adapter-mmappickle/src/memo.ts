import { walkOpcodes } from "@masquerade/pickle";

/** A pickle as a plain entry holds it, in pieces, and the first memo index that is free behind it. */
export interface Renumbered {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
  readonly memo: number;
}

const DROPPED: ReadonlySet<string> = new Set(["PROTO", "FRAME", "STOP"]);
const GETS: ReadonlySet<string> = new Set(["BINGET", "LONG_BINGET"]);
const PUTS: ReadonlySet<string> = new Set(["MEMOIZE", "BINPUT", "LONG_BINPUT"]);

/**
 * A protocol 4 pickle without PROTO, FRAME and STOP, with what nobody fetches from the memo not put there, and the rest put at indices from
 * `memo` on: so that entries never share an index. The pieces are views of the pickle.
 */
export function renumber(pickle: Uint8Array, memo: number): Renumbered {
  const fetched = new Set<number>();
  for (const { opcode, value } of walkOpcodes(pickle)) if (GETS.has(opcode.name)) fetched.add(value as number);
  const parts: Uint8Array[] = [];
  const indices = new Map<number, number>();
  let length = 0;
  let puts = 0;
  let next = memo;
  let kept = 0;
  const push = (part: Uint8Array): void => {
    if (part.length === 0) return;
    parts.push(part);
    length += part.length;
  };
  for (const { opcode, offset, value, start, length: argument } of walkOpcodes(pickle)) {
    const { name } = opcode;
    const put = PUTS.has(name);
    const get = GETS.has(name);
    if (!put && !get && !DROPPED.has(name)) continue;
    push(pickle.subarray(kept, offset));
    kept = opcode.argument === "none" ? offset + 1 : start + argument;
    if (put) {
      const index = value ?? puts;
      puts++;
      if (!fetched.has(index)) continue;
      indices.set(index, next);
      push(memoOpcode(0x71, 0x72, next++));
    } else if (get) push(memoOpcode(0x68, 0x6a, indices.get(value as number) as number));
  }
  return { parts, length, memo: next };
}

/** BINPUT or BINGET, or their LONG form from 256 on. */
export function memoOpcode(short: number, long: number, index: number): Uint8Array {
  if (index < 256) return Uint8Array.of(short, index);
  const out = Uint8Array.of(long, 0, 0, 0, 0);
  new DataView(out.buffer).setUint32(1, index, true);
  return out;
}
