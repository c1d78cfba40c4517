import {
  type AnyArray,
  type ByteOrder,
  type Capabilities,
  type DType,
  dtypes,
  isMaskedArray,
  type Kind,
  MaskedArray,
  NdArray,
  nomask,
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
/** "edges": bit patterns that betray a detour come first; "later-edges": others of them; "random": none of them; "zero": all bits zero. */
export type ValueKind = "edges" | "later-edges" | "random" | "zero";
const values: readonly ValueKind[] = ["edges", "later-edges", "random", "zero"];
/** dtypes of one kind (units, widths, records) are a factor too; a kind with fewer of them repeats. */
const VARIANTS = 4;
const masks: readonly MaskKind[] = ["plain", "some", "nomask", "all-false", "all-true"];
const fills: readonly FillKind[] = ["unset", "own", "other"];
const orders: readonly Order[] = ["C", "F"];
const byteOrders: readonly ByteOrder[] = ["little", "big"];

export interface Combination {
  readonly shape: readonly number[];
  readonly order: Order;
  readonly byteOrder: ByteOrder;
  readonly mask: MaskKind;
  readonly fill: FillKind;
  readonly values: ValueKind;
  readonly variant: number;
}

const sizes = [shapes.length, masks.length, VARIANTS, values.length, fills.length, orders.length, byteOrders.length];

/** One value of every factor, by index. */
function combination(row: readonly number[]): Combination {
  const [shape, mask, variant, value, fill, order, byteOrder] = row as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    shape: shapes[shape] as readonly number[],
    mask: masks[mask] as MaskKind,
    variant,
    values: values[value] as ValueKind,
    fill: fills[fill] as FillKind,
    order: orders[order] as Order,
    byteOrder: byteOrders[byteOrder] as ByteOrder,
  };
}

/** Every combination there is: 9,600 for each kind. */
function* everyCombination(): Generator<Combination> {
  const total = sizes.reduce((n, m) => n * m, 1);
  for (let k = 0; k < total; k++) {
    let rest = k;
    yield combination(
      sizes.map((n) => {
        const at = rest % n;
        rest = Math.floor(rest / n);
        return at;
      }),
    );
  }
}

/**
 * A pairwise covering set for one kind: over the combinations returned, each pair of values of two factors (shape, mask, dtype, special
 * values, fill value, order, byte order) occurs at least once. Greedy and seeded.
 */
function combinations(rnd: Random): Combination[] {
  const open = new Set<string>();
  const pairs = (row: readonly number[]): string[] =>
    row.flatMap((v, i) => row.slice(i + 1).map((w, k) => `${i}:${v}|${i + 1 + k}:${w}`));
  for (const [i, n] of sizes.entries())
    for (let j = i + 1; j < sizes.length; j++)
      for (let v = 0; v < n; v++) for (let w = 0; w < (sizes[j] as number); w++) open.add(`${i}:${v}|${j}:${w}`);
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
  return rows.map(combination);
}

/** The combinations of a seed, found once: the search is most of what a small law costs. */
const found: Map<number, readonly Combination[]> = /* @__PURE__ */ new Map();

function cover(seed: number): readonly Combination[] {
  const known = found.get(seed);
  if (known !== undefined) return known;
  const rows = combinations(random(seed));
  if (found.size > 8) found.clear();
  found.set(seed, rows);
  return rows;
}

function fillValue(kind: FillKind, dtype: DType, rnd: Random): NdArray | undefined {
  if (kind === "unset") return undefined;
  if (kind === "own") return sampleArray(dtype, [], "C", rnd);
  return new NdArray({ dtype: dtypes.simple("int64"), shape: [], storage: BigInt64Array.of(999999n) }) as NdArray;
}

/** One array of the model. */
export function makeSample(dtype: DType, c: Combination, rnd: Random): Sample {
  const data = sampleArray(dtype, c.shape, c.order, rnd, c.values);
  const name = `${dtype.kind} (${c.shape.join(", ")}) ${c.order} ${c.byteOrder} ${c.mask} ${c.fill} ${c.values}`;
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

/**
 * Samples of every kind given: a pairwise covering set of shape, mask, dtype, special values, fill value, order and byte order for each;
 * every combination of them with `product`.
 */
export function* coveringSet(kinds: readonly Kind[], seed = 1, product = false): Generator<Sample> {
  const rows = product ? undefined : cover(seed);
  const rnd = random(seed + 0x5eed);
  for (const kind of kinds)
    for (const row of rows ?? everyCombination()) {
      const choices = sampleDTypes(kind, row.byteOrder);
      yield makeSample(choices[row.variant % choices.length] as DType, row, rnd);
    }
}

/** An array in a few words, for messages: "float64 (2, 3) F big, masked". */
export function nameOf(array: AnyArray): string {
  const { dtype, shape, order } = array;
  const mask = !isMaskedArray(array) ? "" : array.mask === nomask ? ", nomask" : ", masked";
  const fill = isMaskedArray(array) && array.fillValue !== undefined ? ", fill value" : "";
  return `${dtype.kind} (${shape.join(", ")}) ${order}${dtype.byteOrder === "big" ? " big" : ""}${mask}${fill}`;
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
