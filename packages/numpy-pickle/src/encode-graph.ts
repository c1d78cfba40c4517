import {
  type GlobalNode,
  global,
  latin1Text,
  type PickleNode,
  type PickleProtocol,
  type TextNode,
} from "@masquerade/pickle";
import type { ArrayPlan } from "./encode-array.ts";

/**
 * Whose names and forms are written: NumPy 1.x's, NumPy 2.x's, or "portable": such as both load without a warning. Portable
 * is what NumPy 1.x writes, but for protocol 5, where arrays are written as in protocol 4 (NumPy 2 warns about 1.x's
 * `numpy.core.numeric`, and 1.x does not know 2.x's name).
 */
export type NumpyTarget = 1 | 2 | "portable";

export interface NumpyPickleOptions {
  readonly protocol: PickleProtocol;
  readonly numpy: NumpyTarget;
  /** For formats that keep the data of arrays beside the pickle. */
  readonly wrapper?: ArrayWrapper | undefined;
}

/** What stands in a pickle for an array whose data are beside it. Never shared: each place has a wrapper, and data, of its own. */
export interface ArrayWrapper {
  /** The NumPy classes whose arrays are wrapped; all others, masked arrays too, are pickled as NumPy does. */
  readonly classes: ReadonlySet<NumpyName>;
  node(graph: NumpyGraph, name: NumpyName, plan: ArrayPlan, dtype: PickleNode): PickleNode;
}

/** Modules in which NumPy 1.26 and 2.4 keep what pickles name: [1.x, 2.x]. */
const MODULES = {
  _reconstruct: ["numpy.core.multiarray", "numpy._core.multiarray"],
  scalar: ["numpy.core.multiarray", "numpy._core.multiarray"],
  _frombuffer: ["numpy.core.numeric", "numpy._core.numeric"],
  ndarray: ["numpy", "numpy"],
  dtype: ["numpy", "numpy"],
  matrix: ["numpy", "numpy"],
  memmap: ["numpy", "numpy"],
  record: ["numpy", "numpy"],
  recarray: ["numpy", "numpy.rec"],
  chararray: ["numpy", "numpy.char"],
  MaskedArray: ["numpy.ma.core", "numpy.ma"],
  _mareconstruct: ["numpy.ma.core", "numpy.ma.core"],
  mvoid: ["numpy.ma.core", "numpy.ma.core"],
  MaskedConstant: ["numpy.ma.core", "numpy.ma.core"],
  MaskedRecords: ["numpy.ma.mrecords", "numpy.ma.mrecords"],
  _mrreconstruct: ["numpy.ma.mrecords", "numpy.ma.mrecords"],
  _convert_to_stringdtype_kwargs: ["numpy._core._internal", "numpy._core._internal"],
} as const;

export type NumpyName = keyof typeof MODULES;

/**
 * What one pickle shares: Python objects that are one in NumPy become one node. Strings that stand in Python's source
 * (module names, field names, keys, literals) are one object wherever they are equal.
 */
export class NumpyGraph {
  readonly protocol: PickleProtocol;
  readonly numpy: NumpyTarget;
  readonly wrapper: ArrayWrapper | undefined;
  readonly #globals: Map<string, GlobalNode> = new Map();
  readonly #texts: Map<string, TextNode> = new Map([[latin1Text.text, latin1Text]]);
  /** Nodes by the JavaScript object they stand for. */
  readonly #nodes: Map<object, PickleNode> = new Map();
  readonly #singletons: Map<string, PickleNode> = new Map();

  constructor(options: NumpyPickleOptions) {
    this.protocol = options.protocol;
    this.numpy = options.numpy;
    this.wrapper = options.wrapper;
  }

  /** Whether the names and forms are those of NumPy 2. */
  get modern(): boolean {
    return this.numpy === 2;
  }

  /** A class or function of NumPy. */
  numpyName(name: NumpyName): GlobalNode {
    return this.global(MODULES[name][this.modern ? 1 : 0], name);
  }

  global(module: string, name: string): GlobalNode {
    const key = `${module}\n${name}`;
    const known = this.#globals.get(key);
    if (known !== undefined) return known;
    const made = global(this.text(module), name);
    this.#globals.set(key, made);
    return made;
  }

  /** A shared str. */
  text(value: string): TextNode {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    const made: TextNode = { kind: "text", text: value };
    this.#texts.set(value, made);
    return made;
  }

  /** The node of an object: made once, the same ever after. */
  once(object: object, make: () => PickleNode): PickleNode {
    const known = this.#nodes.get(object);
    if (known !== undefined) return known;
    const made = make();
    this.#nodes.set(object, made);
    return made;
  }

  /** As {@link once}, for what Python has one of by name. */
  singleton(name: string, make: () => PickleNode): PickleNode {
    const known = this.#singletons.get(name);
    if (known !== undefined) return known;
    const made = make();
    this.#singletons.set(name, made);
    return made;
  }
}
