import { type DType, dtypes, type FullMask, type Kind, MaskedArray, NdArray, nomask, sizeOf } from "@masquerade/core";
import { parseDType } from "@masquerade/numpy";
import { jdataTypes } from "../dialects.ts";
import type { JsonReadOptions } from "../format.ts";
import { readColumn } from "../read/columns.ts";
import type { Cursor } from "../read/cursor.ts";
import type { LeafReader } from "../read/leaf.ts";
import { readNested } from "../read/nested.ts";
import { eachMember, type Raw, readRaw, readTree, type Tree } from "../read/tree.ts";
import { inferDType, shapeOfLists } from "./infer.ts";

/** JSON of another shape than our own: recognised, or taken for what the option says. */
export function readDialect(cursor: Cursor, options: JsonReadOptions): NdArray | MaskedArray {
  const start = cursor.at;
  const wanted = options.dialect;
  if (cursor.peek() !== 0x7b) {
    if (wanted !== undefined && wanted !== "plain") throw cursor.fail(`the ${wanted} dialect is an object`);
    return withNulls(readLists(cursor, options));
  }
  const members = new Map<string, Raw>();
  for (const name of eachMember(cursor)) {
    if (members.has(name)) throw cursor.fail("this member comes twice");
    members.set(name, readRaw(cursor));
  }
  const end = cursor.at;
  const at = (name: string): Cursor => {
    const raw = members.get(name);
    if (raw === undefined) throw cursor.fail(`there is no ${JSON.stringify(name)}`, start);
    return cursor.over(raw.from, raw.to, raw.path);
  };
  const has = (name: string, dialect: string): boolean =>
    wanted === undefined ? members.has(name) : wanted === dialect;
  const value = has("_ArrayType_", "jdata")
    ? readJData(at, members)
    : has("values", "coverage")
      ? readCoverage(at, members)
      : has("data", "data-mask")
        ? readDataMask(at, members, options)
        : undefined;
  if (value === undefined)
    throw cursor.fail(
      'no array in it that is known: a masked-array document has "format", other shapes data, values or _ArrayType_',
      start,
    );
  cursor.at = end;
  return value;
}

type At = (name: string) => Cursor;
type Names = ReadonlyMap<string, Raw>;

/** Elements, and which were null. */
interface Read {
  readonly data: NdArray;
  readonly mask: Uint8Array | undefined;
}

function withNulls({ data, mask }: Read): NdArray | MaskedArray {
  if (mask === undefined) return data;
  return new MaskedArray({ data, mask: boolArray(mask, data.shape) });
}

const boolArray = (bits: Uint8Array, shape: readonly number[]): FullMask =>
  new NdArray<"bool">({ dtype: dtypes.simple("bool"), shape, storage: bits });

/** Nested lists: the shape is theirs, the dtype the option's or what the values look like. */
function readLists(cursor: Cursor, options: JsonReadOptions, dtype?: DType): Read {
  cursor.peek();
  const from = cursor.at;
  const tree = readTree(cursor);
  const shape = shapeOfLists(tree, cursor, from);
  const given = options.descr === undefined ? undefined : parseDType(options.descr, { format: "json" });
  return readAs(cursor, from, shape, dtype ?? given ?? inferDType(tree, cursor, from));
}

function readAs(cursor: Cursor, from: number, shape: readonly number[], dtype: DType): Read {
  cursor.at = from;
  const size = sizeOf(shape);
  if (size * dtype.itemsize > cursor.limits.maxBytes)
    throw cursor.tooMuch("maxBytes", `an array of more than ${cursor.limits.maxBytes} bytes`);
  const column = readColumn(dtype, size) as LeafReader;
  readNested(cursor, shape, column);
  const data = new NdArray({ dtype, shape, storage: column.storage as never }) as NdArray;
  return { data, mask: column.anyMasked ? column.mask() : undefined };
}

/** `{"data": …, "mask": …, "fill_value": …}`, as people write it: mask true is masked, and false alone nomask. */
function readDataMask(at: At, members: Names, options: JsonReadOptions): NdArray | MaskedArray {
  const there = at("data");
  const read = readLists(there, options);
  if (!members.has("mask")) return withNulls(read);
  const maskAt = at("mask");
  const fill = members.has("fill_value")
    ? readAs(at("fill_value"), at("fill_value").at, [], read.data.dtype).data
    : undefined;
  if (maskAt.peek() === 0x66 && read.data.ndim > 0) {
    maskAt.word("false");
    return new MaskedArray({
      data: read.data,
      mask: read.mask === undefined ? nomask : boolArray(read.mask, read.data.shape),
      fillValue: fill,
    });
  }
  const given = readAs(maskAt, maskAt.at, read.data.shape, dtypes.simple("bool"));
  const bits = given.data.toC() as Uint8Array;
  for (let i = 0; i < bits.length; i++) if (read.mask?.[i] === 1) bits[i] = 1;
  return new MaskedArray({ data: read.data, mask: boolArray(bits, read.data.shape), fillValue: fill });
}

/** CoverageJSON's NdArray (OGC 21-069r2, 6.2.3). */
function readCoverage(at: At, members: Names): NdArray | MaskedArray {
  const type = textOf(at("dataType"), ["float", "integer", "string"]);
  const shape = members.has("shape") ? sizes(at("shape")) : [];
  const names = members.has("axisNames") ? textsOf(at("axisNames")) : undefined;
  const there = at("values");
  const from = there.at;
  const tree = readTree(there);
  const count = sizeOf(shape);
  if (!Array.isArray(tree) || tree.length !== count)
    throw there.fail(`values is a flat list of ${count} elements, as the shape says`, from);
  const dtype =
    type === "float"
      ? dtypes.simple("float64")
      : type === "integer"
        ? dtypes.simple("int64")
        : inferDType(tree, there, from);
  const { data, mask } = readAs(there, from, [count], dtype);
  if (names !== undefined && names.length !== shape.length)
    throw there.fail("axisNames and shape have different lengths", from);
  const dims = names?.every((name, i) => name === `axis${i}`) === false ? names : undefined;
  return withNulls({ data: data.with({ shape, dims }), mask });
}

const jdataWords: ReadonlyMap<string, string> = new Map([
  ["_NaN_", "NaN"],
  ["_Inf_", "Infinity"],
  ["-_Inf_", "-Infinity"],
]);

/** JData's annotated array, in row-major order unless it says otherwise. */
function readJData(at: At, members: Names): NdArray {
  const type = textOf(at("_ArrayType_"), [...jdataTypes.values()]);
  const kind = [...jdataTypes].find(([, name]) => name === type)?.[0] as Kind;
  const shape = sizes(at("_ArraySize_"));
  for (const name of ["_ArrayZipType_", "_ArrayIsComplex_", "_ArrayIsSparse_", "_ArrayShape_"])
    if (members.has(name)) throw at(name).fail("packed JData arrays are not read, only plain _ArrayData_");
  const order = members.has("_ArrayOrder_") ? textOf(at("_ArrayOrder_"), ["r", "row", "c", "col", "column"]) : "r";
  const there = at("_ArrayData_");
  there.words = jdataWords;
  const column = order.startsWith("c");
  const size = sizeOf(shape);
  if (size * 2 > there.end - there.at + 1) throw there.fail(`_ArraySize_ asks for ${size} elements, there are fewer`);
  const { data, mask } = readAs(there, there.at, [size], dtypes.simple(kind as "float64"));
  if (mask !== undefined) throw there.fail("JData has no masked elements: null is no number");
  return data.with({ shape, order: column ? "F" : "C" });
}

function textOf(cursor: Cursor, choices: readonly string[]): string {
  const at = cursor.at;
  const tree = readTree(cursor);
  if (typeof tree !== "string" || !choices.includes(tree))
    throw cursor.fail(`one of ${choices.join(", ")} expected`, at);
  return tree;
}

function textsOf(cursor: Cursor): readonly string[] {
  const tree = readTree(cursor);
  if (!Array.isArray(tree) || !(tree as readonly Tree[]).every((name) => typeof name === "string"))
    throw cursor.fail("a list of names expected");
  return tree as readonly string[];
}

function sizes(cursor: Cursor): readonly number[] {
  const tree = readTree(cursor);
  const list = typeof tree === "bigint" ? [tree] : tree;
  if (!Array.isArray(list) || list.length > cursor.limits.maxDims) throw cursor.fail("a list of sizes expected");
  let size = 1;
  return (list as readonly Tree[]).map((n) => {
    if (typeof n !== "bigint" || n < 0n || n > 2n ** 31n - 1n)
      throw cursor.fail("sizes are integers from 0 to 2147483647");
    size *= Math.max(Number(n), 1);
    if (size > Number.MAX_SAFE_INTEGER) throw cursor.tooMuch("maxElements", "a shape that cannot be counted");
    return Number(n);
  });
}
