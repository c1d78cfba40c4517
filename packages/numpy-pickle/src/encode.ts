import {
  type AnyArray,
  type Bundle,
  type BundleHeader,
  type Header,
  hasObjects,
  isBundleHeader,
  sizeOf,
} from "@masquerade/core";
import { bytesNode, type Payload, type PickleNode } from "@masquerade/pickle";
import { type ArrayPlan, maskedArrayNode, maskItemSize, ndarrayNode } from "./encode-array.ts";
import { NumpyGraph, type NumpyPickleOptions } from "./encode-graph.ts";
import { bundleNode, plainNode } from "./encode-plain.ts";

/**
 * The graph that `pickle.dumps` of NumPy's object would walk, for the encoder of `@masquerade/pickle`. Throws
 * CapabilityError for values that have no place in a pickle of this NumPy.
 */
export function numpyPickleGraph(value: AnyArray | Bundle, options: NumpyPickleOptions): PickleNode {
  return plainNode(new NumpyGraph(options), value);
}

/** Where the raw bytes of an array that is still to come belong. */
export interface Slot {
  /** Path of the array; "" for a single unnamed one. */
  readonly array: string;
  readonly plane: "data" | "mask";
  /** With `mask` "nomask" the plane "mask" is all zeros, which nobody will bring. */
  readonly header: Header;
  readonly size: number;
}

/**
 * The same graph from headers alone. `slot` is asked for each plane that has bytes and gives the payload that stands for
 * it; without `read`, the encoder marks its place. Arrays of Python objects have no bytes: {@link canPlan} says whether
 * a header has any.
 */
export function numpyPickleHeaderGraph(
  header: Header | BundleHeader,
  options: NumpyPickleOptions,
  slot: (slot: Slot) => Payload,
): PickleNode {
  const graph = new NumpyGraph(options);
  const planned = (one: Header | BundleHeader, path: string): PickleNode =>
    isBundleHeader(one)
      ? bundleNode(graph, one, (member, name) => planned(member, path === "" ? name : `${path}/${name}`))
      : headerNode(graph, one, path, slot);
  return planned(header, "");
}

/** Whether an array with this header can be written before its values are known. */
export function canPlan(header: Header): boolean {
  return !hasObjects(header.dtype) && header.subclass !== "MaskedConstant";
}

function headerNode(graph: NumpyGraph, header: Header, array: string, slot: (slot: Slot) => Payload): PickleNode {
  const count = sizeOf(header.shape);
  const size = count * header.dtype.itemsize;
  const data: ArrayPlan = {
    dtype: header.dtype,
    shape: header.shape,
    order: header.order,
    subclass: header.mask === "plain" ? header.subclass : undefined,
    contiguous: true,
    data: bytesNode(slot({ array, plane: "data", header, size })),
  };
  if (header.mask === "plain") return ndarrayNode(graph, data);
  const maskSize = count * maskItemSize(header.dtype);
  const mask = slot({ array, plane: "mask", header, size: maskSize });
  return maskedArrayNode(graph, { data, subclass: header.subclass, mask, fillValue: header.fillValue });
}
