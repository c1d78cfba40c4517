import {
  type AnyArray,
  type CapabilityError,
  type DType,
  isMaskedArray,
  type NdArray,
  sameDType,
} from "@masquerade/core";
import type { KnownFile } from "../file.ts";
import { loadArray } from "../read/load.ts";
import type { PlanArray } from "../read/plan.ts";
import type { RawDataset } from "../read/raw.ts";
import type { Appending } from "../write/output.ts";

/** A dataset that holds an array, or a part of it. */
export interface Plane {
  readonly raw: RawDataset;
  /** What it takes of (a block of) the array. */
  readonly take: (value: AnyArray) => NdArray;
  /** Elements as the dataset's type has them. What they point to is appended to `out`, if `points`. */
  readonly bytes: (array: NdArray, out: Appending) => Uint8Array;
  readonly points: boolean;
  /** Throws CapabilityError for elements that the dataset's type does not hold. */
  readonly demand?: ((array: NdArray) => void) | undefined;
}

/** Bytes of elements compared at a time. */
const BLOCK = 1 << 23;
const nowhere: Appending = { position: 0, append: () => 0 };

/**
 * Throws CapabilityError unless the reader of the tool that wrote the file makes of the new elements exactly what is added: values, dtype and
 * mask. Values beneath the mask may differ where the file's masks are told by values.
 */
export async function demandSeenAs(
  file: KnownFile,
  plan: PlanArray,
  planes: readonly Plane[],
  value: AnyArray,
  refuse: (why: string) => CapabilityError,
): Promise<void> {
  const rank = (plan.data.shape ?? []).length;
  const row = value.shape.slice(1).reduce((n, m) => n * m, value.dtype.itemsize || 64);
  const step = Math.max(1, Math.floor(BLOCK / Math.max(1, row)));
  for (let start = 0; start < (value.shape[0] as number) && value.size > 0; start += step) {
    const block = value.slice(`${start}:${start + step}`) as AnyArray;
    const stored = new Map<string, Uint8Array | readonly (string | null)[]>();
    for (const { raw, take, bytes, points, demand } of planes) {
      const array = take(block);
      demand?.(array);
      stored.set(raw.path, points ? (array.toC() as unknown as readonly (string | null)[]) : bytes(array, nowhere));
    }
    const ranges = block.shape.slice(0, rank).map((count) => ({ start: 0, step: 1, count, keep: true }));
    const context = file.context({ ranges });
    const fetch = {
      ...context.fetch,
      bytes: async (path: string) => (stored.get(path) as Uint8Array).slice(),
      texts: async (path: string) => stored.get(path) as readonly (string | null)[],
    };
    const seen = await loadArray(plan, { ...context, fetch }, {});
    const at = differs(seen, block, plan.mask === "netcdf");
    if (at !== undefined)
      throw refuse(
        `would not be read as what is added by the tool that wrote it (${at}, in the rows from ${start} on); write the file anew, and add to that`,
      );
  }
}

/** How two arrays differ, but for attributes, fill values and memory; `hidden`: values beneath the mask count for nothing. */
function differs(seen: AnyArray, want: AnyArray, hidden: boolean): string | undefined {
  if (!sameDType(seen.dtype as DType, want.dtype as DType)) return "the dtype";
  const [a, b] = [flagsOf(seen), flagsOf(want)];
  const masked = (bytes: Uint8Array | undefined, i: number): boolean => bytes !== undefined && bytes[i] !== 0;
  const most = Math.max(a?.length ?? 0, b?.length ?? 0);
  for (let i = 0; i < most; i++) if (masked(a, i) !== masked(b, i)) return "the mask";
  const [x, y] = [dataOf(seen), dataOf(want)];
  if (want.dtype.kind === "string") {
    const [left, right] = [x.toC() as unknown as readonly unknown[], y.toC() as unknown as readonly unknown[]];
    return left.every((text, i) => text === right[i]) ? undefined : "a text";
  }
  const [left, right] = [x.toBytes("C"), y.toBytes("C")];
  const { itemsize } = want.dtype;
  if (left.length !== right.length) return "the shape";
  for (let i = 0; i < left.length; i++)
    if (left[i] !== right[i] && !(hidden && masked(b, Math.floor(i / itemsize)))) return "a value";
  return undefined;
}

const dataOf = (array: AnyArray): NdArray => (isMaskedArray(array) ? (array.data as NdArray) : (array as NdArray));
const flagsOf = (array: AnyArray): Uint8Array | undefined =>
  isMaskedArray(array) ? (array.maskArray().toBytes("C") as Uint8Array) : undefined;
