import { type DType, fieldArray, type LongDouble, type NdArray, type PlainValue } from "@masquerade/core";
import {
  bytesNode,
  type ListNode,
  type NodeSequence,
  type PickleNode,
  payloadOf,
  reduce,
  tuple,
} from "@masquerade/pickle";
import { arrayNode } from "./encode-array.ts";
import { dtypeNode } from "./encode-dtype.ts";
import type { NumpyGraph } from "./encode-graph.ts";
import { plainNode, plainSequence } from "./encode-plain.ts";

/**
 * The elements of an array that holds Python objects, as the list NumPy pickles in place of raw bytes: in C order, whatever
 * the order of the array (`_getlist_pkl`, numpy/core/src/multiarray/methods.c).
 */
export function objectItems(graph: NumpyGraph, array: NdArray): ListNode {
  return { kind: "list", items: itemsOf(graph, array) };
}

function itemsOf(graph: NumpyGraph, array: NdArray): NodeSequence {
  const { dtype } = array;
  const storage = array.toC();
  if (dtype.kind === "struct") {
    const records = storage as Uint8Array;
    const size = dtype.itemsize;
    return {
      length: array.size,
      at: (i) => recordNode(graph, array, dtype, records.subarray(i * size, (i + 1) * size)),
    };
  }
  const values = storage as unknown[];
  if (dtype.kind !== "string") return plainSequence(graph, values);
  // NumPy makes the str of each element anew.
  const missing = dtype.naObject?.value;
  return {
    length: values.length,
    at: (i) => {
      const value = values[i];
      return typeof value === "string" ? value : plainNode(graph, missing ?? null);
    },
  };
}

/** A record as the tuple that `ndarray.item` gives. */
function recordNode(graph: NumpyGraph, array: NdArray, dtype: DType<"struct">, record: Uint8Array): PickleNode {
  return tuple(
    ...dtype.fields.map((field) => {
      const made = fieldArray(array, record, field);
      if (field.shape.length > 0) return arrayNode(graph, made);
      if (field.dtype.kind === "struct") {
        const inner = record.subarray(field.offset, field.offset + field.dtype.itemsize);
        return recordNode(graph, array, field.dtype, inner);
      }
      return scalarNode(graph, made);
    }),
  );
}

/** One element as Python's own value where NumPy gives that. */
function scalarNode(graph: NumpyGraph, array: NdArray): PickleNode {
  const value = array.at() as unknown;
  switch (array.dtype.kind) {
    case "longdouble":
    case "clongdouble":
      return reduce(
        graph.numpyName("scalar"),
        tuple(dtypeNode(graph, array.dtype), bytesNode(payloadOf(array.toBytes()))),
      );
    case "int8":
    case "int16":
    case "int32":
    case "uint8":
    case "uint16":
    case "uint32":
      return BigInt(value as number);
    case "str":
      return value as string;
    default:
      return plainNode(graph, value as PlainValue | LongDouble as PlainValue);
  }
}
