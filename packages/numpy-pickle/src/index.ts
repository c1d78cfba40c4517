export { numpyPickleGraph } from "./encode.ts";
export type { NumpyPickleOptions, NumpyTarget } from "./encode-graph.ts";
