import { type AnyArray, isMaskedArray, type Order } from "../array/any.ts";
import { Bundle } from "../array/bundle.ts";
import type { NdArray } from "../array/ndarray.ts";
import { hasObjects } from "../dtype/dtype.ts";
import {
  at,
  compareDataHeads,
  compareElements,
  compareHeads,
  difference,
  firstDifference,
  inner,
  nameIn,
  otherKinds,
  type Pair,
} from "../ops/identical.ts";
import type { LazyArray, OpenFile } from "./format.ts";
import { type BundleHeader, type Header, isBundleHeader } from "./header.ts";
import { demandReadable } from "./lazy.ts";
import { pieceRanges } from "./pieces.ts";

/** Bytes of each array compared at once. */
const PIECE = 2 ** 22;

/**
 * What {@link difference} says of the contents of two files, read piece by piece: a few megabytes are in memory, whatever their size. Throws what
 * {@link demandReadable} throws.
 */
export async function differenceOfFiles(a: OpenFile, b: OpenFile): Promise<string | undefined> {
  demandReadable(a);
  demandReadable(b);
  return await ofMembers(a, b, a.header, b.header, "", "");
}

async function ofMembers(
  a: OpenFile,
  b: OpenFile,
  x: Header | BundleHeader,
  y: Header | BundleHeader,
  path: string,
  where: string,
): Promise<string | undefined> {
  if (!isBundleHeader(x) && !isBundleHeader(y)) return await ofArrays(a.array(path), b.array(path), where);
  if (!isBundleHeader(x)) return at(where, "an array and an object");
  if (!isBundleHeader(y)) return at(where, "an object and an array");
  if (x.kind !== y.kind) return otherKinds(x, y, where);
  // Names first, as of a bundle without arrays; then the members, then what is about the bundle.
  const names = difference(namesOf(x), namesOf(y));
  if (names !== undefined) return at(where, names);
  for (const [name, member] of x.entries) {
    const other = y.entries.get(name) as Header | BundleHeader;
    const within = path === "" ? name : `${path}/${name}`;
    const found = await ofMembers(a, b, member, other, within, inner(where, nameIn(name)));
    if (found !== undefined) return found;
  }
  return firstDifference([
    [x.keys ?? new Map(), y.keys ?? new Map(), inner(where, "keys")],
    [x.attrs, y.attrs, inner(where, "attrs")],
  ]);
}

const namesOf = ({ kind, entries }: BundleHeader): Bundle =>
  new Bundle({ kind, entries: [...entries.keys()].map((name) => [name, new Bundle({ entries: [] })]) });

async function ofArrays(a: LazyArray, b: LazyArray, where: string): Promise<string | undefined> {
  // Objects have no size: whoever reads them reads all of them.
  if (hasObjects(a.header.dtype) || hasObjects(b.header.dtype))
    return firstDifference([[await a.read(), await b.read(), where]]);
  const [x, y] = [await fewOf(a), await fewOf(b)];
  const [fill, about]: [Pair[], Pair[]] = [[], []];
  return (
    compareHeads(x, y, where, fill) ??
    compareDataHeads(headOf(a, x), headOf(b, y), where, about) ??
    (await ofPlanes(a, b, "data", a.header.order, where)) ??
    firstDifference(about) ??
    (a.header.mask === "mask" ? await ofPlanes(a, b, "mask", "C", inner(where, "mask")) : undefined) ??
    firstDifference(fill)
  );
}

/** None of its elements, or its only one: what the header does not say is in it. */
async function fewOf(array: LazyArray): Promise<AnyArray> {
  return await array.read(array.header.shape.length === 0 ? undefined : [{ stop: 0 }]);
}

function headOf({ header }: LazyArray, few: AnyArray): Parameters<typeof compareDataHeads>[0] {
  return { ...header, subclass: (isMaskedArray(few) ? few.data : few).subclass };
}

async function ofPlanes(
  a: LazyArray,
  b: LazyArray,
  plane: "data" | "mask",
  order: Order,
  where: string,
): Promise<string | undefined> {
  const { shape, dtype } = a.header;
  for (const { selection, position } of pieceRanges(shape, order, Math.max(dtype.itemsize, 1), PIECE)) {
    const [x, y] = [await a.read(selection, { plane }), await b.read(selection, { plane })];
    const found = compareElements(x as NdArray, y as NdArray, where, [], position, order);
    if (found !== undefined) return found;
  }
  return undefined;
}
