import {
  type AnyArray,
  arrayFromBytes,
  Bundle,
  type BundleMember,
  checkShape,
  type DType,
  type FullMask,
  LimitError,
  lanesOf,
  MaskedArray,
  maskDType,
  NdArray,
  nomask,
  type Subclass,
} from "@masquerade/core";
import { type ReadColumn, readColumn } from "./columns.ts";
import type { Cursor } from "./cursor.ts";
import { dtypeOf, shapeOf } from "./dtype.ts";
import { readHidden } from "./hidden.ts";
import type { LeafReader } from "./leaf.ts";
import { readNested } from "./nested.ts";
import { attrsOf } from "./plain.ts";
import { checkStructure, type Spot } from "./structure.ts";
import { countMetadata, eachMember, Raw, readRaw, readTree, type Tree } from "./tree.ts";

/** Members whose values are read apart. */
export const apart: ReadonlySet<string> = new Set(["data", "hidden", "fill_value", "entries"]);

/** One object: an array or a bundle. `select` names the only member wanted below this one. */
export function readDocument(cursor: Cursor, depth: number, select?: string): BundleMember {
  cursor.depth = depth;
  if (depth > cursor.maxDepth) throw cursor.tooMuch("maxDepth", `bundles nested deeper than ${cursor.maxDepth}`);
  const start = cursor.at;
  const path = [...cursor.path];
  const members = new Map<string, Tree>();
  const places = new Map<string, number>();
  const spotOf: Spot = (name) =>
    name !== undefined && places.has(name)
      ? cursor.over(places.get(name) as number, cursor.end, [...path, name])
      : cursor.over(start, cursor.end, path);
  let data: Data | undefined;
  let entries: Map<string, BundleMember> | undefined;
  for (const name of eachMember(cursor)) {
    if (members.has(name)) throw cursor.fail("this member comes twice");
    places.set(name, cursor.at);
    if (name === "data" && members.has("dtype") && Array.isArray(members.get("shape"))) {
      data = beginData(members, cursor, spotOf);
      readNested(cursor, data.shape, data.column);
      members.set(name, true);
    } else if (name === "hidden" && data !== undefined) {
      readHidden(cursor, data.size, data.column);
      members.set(name, true);
    } else if (name === "entries" && cursor.peek() === 0x7b) {
      entries = readEntries(cursor, depth, select);
      members.set(name, true);
    } else if (apart.has(name)) members.set(name, readRaw(cursor));
    else members.set(name, readTree(cursor));
  }
  checkStructure(members, spotOf, depth);
  if (members.has("bundle")) return bundleOf(members, entries ?? new Map(), spotOf);
  return arrayOf(members, data, spotOf);
}

/** An array's elements. */
export interface Data {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly size: number;
  readonly column: ReadColumn;
}

/** Room for the data, which begin at the cursor; nothing is allocated that the file has not the elements for. */
function beginData(members: ReadonlyMap<string, Tree>, cursor: Cursor, spotOf: Spot): Data {
  const dtype = dtypeOf(members.get("dtype") as Tree, spotOf("dtype"));
  const shape = shapeOf(members.get("shape") as Tree, spotOf("shape"));
  const size = checkShape(shape, dtype.itemsize, cursor.limits, { format: "json", offset: cursor.at });
  const bytes = size * dtype.itemsize;
  if (bytes > cursor.limits.maxBytes)
    throw new LimitError("maxBytes", `an array of ${bytes} bytes is more than ${cursor.limits.maxBytes}`, {
      format: "json",
      offset: cursor.at,
    });
  cursor.shared.total += bytes;
  if (cursor.shared.total > cursor.limits.maxTotalBytes)
    throw new LimitError("maxTotalBytes", `arrays of more than ${cursor.limits.maxTotalBytes} bytes`, {
      format: "json",
      offset: cursor.at,
    });
  demandElements(cursor, size, bytes);
  return { dtype, shape, size, column: readColumn(dtype, size) };
}

/** Bytes of an array that are not worth counting its elements first. */
const SMALL = 2 ** 24;

/** Throws unless the file has at least `size` elements: each takes a byte, and a comma but for the last. */
function demandElements(cursor: Cursor, size: number, bytes: number): void {
  const left = cursor.end - cursor.at;
  if (size * 2 - 1 > left)
    throw cursor.fail(`the shape asks for ${size} elements, more than fit into the rest of the file`);
  if (bytes <= SMALL || bytes <= left * 16) return;
  const at = cursor.at;
  const { to } = readRaw(cursor);
  cursor.at = at;
  let commas = 0;
  for (let i = cursor.bytes.indexOf(0x2c, at); i >= 0 && i < to; i = cursor.bytes.indexOf(0x2c, i + 1)) commas++;
  if (commas + 1 < size) throw cursor.fail(`the shape asks for ${size} elements, data has fewer`);
}

function readEntries(cursor: Cursor, depth: number, select: string | undefined): Map<string, BundleMember> {
  const entries = new Map<string, BundleMember>();
  const seen = new Set<string>();
  for (const name of eachMember(cursor)) {
    if (seen.has(name)) throw cursor.fail("this name comes twice");
    seen.add(name);
    if (seen.size > cursor.limits.maxMembers)
      throw cursor.tooMuch("maxMembers", `more than ${cursor.limits.maxMembers} entries`);
    countMetadata(cursor, name.length);
    const within =
      select === undefined || name === select
        ? undefined
        : select.startsWith(`${name}/`)
          ? select.slice(name.length + 1)
          : null;
    if (within === null) readRaw(cursor);
    else {
      if (cursor.peek() !== 0x7b) throw cursor.fail("an entry is an object");
      entries.set(name, readDocument(cursor, depth + 1, within));
    }
  }
  return entries;
}

export function bundleOf(
  members: ReadonlyMap<string, Tree>,
  entries: ReadonlyMap<string, BundleMember>,
  spotOf: Spot,
): Bundle {
  const attrs = members.get("attrs");
  const keys = members.get("keys");
  return new Bundle({
    kind: members.get("bundle") as Bundle["kind"],
    entries,
    attrs: attrs === undefined ? undefined : attrsOf(attrs, spotOf("attrs")),
    keys: keys === undefined ? undefined : attrsOf(keys, spotOf("keys")),
  });
}

function arrayOf(members: ReadonlyMap<string, Tree>, read: Data | undefined, spotOf: Spot): AnyArray {
  let data = read;
  if (data === undefined) {
    const raw = members.get("data") as Raw;
    const there = spotOf().over(raw.from, raw.to, raw.path);
    data = beginData(members, there, spotOf);
    readNested(there, data.shape, data.column);
    atEnd(there);
  }
  const hidden = members.get("hidden");
  if (hidden instanceof Raw) {
    const there = spotOf().over(hidden.from, hidden.to, hidden.path);
    readHidden(there, data.size, data.column);
    atEnd(there);
  }
  const { column } = data;
  const state = members.get("mask");
  if (state === "nomask" && column.anyMasked) throw spotOf("mask").fail('data has nulls, but mask is "nomask"');
  return buildArray(data, members, spotOf, state !== undefined || column.anyMasked || hidden !== undefined);
}

/** An array of elements read and what the other members say of it. */
export function buildArray(data: Data, members: ReadonlyMap<string, Tree>, spotOf: Spot, masked: boolean): AnyArray {
  const array = plainArray(data, members, spotOf);
  return masked ? maskedArray(array, data, members, spotOf) : withSubclass(array, members.get("subclass"));
}

function atEnd(cursor: Cursor): void {
  if (cursor.peek() !== -1) throw cursor.fail(`a comma or } expected${cursor.found()}`);
}

const withSubclass = (array: NdArray, subclass: Tree | undefined): NdArray =>
  typeof subclass === "string" ? array.with({ subclass: subclass as Subclass }) : array;

function plainArray(data: Data, members: ReadonlyMap<string, Tree>, spotOf: Spot): NdArray {
  const { dtype, shape } = data;
  const attrs = members.get("attrs");
  const dims = members.get("dims") as readonly string[] | undefined;
  if (dims !== undefined && dims.length !== shape.length)
    throw spotOf("dims").fail(`${dims.length} names in dims for ${shape.length} dimensions`);
  const objects: unknown[] = [];
  const storage = dtype.kind === "struct" ? data.column.raw(objects) : (data.column as LeafReader).storage;
  const array = new NdArray({
    dtype,
    shape,
    storage: storage as never,
    attrs: attrs === undefined ? undefined : attrsOf(attrs, spotOf("attrs")),
    dims,
    objects: objects.length > 0 ? objects : undefined,
  }) as NdArray;
  return members.get("order") === "F" ? inFortranOrder(array) : array;
}

function inFortranOrder(array: NdArray): NdArray {
  return lanesOf(array.dtype) === 0 ? array.with({ order: "F" }) : array.copy("F");
}

function maskedArray(array: NdArray, data: Data, members: ReadonlyMap<string, Tree>, spotOf: Spot): MaskedArray {
  let mask: FullMask | typeof nomask = nomask;
  if (members.get("mask") !== "nomask") {
    const full = arrayFromBytes(data.column.mask(), maskDType(data.dtype) as DType, data.shape) as NdArray;
    mask = (members.get("order") === "F" ? full.copy("F") : full) as FullMask;
  }
  return new MaskedArray({
    data: withSubclass(array, members.get("data_subclass")),
    mask,
    fillValue: fillOf(data.dtype, members, spotOf),
    hardMask: members.get("hard_mask") === true,
    subclass: members.get("subclass") as Subclass | undefined,
  });
}

function fillOf(dtype: DType, members: ReadonlyMap<string, Tree>, spotOf: Spot): NdArray | undefined {
  const raw = members.get("fill_value");
  if (!(raw instanceof Raw)) return undefined;
  const there = spotOf("fill_value").over(raw.from, raw.to, raw.path);
  const own = members.get("fill_value_dtype");
  const fill = new Map<string, Tree>([["shape", []]]);
  const kind = own === undefined ? dtype : dtypeOf(own, spotOf("fill_value_dtype"));
  if (kind.itemsize > there.limits.maxBytes)
    throw there.tooMuch("maxBytes", `a fill value of ${kind.itemsize} bytes`, raw.from);
  there.shared.total += kind.itemsize;
  const column = readColumn(kind, 1);
  readNested(there, [], column);
  atEnd(there);
  if (column.anyMasked) throw there.fail("a fill value is not masked", raw.from);
  return plainArray({ dtype: kind, shape: [], size: 1, column }, fill, spotOf);
}

/** An array or a bundle within a Python value. */
export function readNestedDocument(cursor: Cursor, raw: Raw): BundleMember {
  const there = cursor.over(raw.from, raw.to, raw.path);
  if (there.peek() !== 0x7b) throw there.fail("an array is an object");
  const found = readDocument(there, cursor.depth + 1);
  atEnd(there);
  return found;
}
