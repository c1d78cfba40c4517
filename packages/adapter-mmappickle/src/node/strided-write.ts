import { contiguousStrides, type Selection } from "@masquerade/core";
import type { PositionalFile } from "./file.ts";

/** Bytes written before others get a turn. */
const TURN = 8 << 20;

/**
 * Overwrites what a selection takes from an array of `shape` (C order) that begins at `at`; `bytes` are the new elements in C order. Only the
 * bytes of the elements are written, run by run: what lies between is left to others.
 */
export async function writeStrided(
  file: PositionalFile,
  at: number,
  shape: readonly number[],
  itemsize: number,
  selection: Selection,
  bytes: Uint8Array,
): Promise<void> {
  if (bytes.length === 0) return;
  const { ranges } = selection;
  const strides = contiguousStrides(shape, "C");
  // Axes from `inner` on lie together, but for the steps of `inner` itself.
  let inner = ranges.length - 1;
  while (inner > 0 && ranges[inner]?.count === shape[inner] && ranges[inner]?.step === 1) inner--;
  const range = ranges[inner] ?? { start: 0, step: 1, count: 1 };
  const block = (strides[inner] ?? 1) * itemsize;
  const together = range.step === 1 ? range.count : 1;
  const outer = ranges.slice(0, Math.max(inner, 0));
  const index = outer.map(() => 0);
  let done = 0;
  let sinceTurn = 0;
  for (;;) {
    let row = at + range.start * block;
    for (const [axis, r] of outer.entries())
      row += (r.start + (index[axis] as number) * r.step) * (strides[axis] as number) * itemsize;
    for (let i = 0; i < range.count; i += together) {
      const length = together * block;
      await put(file, row + i * range.step * block, bytes.subarray(done, done + length));
      done += length;
      sinceTurn += length + 512;
      if (sinceTurn > TURN) {
        sinceTurn = 0;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    let axis = outer.length - 1;
    while (axis >= 0 && (index[axis] = (index[axis] as number) + 1) === outer[axis]?.count) index[axis--] = 0;
    if (axis < 0) return;
  }
}

/** A promise for each small run would cost more than the run. */
function put(file: PositionalFile, offset: number, bytes: Uint8Array): Promise<void> | undefined {
  if (bytes.length >= 65_536) return file.write(offset, bytes);
  file.writeNow(offset, bytes);
  return undefined;
}
