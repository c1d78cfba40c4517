import {
  type AnyArray,
  type ByteOrder,
  type Capabilities,
  type DType,
  dtypes,
  type Kind,
  MaskedArray,
  NdArray,
  type Order,
} from "@masquerade/core";
import { sampleDTypes } from "./dtypes.ts";
import { sampleArray } from "./elements.ts";
import { type MaskKind, sampleMask } from "./masks.ts";
import { type Random, random } from "./random.ts";

export type FillKind = "unset" | "own" | "other";

/** One combination of the covering set; its array is made on demand. */
export interface Sample {
  /** For messages: "float64 (2, 3) F big some own". */
  readonly name: string;
  readonly array: AnyArray;
}

const shapes: readonly (readonly number[])[] = [
  [],
  [3],
  [0],
  [2, 3],
  [2, 0, 3],
  [2, 3, 2],
  [1, 2, 3, 2],
  [2, 1, 2, 1, 3],
  [1],
  [17],
];
const masks: readonly MaskKind[] = ["plain", "some", "nomask", "all-false", "all-true"];
const fills: readonly FillKind[] = ["unset", "own", "other"];
const orders: readonly Order[] = ["C", "F"];
const byteOrders: readonly ByteOrder[] = ["little", "big"];

interface Combination {
  readonly shape: readonly number[];
  readonly order: Order;
  readonly byteOrder: ByteOrder;
  readonly mask: MaskKind;
  readonly fill: FillKind;
}

/**
 * A pairwise covering set for one kind: over the combinations returned, each pair of values of two factors (shape, order, byte order,
 * mask, fill value) occurs at least once. Greedy and seeded.
 */
function combinations(rnd: Random): Combination[] {
  const sizes = [shapes.length, orders.length, byteOrders.length, masks.length, fills.length];
  const open = new Set<string>();
  const pairs = (row: readonly number[]): string[] =>
    row.flatMap((v, i) => row.slice(i + 1).map((w, k) => `${i}:${v}|${i + 1 + k}:${w}`));
  const all = (at: number, row: number[]): void => {
    if (at === sizes.length) for (const p of pairs(row)) open.add(p);
    else for (let v = 0; v < (sizes[at] as number); v++) all(at + 1, [...row, v]);
  };
  all(0, []);
  const rows: number[][] = [];
  while (open.size > 0) {
    let best: number[] = [];
    let most = 0;
    for (let attempt = 0; attempt < 40; attempt++) {
      const row = sizes.map((n) => rnd.below(n));
      const fresh = pairs(row).filter((p) => open.has(p)).length;
      if (fresh > most) [best, most] = [row, fresh];
    }
    if (most === 0) continue;
    for (const p of pairs(best)) open.delete(p);
    rows.push(best);
  }
  return rows.map(([s, o, b, m, f]) => ({
    shape: shapes[s as number] as readonly number[],
    order: orders[o as number] as Order,
    byteOrder: byteOrders[b as number] as ByteOrder,
    mask: masks[m as number] as MaskKind,
    fill: fills[f as number] as FillKind,
  }));
}

function fillValue(kind: FillKind, dtype: DType, rnd: Random): NdArray | undefined {
  if (kind === "unset") return undefined;
  if (kind === "own") return sampleArray(dtype, [], "C", rnd);
  return new NdArray({ dtype: dtypes.simple("int64"), shape: [], storage: BigInt64Array.of(999999n) }) as NdArray;
}

/** One array of the model. */
export function makeSample(dtype: DType, c: Combination, rnd: Random): Sample {
  const data = sampleArray(dtype, c.shape, c.order, rnd);
  const name = `${dtype.kind} (${c.shape.join(", ")}) ${c.order} ${c.byteOrder} ${c.mask} ${c.fill}`;
  if (c.mask === "plain") return { name, array: data };
  const fill = dtype.kind === "struct" || dtype.kind === "object" ? (c.fill === "other" ? "own" : c.fill) : c.fill;
  return {
    name,
    array: new MaskedArray({
      data,
      mask: sampleMask(c.mask, dtype, c.shape, c.order, rnd),
      fillValue: fillValue(fill, dtype, rnd),
    }),
  };
}

/** Samples of every kind of the model: a pairwise covering set of shape, order, byte order, mask and fill value for each. */
export function* coveringSet(kinds: readonly Kind[], seed = 1): Generator<Sample> {
  const rnd = random(seed);
  const rows = combinations(rnd);
  let turn = 0;
  for (const kind of kinds) {
    for (const row of rows) {
      const choices = sampleDTypes(kind, row.byteOrder);
      yield makeSample(choices[turn++ % choices.length] as DType, row, rnd);
    }
  }
}

/** A small masked float64 array with something beneath the mask, for laws that need just one file; plain where masks are not held. */
export function plainSample(capabilities: Capabilities): AnyArray {
  const kind = capabilities.kinds.includes("float64") ? "float64" : (capabilities.kinds[0] as Kind);
  const rnd = random(7);
  const dtype = sampleDTypes(kind, "little")[0] as DType;
  const data = sampleArray(dtype, [2, 3], "C", rnd);
  if (!capabilities.mask) return data;
  return new MaskedArray({
    data,
    mask: sampleMask("some", dtype, [2, 3], "C", rnd),
    fillValue: capabilities.fillValue ? fillValue("own", dtype, rnd) : undefined,
  });
}
