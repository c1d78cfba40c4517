import { type Attrs, type DType, dtypes, type FieldSpec, isMasqueradeError, type PlainValue } from "@masquerade/core";
import { parseDType } from "@masquerade/numpy";
import type { Cursor } from "./cursor.ts";
import { attrsOf, plainOf } from "./plain.ts";
import type { Tree } from "./tree.ts";

/** The dtype a tree describes: the inverse of what `writeDType` writes. Throws FormatError about `cursor`'s place, or LimitError. */
export function dtypeOf(tree: Tree, cursor: Cursor): DType {
  const walk = { fields: 0 };
  try {
    return one(tree, cursor, walk, 0);
  } catch (error) {
    // What core and numpy say about a dtype, with the place it has in this file.
    if (
      isMasqueradeError(error, "OPTION_INVALID") ||
      (isMasqueradeError(error, "FORMAT_MALFORMED") && error.offset === undefined)
    )
      throw cursor.fail(error.message.replace(/^json: /, ""));
    throw error;
  }
}

function one(tree: Tree, cursor: Cursor, walk: { fields: number }, depth: number): DType {
  const { limits } = cursor;
  if (depth > limits.maxDTypeDepth)
    throw cursor.tooMuch("maxDTypeDepth", `a dtype nested deeper than ${limits.maxDTypeDepth}`);
  if (typeof tree === "string") return byName(tree);
  const count = (n: number): void => {
    walk.fields += n;
    if (walk.fields > limits.maxFields)
      throw cursor.tooMuch("maxFields", `a dtype of more than ${limits.maxFields} fields`);
  };
  if (Array.isArray(tree)) {
    const list = tree as readonly Tree[];
    count(list.length);
    return dtypes.struct(
      list.map((entry): FieldSpec => {
        const [name, dtype, shape] = Array.isArray(entry) ? (entry as readonly Tree[]) : [];
        if (typeof name !== "string" || dtype === undefined)
          throw cursor.fail("a field is a list of name, dtype and perhaps shape");
        return {
          name,
          dtype: one(dtype, cursor, walk, depth + 1),
          shape: shape === undefined ? [] : shapeOf(shape, cursor),
        };
      }),
    );
  }
  if (!(tree instanceof Map)) throw cursor.fail("a dtype is a string, a list of fields or an object");
  const members = tree as ReadonlyMap<string, Tree>;
  const metadata = members.has("metadata") ? attrsOf(members.get("metadata") as Tree, cursor) : undefined;
  const fields = members.get("fields");
  if (fields === undefined) return special(members, metadata, cursor);
  if (!Array.isArray(fields)) throw cursor.fail("fields is a list");
  count(fields.length);
  const specs = (fields as readonly Tree[]).map((field) => fieldOf(field, cursor, walk, depth));
  const made = dtypes.struct(specs, {
    aligned: members.get("aligned") === true,
    record: members.get("record") === true,
    ...(members.has("itemsize") ? { itemsize: sizeOf(members.get("itemsize") as Tree, cursor) } : {}),
    metadata,
  });
  const alignment = members.get("alignment");
  return alignment === undefined ? made : { ...made, alignment: Math.max(1, sizeOf(alignment, cursor)) };
}

function byName(text: string): DType {
  return /^\|?T(?:16)?$/.test(text) ? dtypes.stringDType() : parseDType(text, { format: "json" });
}

function special(members: ReadonlyMap<string, Tree>, metadata: Attrs | undefined, cursor: Cursor): DType {
  const text = members.get("str");
  if (typeof text !== "string") throw cursor.fail("a dtype object has str or fields");
  const layout = members.get("layout");
  let made = byName(text);
  if (layout === "double") {
    const complex = /c16$/.test(text);
    const order = text.startsWith(">") ? "big" : "little";
    made = complex ? dtypes.clongdouble("double", 16, order) : dtypes.longdouble("double", 8, order);
  } else if (layout !== undefined) {
    if (layout !== "quad" && layout !== "double-double" && layout !== "x87")
      throw cursor.fail("layout is x87, quad, double-double or double");
    if (made.kind !== "longdouble" && made.kind !== "clongdouble")
      throw cursor.fail("layout is for extended precision");
    made = { ...made, layout };
  }
  if (made.kind === "string") {
    const na = members.get("na_object");
    made = dtypes.stringDType({
      coerce: members.get("coerce") !== false,
      ...(na === undefined ? {} : { naObject: { value: plainOf(na, cursor) } }),
    });
  }
  return metadata === undefined ? made : { ...made, metadata };
}

function fieldOf(tree: Tree, cursor: Cursor, walk: { fields: number }, depth: number): FieldSpec {
  const members = tree instanceof Map ? (tree as ReadonlyMap<string, Tree>) : new Map<string, Tree>();
  const name = members.get("name");
  const dtype = members.get("dtype");
  if (typeof name !== "string" || dtype === undefined) throw cursor.fail("a field has name and dtype");
  const title: PlainValue | undefined = members.has("title")
    ? plainOf(members.get("title") as Tree, cursor)
    : undefined;
  return {
    name,
    dtype: one(dtype, cursor, walk, depth + 1),
    title,
    ...(members.has("offset") ? { offset: sizeOf(members.get("offset") as Tree, cursor) } : {}),
    shape: members.has("shape") ? shapeOf(members.get("shape") as Tree, cursor) : [],
  };
}

const LARGEST = 2 ** 31 - 1;

function sizeOf(tree: Tree, cursor: Cursor): number {
  if (typeof tree !== "bigint" || tree < 0n || tree > BigInt(LARGEST))
    throw cursor.fail(`a number of bytes is an integer from 0 to ${LARGEST}`);
  return Number(tree);
}

/** A shape: a list of sizes. */
export function shapeOf(tree: Tree, cursor: Cursor): readonly number[] {
  if (!Array.isArray(tree)) throw cursor.fail("a shape is a list of integers");
  if (tree.length > cursor.limits.maxDims)
    throw cursor.tooMuch("maxDims", `${tree.length} dimensions are more than ${cursor.limits.maxDims}`);
  return (tree as readonly Tree[]).map((n) => {
    if (typeof n !== "bigint" || n < 0n || n > 9007199254740991n)
      throw cursor.fail("a shape is a list of integers from 0 on");
    return Number(n);
  });
}
