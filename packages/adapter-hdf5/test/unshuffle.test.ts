// Bytes put back in order, by words where they lie so and by bytes where not: against the definition.
import { expect, inject, test } from "vitest";
import { unshuffle } from "../src/data/unshuffle.ts";

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
