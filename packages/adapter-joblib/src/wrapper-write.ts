import {
  type ArrayPlan,
  type ArrayWrapper,
  dictNode,
  type NumpyGraph,
  type NumpyName,
  type NumpyTarget,
  numpyPickleGraph,
  shapeNode,
} from "@masquerade/numpy-pickle";
import { encodePickle, type Payload, type PickleNode, payloadOf, type ReduceNode, tuple } from "@masquerade/pickle";

/** NUMPY_ARRAY_ALIGNMENT_BYTES of joblib: enough for every dtype. */
const ALIGNMENT = 16;

/** `NumpyPickler.save` of joblib: in place of each ndarray, matrix or memmap its wrapper, and right behind it the data. */
export const joblibWrapper: ArrayWrapper = {
  classes: /* @__PURE__ */ new Set<NumpyName>(["ndarray", "matrix", "memmap"]),
  node: (graph, name, plan, dtype): ReduceNode => ({
    kind: "reduce",
    callable: graph.global("joblib.numpy_pickle", "NumpyArrayWrapper"),
    args: tuple(),
    newobj: true,
    state: stateNode(graph, name, plan, dtype),
    after: (position) => payloads(graph.numpy, plan, position),
  }),
};

/** joblib allows memory mapping in compressed files too, where it cannot be done and is ignored. */
function stateNode(graph: NumpyGraph, name: NumpyName, plan: ArrayPlan, dtype: PickleNode): PickleNode {
  return dictNode([
    [graph.text("subclass"), graph.numpyName(name)],
    [graph.text("shape"), shapeNode(plan.shape)],
    [graph.text("order"), graph.text(plan.order)],
    [graph.text("dtype"), dtype],
    [graph.text("allow_mmap"), plan.data.kind === "bytes"],
    [graph.text("numpy_array_alignment_bytes"), BigInt(ALIGNMENT)],
  ]);
}

/** `NumpyArrayWrapper.write_array`: padding so that the data are aligned, and the data; or a pickle of its own for objects. */
function payloads(numpy: NumpyTarget, plan: ArrayPlan, position: number): readonly Payload[] {
  const { data, array } = plan;
  if (data.kind === "list") {
    // joblib 1.2 writes protocol 2, which any reader knows; 1.6 writes 5.
    const protocol = numpy === 2 ? 5 : 2;
    return array === undefined
      ? []
      : [payloadOf(encodePickle(numpyPickleGraph(array, { protocol, numpy }), { protocol }))];
  }
  const length = ALIGNMENT - ((position + 1) % ALIGNMENT);
  const padding = new Uint8Array(length + 1).fill(0xff);
  padding[0] = length;
  return [payloadOf(padding), data.payload];
}
