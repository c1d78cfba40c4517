import {
  type BundleHeader,
  checkShape,
  type DType,
  FormatError,
  type Header,
  headerOf,
  LimitError,
} from "@masquerade/core";
import { readColumn } from "../read/columns.ts";
import type { Cursor } from "../read/cursor.ts";
import { apart, buildArray, bundleOf } from "../read/document.ts";
import { dtypeOf, shapeOf } from "../read/dtype.ts";
import { checkStructure, type Spot } from "../read/structure.ts";
import { countMetadata, eachMember, readRaw, readTree, type Tree } from "../read/tree.ts";

/** An array of the file: what the header line says of it. */
export interface RowsOf {
  readonly path: string;
  readonly header: Header;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly size: number;
  /** Whether a line with the values beneath the mask stands behind each row that has any. */
  readonly hidden: boolean;
  readonly members: ReadonlyMap<string, Tree>;
  readonly spotOf: Spot;
}

/** The header line, which the cursor holds whole. */
export function readHead(cursor: Cursor): {
  readonly header: Header | BundleHeader;
  readonly arrays: readonly RowsOf[];
} {
  const arrays: RowsOf[] = [];
  if (cursor.peek() !== 0x7b) throw cursor.fail("a header is an object");
  const header = readMember(cursor, 0, "", arrays);
  if (cursor.peek() !== -1) throw cursor.fail(`nothing more expected in this line${cursor.found()}`);
  return { header, arrays };
}

function readMember(cursor: Cursor, depth: number, path: string, arrays: RowsOf[]): Header | BundleHeader {
  cursor.depth = depth;
  if (depth > cursor.maxDepth) throw cursor.tooMuch("maxDepth", `bundles nested deeper than ${cursor.maxDepth}`);
  const start = cursor.at;
  const steps = [...cursor.path];
  const members = new Map<string, Tree>();
  const places = new Map<string, number>();
  const spotOf: Spot = (name) =>
    name !== undefined && places.has(name)
      ? cursor.over(places.get(name) as number, cursor.end, [...steps, name])
      : cursor.over(start, cursor.end, steps);
  let entries: Map<string, Header | BundleHeader> | undefined;
  for (const name of eachMember(cursor)) {
    if (members.has(name)) throw cursor.fail("this member comes twice");
    places.set(name, cursor.at);
    if (name === "data") throw cursor.fail("the data are in the lines that follow");
    if (name === "entries" && cursor.peek() === 0x7b) {
      entries = readEntries(cursor, depth, path, arrays);
      cursor.depth = depth;
      members.set(name, true);
    } else members.set(name, apart.has(name) && name !== "hidden" ? readRaw(cursor) : readTree(cursor));
  }
  checkHead(members, spotOf, depth);
  if (members.has("bundle")) {
    const { kind, attrs, keys } = bundleOf(members, new Map(), spotOf);
    return { kind, entries: entries ?? new Map(), attrs, ...(keys.size > 0 ? { keys } : {}) };
  }
  const one = arrayHead(members, spotOf, path, cursor);
  arrays.push(one);
  return one.header;
}

function readEntries(
  cursor: Cursor,
  depth: number,
  path: string,
  arrays: RowsOf[],
): Map<string, Header | BundleHeader> {
  const entries = new Map<string, Header | BundleHeader>();
  for (const name of eachMember(cursor)) {
    if (entries.has(name)) throw cursor.fail("this name comes twice");
    if (entries.size >= cursor.limits.maxMembers)
      throw cursor.tooMuch("maxMembers", `more than ${cursor.limits.maxMembers} entries`);
    countMetadata(cursor, name.length);
    if (cursor.peek() !== 0x7b) throw cursor.fail("an entry is an object");
    entries.set(name, readMember(cursor, depth + 1, path === "" ? name : `${path}/${name}`, arrays));
  }
  return entries;
}

/** Holds a header to the schema of documents, of which it is one without data. */
function checkHead(members: ReadonlyMap<string, Tree>, spotOf: Spot, depth: number): void {
  if (depth === 0 && members.get("format") !== "masked-array-rows")
    throw spotOf("format").fail('the first line is the header: {"format": "masked-array-rows", …}');
  const hidden = members.get("hidden");
  if (hidden !== undefined && hidden !== "rows") throw spotOf("hidden").fail('"rows" expected');
  if (hidden !== undefined && members.get("mask") !== "nulls")
    throw spotOf("hidden").fail('there are hidden values only where mask is "nulls"');
  const document = new Map(members);
  if (depth === 0) document.set("format", "masked-array");
  document.delete("hidden");
  if (!members.has("bundle")) document.set("data", true);
  checkStructure(document, spotOf, depth);
}

function arrayHead(members: ReadonlyMap<string, Tree>, spotOf: Spot, path: string, cursor: Cursor): RowsOf {
  const dtype = dtypeOf(members.get("dtype") as Tree, spotOf("dtype"));
  const shape = shapeOf(members.get("shape") as Tree, spotOf("shape"));
  const size = checkShape(shape, dtype.itemsize, cursor.limits, { format: "ndjson", offset: cursor.at });
  const scalar = shape.length === 0;
  const few = {
    dtype,
    shape: scalar ? shape : [0, ...shape.slice(1)],
    size: scalar ? 1 : 0,
    column: readColumn(dtype, scalar ? 1 : 0),
  };
  if (few.size * dtype.itemsize > cursor.limits.maxBytes)
    throw new LimitError("maxBytes", `an element of ${dtype.itemsize} bytes`, { format: "ndjson" });
  const header: Header = {
    ...headerOf(buildArray(few, members, spotOf, members.has("mask"))),
    shape,
    order: members.get("order") === "F" ? "F" : "C",
  };
  return { path, header, dtype, shape, size, hidden: members.has("hidden"), members, spotOf };
}

/** Throws FormatError where the first line of a file is not there. */
export function emptyFile(): FormatError {
  return new FormatError("FORMAT_TRUNCATED", "ndjson", "there is no header line in it", { offset: 0 });
}
