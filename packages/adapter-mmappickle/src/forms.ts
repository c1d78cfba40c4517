/** The fixed pieces that a mmapdict file of version 1 is made of. Source: files of mmappickle 1.0, taken apart opcode by opcode. */

/** Format id, as errors carry it. */
export const FORMAT = "mmappickle";

const ascii = new TextEncoder();

/** SHORT_BINUNICODE. */
export function shortText(text: string): Uint8Array {
  const bytes = ascii.encode(text);
  return Uint8Array.of(0x8c, bytes.length, ...bytes);
}

/** `module name STACK_GLOBAL`, without memo. */
function named(module: string, name: string): readonly number[] {
  return [...shortText(module), ...shortText(name), 0x93];
}

/** Names that a mmapdict's own array entries call; plain entries name what NumPy's pickles name. */
export const arrayNames: readonly (readonly [module: string, name: string])[] = [
  ["numpy.core.fromnumeric", "reshape"],
  ["numpy.core.multiarray", "fromstring"],
  ["numpy.ma.core", "MaskedArray"],
];

/** What an ndarray's VALUE begins with: `reshape` and `fromstring`, ready to be called. */
export const ARRAY_HEAD: Uint8Array = /* @__PURE__ */ Uint8Array.of(
  ...named("numpy.core.fromnumeric", "reshape"),
  ...named("numpy.core.multiarray", "fromstring"),
);
/** What a masked array's VALUE begins with; the VALUEs of data and mask follow. */
export const MASKED_HEAD: Uint8Array = /* @__PURE__ */ Uint8Array.of(...named("numpy.ma.core", "MaskedArray"));

/** PROTO 4, FRAME 13, BININT version POP, BININT commit POP, MARK. */
export const HEADER_BYTES = 24;
/** Offset of the commit number, a signed 32-bit integer, little-endian. */
export const COMMIT_AT = 18;
/** FRAME 2, DICT, STOP. */
export const TERMINATOR: Uint8Array = /* @__PURE__ */ Uint8Array.of(0x95, 2, 0, 0, 0, 0, 0, 0, 0, 0x64, 0x2e);
/** FRAME with its length, SHORT_BINUNICODE and the key's length: as long as the terminator that it takes the place of. */
export const ENTRY_HEAD_BYTES = 11;
/** BININT memo POP, NEWTRUE POP (or POP POP when the entry is dead). */
export const ENTRY_TAIL_BYTES = 8;
/** Place of the byte that is 0x88 in a living entry and 0x30 in a dead one, before the entry's end. */
export const FLAG_FROM_END = 2;
export const ALIVE = 0x88;
export const DEAD = 0x30;
/** TUPLE2 REDUCE. */
export const CALL2: readonly number[] = [0x86, 0x52];
export const MOST_KEY_BYTES = 255;

/** The header of a file with this commit number. */
export function headerBytes(commit: number): Uint8Array {
  const out = Uint8Array.of(
    0x80,
    4,
    0x95,
    13,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0x4a,
    1,
    0,
    0,
    0,
    0x30,
    0x4a,
    0,
    0,
    0,
    0,
    0x30,
    0x28,
  );
  new DataView(out.buffer).setInt32(COMMIT_AT, commit, true);
  return out;
}

/** FRAME and key: what an entry of `length` bytes (FRAME's nine aside) begins with. */
export function entryHead(length: number, key: Uint8Array): Uint8Array {
  const out = new Uint8Array(ENTRY_HEAD_BYTES + key.length);
  out[0] = 0x95;
  new DataView(out.buffer).setBigUint64(1, BigInt(length), true);
  out[9] = 0x8c;
  out[10] = key.length;
  out.set(key, ENTRY_HEAD_BYTES);
  return out;
}

/** The end of a living entry. */
export function entryTail(memo: number): Uint8Array {
  const out = Uint8Array.of(0x4a, 0, 0, 0, 0, 0x30, ALIVE, 0x30);
  new DataView(out.buffer).setInt32(1, memo, true);
  return out;
}

/** A key as the file has it; undefined for what has no place: more than 255 bytes of UTF-8, or a lone surrogate. */
export function keyBytes(key: string): Uint8Array | undefined {
  if (/\p{Surrogate}/u.test(key)) return undefined;
  const bytes = ascii.encode(key);
  return bytes.length > MOST_KEY_BYTES ? undefined : bytes;
}

export function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte);
}
