import { type AnyArray, type Bundle, isBundle } from "@masquerade/core";
import type { PickleNode } from "@masquerade/pickle";
import { arrayNode } from "./encode-array.ts";
import { NumpyGraph, type NumpyPickleOptions } from "./encode-graph.ts";
import { bundleNode } from "./encode-plain.ts";

/**
 * The graph that `pickle.dumps` of NumPy's object would walk, for the encoder of `@masquerade/pickle`. Throws
 * CapabilityError for values that have no place in a pickle of this NumPy.
 */
export function numpyPickleGraph(value: AnyArray | Bundle, options: NumpyPickleOptions): PickleNode {
  const graph = new NumpyGraph(options);
  return isBundle(value) ? graph.once(value, () => bundleNode(graph, value)) : arrayNode(graph, value);
}
