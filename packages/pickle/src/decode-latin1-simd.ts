/**
 * UTF-8 of latin-1 characters to bytes, sixteen at a time, in a WebAssembly module of a few hundred bytes that is put together here:
 * readable, no text that is compiled, nothing happens before the first use. Where WebAssembly or its SIMD is not to be had (a strict
 * content-security policy) there is no kernel and the caller does without.
 */
export interface SimdKernel {
  /** All memory; place the text at `source` and the byte before it at `source - 1`; the result appears at `target`. */
  readonly memory: Uint8Array;
  readonly source: number;
  readonly target: number;
  /** Most bytes of text for one call. */
  readonly capacity: number;
  /** Decodes `length` bytes (a multiple of 16): the end of the result in `memory`, or -1 when the text is not what it must be. */
  run(length: number): number;
}

const SOURCE = 4096;
const CAPACITY = 32 * 1024;
const TARGET = SOURCE + CAPACITY + 4096;
const PAGES = 2;

/** Bytes the kernel moves a group of eight by: for each set of lead bytes, the places of the others. */
function fillTable(memory: Uint8Array): void {
  for (let leads = 0; leads < 256; leads++) {
    let n = 0;
    for (let bit = 0; bit < 8; bit++) if (((leads >> bit) & 1) === 0) memory[leads * 8 + n++] = bit;
  }
}

// Opcodes. Source: WebAssembly Core Specification 2.0, "Binary Format", instructions.
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
const i32 = (value: number): number[] => {
  const out: number[] = [0x41];
  for (let rest = value; ; rest >>= 7) {
    const byte = rest & 0x7f;
    const last = (rest >> 7 === 0 && (byte & 0x40) === 0) || (rest >> 7 === -1 && (byte & 0x40) !== 0);
    out.push(last ? byte : byte | 0x80);
    if (last) return out;
  }
};
const all = (byte: number): number[] => [0xfd, 0x0c, ...new Array<number>(16).fill(byte)];
const [add, subtract, multiply, and, shiftRight, popcnt] = [0x6a, 0x6b, 0x6c, 0x71, 0x76, 0x69];
const loadAt = [0xfd, 0x00, 0, 0];
const load8 = [0xfd, 0x5d, 0, 0];
const store16 = [0xfd, 0x0b, 0, 0];
const store8 = [0xfd, 0x5b, 0, 0, 0];
const swizzle = [0xfd, 0x0e];
const equal = [0xfd, 0x23];
const lessSigned = [0xfd, 0x25];
const atLeast = [0xfd, 0x2c];
const vectorAnd = [0xfd, 0x4e];
const vectorOr = [0xfd, 0x50];
const vectorXor = [0xfd, 0x51];
const anyTrue = [0xfd, 0x53];
const bitmask = [0xfd, 0x64];
const vectorAdd = [0xfd, 0x6e];

// Parameters and locals.
const [src, end, dst, mask, error, text, before, lead] = [0, 1, 2, 3, 4, 5, 6, 7];

/** Moves eight bytes of `text` to dst without the leads in the mask's low eight bits; `high`: the upper eight bytes. */
function half(high: boolean): number[] {
  const bits = high ? [...get(mask), ...i32(8), shiftRight] : [...get(mask), ...i32(255), and];
  const places = [...bits, ...i32(8), multiply, ...load8];
  return [
    ...get(dst),
    ...get(text),
    ...places,
    ...(high ? [...all(8), ...vectorAdd] : []),
    ...swizzle,
    ...store8,
    ...[...get(dst), ...i32(8), add, ...bits, popcnt, subtract, ...set(dst)],
  ];
}

function body(): number[] {
  return [
    ...[0x03, 0x40], // loop
    ...[...get(src), ...loadAt, ...set(text)],
    ...[...get(src), ...i32(1), subtract, ...loadAt, ...set(before)],
    ...[...get(text), ...all(0xc0), ...atLeast, ...set(lead)],
    // A continuation byte (0x80 to 0xbf) stands behind each lead and nowhere else; a lead is 0xc2 or 0xc3.
    ...[
      ...get(error),
      ...get(text),
      ...all(0xc0),
      ...lessSigned,
      ...get(before),
      ...all(0xc0),
      ...atLeast,
      ...vectorXor,
    ],
    ...[...get(lead), ...get(text), ...all(0xfe), ...vectorAnd, ...all(0xc2), ...equal, ...vectorXor, ...vectorOr],
    ...[...vectorOr, ...set(error)],
    // Behind 0xc3 the byte is 0x40 more than it looks.
    ...[...get(text), ...get(before), ...all(0xc3), ...equal, ...all(0x40), ...vectorAnd, ...vectorAdd, ...set(text)],
    ...[...get(lead), ...bitmask, ...tee(mask)],
    ...[0x04, 0x40, ...half(false), ...half(true)], // if
    ...[0x05, ...get(dst), ...get(text), ...store16, ...get(dst), ...i32(16), add, ...set(dst), 0x0b], // else
    ...[...get(src), ...i32(16), add, ...tee(src), ...get(end), 0x49, 0x0d, 0, 0x0b], // again while src < end
    ...[...i32(-1), ...get(dst), ...get(error), ...anyTrue, 0x1b, 0x0b], // select
  ];
}

const vec = (items: readonly number[]): number[] => {
  const n = items.length;
  return n < 128 ? [n, ...items] : [(n & 0x7f) | 0x80, n >> 7, ...items];
};
const name = (text: string): number[] => vec(Array.from(text, (c) => c.charCodeAt(0)));

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const code = [2, 1, 0x7f, 4, 0x7b, ...body()]; // locals: one i32, four v128
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, ...vec([1, 0x60, 3, 0x7f, 0x7f, 0x7f, 1, 0x7f])], // type: (i32, i32, i32) -> i32
    ...[3, ...vec([1, 0])],
    ...[5, ...vec([1, 0, PAGES])],
    ...[7, ...vec([2, ...name("memory"), 2, 0, ...name("run"), 0, 0])],
    ...[10, ...vec([1, ...vec(code)])],
  ]);
}

let kernel: SimdKernel | null | undefined;

/** The kernel, made at the first call; undefined where it cannot be had. */
export function simdKernel(): SimdKernel | undefined {
  if (kernel === undefined) kernel = make();
  return kernel ?? undefined;
}

function make(): SimdKernel | null {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
    const memory = new Uint8Array((exports["memory"] as WebAssembly.Memory).buffer);
    const run = exports["run"] as (from: number, to: number, target: number) => number;
    fillTable(memory);
    return {
      memory,
      source: SOURCE,
      target: TARGET,
      capacity: CAPACITY,
      run: (length) => run(SOURCE, SOURCE + length, TARGET),
    };
  } catch {
    return null;
  }
}
