import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import type { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import { OptionError } from "../errors.ts";
import { nomask } from "../symbols.ts";
import { resolveAxis } from "./axis.ts";
import { flatMask } from "./operands.ts";

/** Elements `start` up to, not including, `stop`: an item of a selection, so `x.slice([run])` takes them. */
export interface Run {
  readonly start: number;
  readonly stop: number;
}

const flagsOf = (x: AnyArray): Uint8Array => {
  const mask = flatMask(x);
  return mask === nomask ? new Uint8Array(x.size) : (gather(mask, "C") as Uint8Array);
};

/** The runs of flags that are (`set` 1) or are not (0) true. */
function runs(flags: Uint8Array, set: 0 | 1): readonly Run[] {
  const found: Run[] = [];
  for (let i = 0; i < flags.length; i++) {
    if ((flags[i] === 0) === (set === 1)) continue;
    const start = i;
    while (i < flags.length && (flags[i] === 0) !== (set === 1)) i++;
    found.push({ start, stop: i });
  }
  return found;
}

/** The runs of masked elements of the flattened array (C order), as `np.ma.clump_masked`. Throws OptionError DTYPE_MISMATCH for records. */
export function clumpMasked(x: AnyArray): readonly Run[] {
  return isMaskedArray(x) ? runs(flagsOf(x), 1) : [];
}
/** The runs of unmasked elements of the flattened array (C order), as `np.ma.clump_unmasked`. */
export function clumpUnmasked(x: AnyArray): readonly Run[] {
  return runs(flagsOf(x), 0);
}
/** The runs of unmasked elements of the flattened array (C order); see {@link clumpUnmasked}. */
export function flatnotmaskedContiguous(x: AnyArray): readonly Run[] {
  return clumpUnmasked(x);
}
/**
 * The runs of unmasked elements of each row (`axis` 1) or column (0) of a two-dimensional array, as `np.ma.notmasked_contiguous`. Throws
 * OptionError SHAPE_MISMATCH for other numbers of dimensions.
 */
export function notmaskedContiguous(x: AnyArray, axis: number): readonly (readonly Run[])[] {
  if (x.ndim !== 2) throw new OptionError("SHAPE_MISMATCH", `rows and columns need two dimensions, not ${x.ndim}`);
  const at = resolveAxis(axis, 2);
  return Array.from({ length: x.shape[1 - at] as number }, (_, i) =>
    clumpUnmasked(x.slice(at === 0 ? [{}, i] : [i]) as AnyArray),
  );
}

/** The first and the last unmasked element of the flattened array (C order), as `np.ma.flatnotmasked_edges`; undefined when all are masked. */
export function flatnotmaskedEdges(x: AnyArray): readonly [first: number, last: number] | undefined {
  const flags = flagsOf(x);
  const first = flags.indexOf(0);
  return first < 0 ? undefined : [first, flags.lastIndexOf(0)];
}

/** Indices of elements: one array for each dimension. */
export type Places = readonly NdArray<"int64">[];

/**
 * Where the first and the last unmasked elements are along an axis, for all lanes that have any, as `np.ma.notmasked_edges`. Throws OptionError INDEX_INVALID.
 */
export function notmaskedEdges(x: AnyArray, axis: number): readonly [first: Places, last: Places] {
  const at = resolveAxis(axis, x.ndim);
  const flags = flagsOf(x);
  const n = x.shape[at] as number;
  const inner = x.shape.slice(at + 1).reduce((p, k) => p * k, 1);
  const outer = n * inner === 0 ? 0 : flags.length / (n * inner);
  const ends: [number[], number[]] = [[], []];
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      let [first, last] = [-1, -1];
      for (let r = 0; r < n; r++) {
        const i = (o * n + r) * inner + j;
        if (flags[i] !== 0) continue;
        if (first < 0) first = i;
        last = i;
      }
      if (first < 0) continue;
      ends[0].push(first);
      ends[1].push(last);
    }
  return ends.map((found) => places(found, x.shape)) as unknown as [Places, Places];
}

/** Flat positions as one index array for each dimension. */
function places(flat: readonly number[], shape: readonly number[]): Places {
  let below = shape.reduce((p, k) => p * k, 1);
  return shape.map((n) => {
    below /= n;
    const out = zeros("int64", [flat.length]);
    for (let i = 0; i < flat.length; i++) out.storage[i] = BigInt(Math.floor((flat[i] as number) / below) % n);
    return out;
  });
}

/** Where an array is not 0 (and not masked): one array of indices for each dimension, in C order, as `np.ma.nonzero`. */
export function nonzero(x: AnyArray): Places {
  const truth = (isMaskedArray(x) ? x.data : x).astype("bool") as unknown as NdArray;
  const values = gather(truth, "C") as Uint8Array;
  const hidden = flagsOf(x);
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] !== 0 && hidden[i] === 0) found.push(i);
  return places(found, x.shape);
}
