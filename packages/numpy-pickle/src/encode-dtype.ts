import {
  alignmentOf,
  CapabilityError,
  type DType,
  type Field,
  fieldCount,
  hostIsLittleEndian,
  orderCharacters,
  typeCharacters,
} from "@masquerade/core";
import { bytesNode, type PickleNode, payloadOf, reduce, tuple } from "@masquerade/pickle";
import type { NumpyGraph } from "./encode-graph.ts";
import { dictNode, plainNode } from "./encode-plain.ts";

/** Flags of PyArray_Descr (numpy/ndarraytypes.h): what a structured dtype takes over from its fields, and its own. */
const FROM_FIELDS = 0x1b;
const NEEDS_INIT = 0x08;
const NEEDS_API = 0x10;
const OBJECT_FLAGS = 63;
/** ALIGNED_STRUCT, 0x80: NumPy 1.x writes the flags as a signed char. */
const ALIGNED = 0x80;

/**
 * A dtype as NumPy's `dtype.__reduce__` gives it (numpy/core/src/multiarray/descriptor.c, arraydescr_reduce). Native
 * built-in dtypes are one object; others are one object where they are one JavaScript object.
 */
export function dtypeNode(graph: NumpyGraph, dtype: DType): PickleNode {
  if (isSingleton(dtype))
    return graph.singleton(`${dtype.kind} ${dtype.itemsize}`, () => makeDType(graph, dtype, undefined));
  return graph.once(dtype, () =>
    dtype.kind === "string" ? stringDType(graph, dtype) : makeDType(graph, dtype, undefined),
  );
}

/** NumPy keeps one dtype object of each built-in type in native order, of no length where the length varies. */
function isSingleton(dtype: DType): boolean {
  if (dtype.metadata !== undefined && dtype.metadata.size > 0) return false;
  const native = dtype.byteOrder === "none" || (dtype.byteOrder === "little") === hostIsLittleEndian;
  if (!native) return false;
  switch (dtype.kind) {
    case "struct":
    case "string":
    case "datetime64":
    case "timedelta64":
      return false;
    case "bytes":
    case "str":
    case "void":
      return dtype.itemsize === 0;
    default:
      return true;
  }
}

/** The dtype of a sub-array field, ((base, shape), …), or with `shape` undefined the dtype itself. */
function makeDType(graph: NumpyGraph, dtype: DType, shape: readonly number[] | undefined): PickleNode {
  const order = shape === undefined ? orderCharacters[dtype.byteOrder] : "|";
  const names = shape === undefined && dtype.kind === "struct" ? dtype : undefined;
  const state: PickleNode[] = [
    3n,
    order,
    shape === undefined ? null : tuple(dtypeNode(graph, dtype), shapeNode(shape)),
    names === undefined ? null : tuple(...names.fields.map((field) => graph.text(field.name))),
    names === undefined ? null : fieldsNode(graph, names.fields),
    ...sizes(dtype, shape),
    flagsOf(graph, dtype),
  ];
  const metadata = shape === undefined ? metadataNode(graph, dtype) : undefined;
  if (metadata !== undefined) {
    state[0] = 4n;
    state.push(metadata);
  }
  const made = tuple(typeNode(graph, dtype, shape), false, true);
  return reduce(graph.numpyName("dtype"), made, tuple(...state));
}

/** The type as NumPy spells it without its order: "f8", "S5", "U7" (characters), "V12", or the class of records. */
function typeNode(graph: NumpyGraph, dtype: DType, shape: readonly number[] | undefined): PickleNode {
  if (shape !== undefined) return `V${dtype.itemsize * fieldCount({ shape })}`;
  if (dtype.kind === "struct" && dtype.record) return graph.numpyName("record");
  if (dtype.kind === "bool") return "b1";
  const size = dtype.kind === "str" ? dtype.itemsize / 4 : dtype.itemsize;
  return `${typeCharacters[dtype.kind]}${size}`;
}

/** Itemsize and alignment; -1 for types of one size. */
function sizes(dtype: DType, shape: readonly number[] | undefined): [bigint, bigint] {
  const varies = dtype.kind === "bytes" || dtype.kind === "str" || dtype.kind === "void" || dtype.kind === "struct";
  if (shape === undefined && !varies) return [-1n, -1n];
  // NumPy forgets the alignment when it makes a dtype one of numpy.record.
  const alignment = dtype.kind === "struct" && dtype.record ? 1 : alignmentOf(dtype);
  return [BigInt(dtype.itemsize * fieldCount({ shape: shape ?? [] })), BigInt(alignment)];
}

function flagsOf(graph: NumpyGraph, dtype: DType): bigint {
  const flags = BigInt(ownFlags(dtype));
  return graph.modern || (Number(flags) & ALIGNED) === 0 ? flags : flags - 256n;
}

function ownFlags(dtype: DType): number {
  if (dtype.kind === "object") return OBJECT_FLAGS;
  if (dtype.kind === "str") return NEEDS_INIT;
  if (dtype.kind !== "struct") return 0;
  let flags = NEEDS_API;
  for (const field of dtype.fields) flags |= ownFlags(field.dtype) & FROM_FIELDS;
  return dtype.aligned ? flags | ALIGNED : flags;
}

/** name to (dtype, offset[, title]), and title to the same tuple. */
function fieldsNode(graph: NumpyGraph, fields: readonly Field[]): PickleNode {
  const entries: [PickleNode, PickleNode][] = [];
  for (const field of fields) {
    const titled = field.title !== undefined && field.title !== null;
    const inner =
      field.shape.length === 0 ? dtypeNode(graph, field.dtype) : graph.once(field, () => subArray(graph, field));
    const entry = titled
      ? tuple(inner, BigInt(field.offset), plainNode(graph, field.title))
      : tuple(inner, BigInt(field.offset));
    entries.push([graph.text(field.name), entry]);
    if (typeof field.title === "string") entries.push([graph.text(field.title), entry]);
  }
  return dictNode(entries);
}

function subArray(graph: NumpyGraph, field: Field): PickleNode {
  return makeDType(graph, field.dtype, field.shape);
}

export function shapeNode(shape: readonly number[]): PickleNode {
  return tuple(...shape.map(BigInt));
}

/** The ninth item of the state: metadata, and for datetimes the unit beside it. */
function metadataNode(graph: NumpyGraph, dtype: DType): PickleNode | undefined {
  const { metadata } = dtype;
  const some = metadata !== undefined && metadata.size > 0;
  const given = some ? plainNode(graph, metadata) : undefined;
  if (dtype.kind !== "datetime64" && dtype.kind !== "timedelta64") return given;
  const none = graph.modern ? null : dictNode([]);
  const unit = new TextEncoder().encode(dtype.unit);
  return tuple(given ?? none, tuple(bytesNode(payloadOf(unit)), BigInt(dtype.multiple), 1n, 1n));
}

function stringDType(graph: NumpyGraph, dtype: DType<"string">): PickleNode {
  if (graph.numpy === 1)
    throw new CapabilityError("pickle", "dtype", "NumPy 1.x has no StringDType; write it for NumPy 2, or as str");
  const coerce = dtype.coerce ? 1n : 0n;
  const args = dtype.naObject === undefined ? tuple(coerce) : tuple(coerce, plainNode(graph, dtype.naObject.value));
  return reduce(graph.numpyName("_convert_to_stringdtype_kwargs"), args);
}
