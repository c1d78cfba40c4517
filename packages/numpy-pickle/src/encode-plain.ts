import {
  type AnyArray,
  type Attrs,
  type Bundle,
  type BundleKind,
  CapabilityError,
  Complex,
  isArray,
  isBundle,
  masked,
  type PlainValue,
  quoteText,
  Tuple,
} from "@masquerade/core";
import {
  bytesNode,
  type DictNode,
  type NodeSequence,
  type PickleNode,
  payloadOf,
  reduce,
  tuple,
} from "@masquerade/pickle";
import { arrayNode } from "./encode-array.ts";
import type { NumpyGraph } from "./encode-graph.ts";

/**
 * A Python value beside the arrays. Containers are entered only when the pickler comes to their items, so that neither
 * depth nor an object that contains itself matters here. Throws CapabilityError for what is no Python value.
 */
export function plainNode(graph: NumpyGraph, value: PlainValue | undefined): PickleNode {
  switch (typeof value) {
    case "string":
      return graph.text(value);
    case "number":
    case "bigint":
    case "boolean":
      return value;
    case "symbol":
      if (value === masked) return maskedNode(graph);
      break;
    case "object":
      if (value === null) return null;
      // Which arrays are shared is for them to say.
      if (isArray(value)) return arrayNode(graph, value as AnyArray);
      return graph.once(value, () => objectNode(graph, value));
  }
  throw notPlain(value);
}

function objectNode(graph: NumpyGraph, value: PlainValue & object): PickleNode {
  if (value instanceof Uint8Array) return bytesNode(payloadOf(value));
  if (Array.isArray(value)) return { kind: "list", items: plainSequence(graph, value) };
  if (isBundle(value)) return bundleNode(graph, value as Bundle, (member) => plainNode(graph, member));
  if (value instanceof Map)
    return {
      kind: "dict",
      keys: plainSequence(graph, [...value.keys()]),
      values: plainSequence(graph, [...value.values()]),
    };
  const made = value as Complex | Tuple;
  if (made instanceof Tuple || "items" in made)
    return { kind: "tuple", items: plainSequence(graph, (made as Tuple).items) };
  if (made instanceof Complex || "im" in made)
    return reduce(graph.global("builtins", "complex"), tuple((made as Complex).re, (made as Complex).im));
  throw notPlain(value);
}

/** np.ma.masked, of which there is one. */
export function maskedNode(graph: NumpyGraph): PickleNode {
  return graph.singleton("masked", () => reduce(graph.numpyName("MaskedConstant"), tuple()));
}

/** Values as nodes, made when they are asked for. */
export function plainSequence(graph: NumpyGraph, values: readonly unknown[]): NodeSequence {
  return { length: values.length, at: (index) => plainNode(graph, values[index] as PlainValue) };
}

export function dictNode(entries: readonly (readonly [PickleNode, PickleNode])[]): DictNode {
  return { kind: "dict", keys: entries.map(([key]) => key), values: entries.map(([, value]) => value) };
}

/** What a bundle and the header of one have in common. */
interface Container<Member> {
  readonly kind: BundleKind;
  readonly entries: ReadonlyMap<string, Member>;
  readonly attrs: Attrs;
  readonly keys?: ReadonlyMap<string, PlainValue> | undefined;
}

/**
 * A bundle as the dict, list or tuple it was. Attributes of lists and tuples stand at their index, those of dicts after
 * the arrays; where `keys` names every entry of a dict, their order is that of `keys`.
 */
export function bundleNode<Member>(
  graph: NumpyGraph,
  bundle: Container<Member>,
  member: (value: Member, name: string) => PickleNode,
): PickleNode {
  const { entries, attrs, keys } = bundle;
  const nodeOf = (name: string): PickleNode =>
    entries.has(name) ? member(entries.get(name) as Member, name) : plainNode(graph, attrs.get(name));
  const names = namesOf(bundle);
  const values: NodeSequence = { length: names.length, at: (i) => nodeOf(names[i] as string) };
  if (bundle.kind !== "dict") return { kind: bundle.kind, items: values };
  const inPython = names.map((name) => (keys?.has(name) === true ? keys.get(name) : name));
  return { kind: "dict", keys: plainSequence(graph, inPython), values };
}

function namesOf(bundle: Container<unknown>): readonly string[] {
  const names = new Set([...bundle.entries.keys(), ...bundle.attrs.keys()]);
  if (bundle.kind === "dict") {
    const inOrder = [...(bundle.keys?.keys() ?? [])];
    return inOrder.length === names.size && inOrder.every((name) => names.has(name)) ? inOrder : [...names];
  }
  const indices = Array.from(names, (_, i) => String(i));
  const missing = indices.find((name) => !names.has(name));
  if (missing === undefined) return indices;
  throw new CapabilityError(
    "pickle",
    "names",
    `a ${bundle.kind} of ${names.size} items has no item ${missing}; its entries and attributes are named "0", "1", …`,
  );
}

function notPlain(value: unknown): CapabilityError {
  const name = typeof value === "object" ? (value as object).constructor?.name : typeof value;
  return new CapabilityError(
    "pickle",
    "values",
    `${quoteText(String(name), 40)} is no Python value the format can hold; use null, boolean, bigint (int), number (float), string, Uint8Array, arrays, Tuple, Map, Complex`,
  );
}
