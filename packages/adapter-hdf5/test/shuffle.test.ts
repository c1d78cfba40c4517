// Bytes in another order and back, by words where they lie so and by bytes where not, and sums of them: against the definitions.
import { expect, inject, test } from "vitest";
import { shuffle, unshuffle } from "../src/data/shuffle.ts";
import { fletcher32 } from "../src/write/checksum.ts";

const seed = inject("seed" as never) as number;

/** The filter's definition: byte k of element i is at k * count + i. */
function plainly(bytes: Uint8Array, size: number): Uint8Array {
  const count = size > 1 ? Math.floor(bytes.length / size) : 0;
  const out = bytes.slice();
  for (let i = 0; i < count; i++) for (let k = 0; k < size; k++) out[i * size + k] = bytes[k * count + i] as number;
  return out;
}

test.each([0, 1, 2, 3, 4, 7, 8, 12, 16])("elements of %i bytes, any number of them, whole and in part", (size) => {
  let state = seed | 1;
  const any = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (const count of [0, 1, 2, 3, 4, 5, 8, 9, 15, 16, 36, 64]) {
    for (const [from, to, rest] of [
      [0, 0, 0],
      [4, 4, 0],
      [1, 0, 0],
      [0, 3, 0],
      [0, 0, 1],
    ] as const) {
      const bytes = new Uint8Array(from + count * Math.max(size, 1) + rest).map(() => any(256)).subarray(from);
      const want = plainly(bytes, size);
      expect(unshuffle(bytes, size)).toEqual(want);
      expect(shuffle(want, size)).toEqual(new Uint8Array(bytes));
      const wanted = any(bytes.length + 1);
      for (const length of [bytes.length, wanted, wanted - (wanted % Math.max(size, 1))]) {
        const room = new Uint8Array(to + length + 3).fill(7);
        unshuffle(bytes, size, room.subarray(to, to + length));
        expect(room.subarray(to, to + length)).toEqual(want.subarray(0, length));
        expect([...room.subarray(0, to), ...room.subarray(to + length)].every((byte) => byte === 7)).toBe(true);
      }
    }
  }
});

/** The filter's definition: two sums over big-endian words, folded to 16 bits with the carry. */
function sums(bytes: Uint8Array): number {
  let [low, high] = [0, 0];
  const fold = (n: number): number => (n > 0xffff ? (n & 0xffff) + 1 : n);
  for (let i = 0; i < bytes.length; i += 2) {
    low = fold(low + (bytes[i] as number) * 256 + (bytes[i + 1] ?? 0));
    high = fold(high + low);
  }
  return high * 65536 + low;
}

test.each([0, 1, 2, 3, 16, 17, 703, 704, 705, 1408, 5000, 70_001])("Fletcher-32 of %i bytes", (length) => {
  let state = seed | 1;
  const noise = new Uint8Array(length + 1).map(() => (state = Math.imul(state, 1664525) + 1013904223) >>> 24);
  for (const bytes of [noise, new Uint8Array(length + 1).fill(255), new Uint8Array(length + 1)])
    for (const from of [0, 1])
      expect(fletcher32(bytes.subarray(from, from + length))).toBe(sums(bytes.subarray(from, from + length)));
});
