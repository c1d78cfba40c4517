import {
  type AnyArray,
  type DType,
  defaultFillValue,
  hasObjects,
  isMaskedArray,
  type MaskedArray,
  type NdArray,
  noAttrs,
  nomask,
  type Order,
  type Subclass,
  sameDType,
} from "@masquerade/core";
import {
  type BytesNode,
  bytesNode,
  type ListNode,
  type Payload,
  type PickleNode,
  payloadOf,
  reduce,
  tuple,
} from "@masquerade/pickle";
import { exportsBuffer, type Permutation, permutationOf } from "./encode-buffer.ts";
import { dtypeNode, shapeNode } from "./encode-dtype.ts";
import type { ArrayWrapper, NumpyGraph, NumpyName } from "./encode-graph.ts";
import { objectItems } from "./encode-objects.ts";
import { maskedNode } from "./encode-plain.ts";

/** What the pickle of an array says. */
export interface ArrayPlan {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Order in which the raw bytes lie: "F" only for arrays that are Fortran- and not C-contiguous. */
  readonly order: Order;
  readonly subclass: Subclass | undefined;
  /** Whether the array lies in memory as its raw bytes do. */
  readonly contiguous: boolean;
  readonly permutation?: Permutation | undefined;
  /** The raw bytes, or the objects. */
  readonly data: BytesNode | ListNode;
  /** The array, where there is one already. */
  readonly array?: NdArray | undefined;
}

/** What the pickle of a masked array says beyond its data. */
export interface MaskedPlan {
  readonly data: ArrayPlan;
  readonly subclass: Subclass | undefined;
  /** One byte per element or leaf field, complete, in the order of the data. */
  readonly mask: Payload;
  readonly fillValue: NdArray | undefined;
}

/** An array or masked array as NumPy pickles one freshly made and writable. */
export function arrayNode(graph: NumpyGraph, array: AnyArray): PickleNode {
  if (!isMaskedArray(array) && isWrapped(graph, array.subclass)) return ndarrayNode(graph, planOf(graph, array));
  return graph.once(array, () => {
    if (!isMaskedArray(array)) return ndarrayNode(graph, planOf(graph, array));
    // NumPy writes the bytes of masked records in C order whatever it says of them, and then misreads them.
    const order = array.subclass === "MaskedRecords" ? "C" : array.data.order;
    return maskedArrayNode(graph, {
      data: { ...planOf(graph, array.data, order), order },
      subclass: array.subclass,
      mask: maskPayload(array, order),
      fillValue: array.fillValue,
    });
  });
}

function planOf(graph: NumpyGraph, array: NdArray, order: Order = array.order): ArrayPlan {
  const objects = hasObjects(array.dtype);
  return {
    dtype: array.dtype,
    shape: array.shape,
    order: array.order,
    subclass: array.subclass,
    contiguous: array.contiguous,
    permutation: graph.modern && !objects ? permutationOf(array) : undefined,
    data: objects ? objectItems(graph, array) : bytesNode(rawPayload(array, order)),
    array,
  };
}

/** The raw bytes of an array, gathered and swapped only when they are written. */
export function rawPayload(array: NdArray, order: Order): Payload {
  const size = array.size * array.dtype.itemsize;
  return size <= 1 ? payloadOf(array.toBytes(order)) : { size, read: () => array.toBytes(order) };
}

function maskPayload(array: MaskedArray, order: Order): Payload {
  if (array.mask !== nomask) return rawPayload(array.mask as unknown as NdArray, order);
  const size = array.size * maskItemSize(array.dtype);
  return size <= 1 ? payloadOf(new Uint8Array(size)) : { size, read: () => new Uint8Array(size) };
}

/** Bytes of one element's mask: one per leaf field, sub-arrays counting each element. */
export function maskItemSize(dtype: DType): number {
  if (dtype.kind !== "struct") return 1;
  let size = 0;
  for (const field of dtype.fields)
    size += maskItemSize(field.dtype) * field.shape.reduce((product, n) => product * n, 1);
  return size;
}

const CLASSES: { readonly [S in Subclass]?: NumpyName } = {
  matrix: "matrix",
  recarray: "recarray",
  chararray: "chararray",
  memmap: "memmap",
};

function classOf(subclass: Subclass | undefined): NumpyName {
  return (subclass !== undefined ? CLASSES[subclass] : undefined) ?? "ndarray";
}

/** `ndarray.__reduce_ex__` (numpy/core/src/multiarray/methods.c); NumPy's scalars by `scalar`. */
export function ndarrayNode(graph: NumpyGraph, plan: ArrayPlan): PickleNode {
  const { data } = plan;
  const dtype = dtypeNode(graph, plan.dtype);
  if (plan.subclass === "scalar" && plan.shape.length === 0 && data.kind === "bytes")
    return reduce(graph.numpyName("scalar"), tuple(dtype, data));
  if (isWrapped(graph, plan.subclass))
    return (graph.wrapper as ArrayWrapper).node(graph, classOf(plan.subclass), plan, dtype);
  return frombuffer(graph, plan, dtype) ?? reconstruct(graph, plan, dtype);
}

function isWrapped(graph: NumpyGraph, subclass: Subclass | undefined): boolean {
  return subclass !== "scalar" && graph.wrapper?.classes.has(classOf(subclass)) === true;
}

function reconstruct(graph: NumpyGraph, plan: ArrayPlan, dtype: PickleNode): PickleNode {
  const made = tuple(graph.numpyName(classOf(plan.subclass)), tuple(0n), bytesNode(payloadOf(Uint8Array.of(0x62))));
  return reduce(graph.numpyName("_reconstruct"), made, arrayState(plan, dtype));
}

function arrayState(plan: ArrayPlan, dtype: PickleNode, ...more: readonly PickleNode[]): ReturnType<typeof tuple> {
  return tuple(1n, shapeNode(plan.shape), dtype, plan.order === "F", plan.data, ...more);
}

/** The form of protocol 5, for plain arrays that lie in memory without gaps and whose dtype NumPy gives out as a buffer. */
function frombuffer(graph: NumpyGraph, plan: ArrayPlan, dtype: PickleNode): PickleNode | undefined {
  const { data, permutation } = plan;
  if (graph.protocol < 5 || graph.numpy === "portable" || data.kind !== "bytes") return undefined;
  if (classOf(plan.subclass) !== "ndarray" || !exportsBuffer(plan.dtype)) return undefined;
  const buffer = (payload: Payload): PickleNode => ({ kind: "buffer", payload, readonly: false, outOfBand: false });
  const made = graph.numpyName("_frombuffer");
  if (plan.contiguous) return reduce(made, tuple(buffer(data.payload), dtype, shapeNode(plan.shape), plan.order));
  if (permutation === undefined) return undefined;
  const { memory, shape, axes } = permutation;
  return reduce(made, tuple(buffer(rawPayload(memory, "C")), dtype, shapeNode(shape), "K", shapeNode(axes)));
}

/** `MaskedArray.__reduce__` and `__getstate__` (numpy/ma/core.py); `MaskedRecords` by its own (numpy/ma/mrecords.py). */
export function maskedArrayNode(graph: NumpyGraph, plan: MaskedPlan): PickleNode {
  if (plan.subclass === "MaskedConstant") return maskedNode(graph);
  const records = plan.subclass === "MaskedRecords";
  const name: NumpyName = records ? "MaskedRecords" : plan.subclass === "mvoid" ? "mvoid" : "MaskedArray";
  const base = plan.subclass === "masked_matrix" ? "matrix" : records ? "recarray" : classOf(plan.data.subclass);
  const dtype = dtypeNode(graph, plan.data.dtype);
  // A literal in the source of the one and of the other function, so the same object each time.
  const shapeOfMade = graph.singleton(`(0,) ${records}`, () => tuple(0n));
  return reduce(
    graph.numpyName(records ? "_mrreconstruct" : "_mareconstruct"),
    tuple(graph.numpyName(name), graph.numpyName(base), shapeOfMade, graph.text("b")),
    arrayState(plan.data, dtype, bytesNode(plan.mask), fillNode(graph, plan)),
  );
}

/**
 * The fill value: None when never set, though NumPy sets that of records when it makes them. It has the array's own dtype
 * object where the two are equal, but for datetimes without a unit, for which NumPy makes a dtype anew.
 */
function fillNode(graph: NumpyGraph, plan: MaskedPlan): PickleNode {
  const { dtype } = plan.data;
  const unset = dtype.kind === "struct" && plan.subclass !== "MaskedRecords" ? defaultFillValue(dtype) : undefined;
  const fill = plan.fillValue ?? unset;
  if (fill === undefined) return null;
  const make = (): PickleNode => {
    const own =
      sameDType(fill.dtype, dtype) && sameMetadata(fill.dtype, dtype)
        ? isUnitless(dtype)
          ? { ...dtype }
          : dtype
        : fill.dtype;
    return ndarrayNode(graph, planOf(graph, fill.with({ dtype: own, subclass: undefined })));
  };
  return isWrapped(graph, undefined) ? make() : graph.once(fill, make);
}

function isUnitless(dtype: DType): boolean {
  return (dtype.kind === "datetime64" || dtype.kind === "timedelta64") && dtype.unit === "generic";
}

/** Whether both dtypes have metadata of the same keys, or none. */
function sameMetadata(a: DType, b: DType): boolean {
  const one = a.metadata ?? noAttrs;
  const other = b.metadata ?? noAttrs;
  return one.size === other.size && [...one.keys()].every((key) => other.has(key));
}
