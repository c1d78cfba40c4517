import {
  checkShape,
  FormatError,
  hasObjects,
  isNdArray,
  type NdArray,
  type Order,
  type Subclass,
} from "@masquerade/core";
import {
  type Allow,
  arrayClassOf,
  assembleGlobals,
  type DeferredArray,
  finishArray,
  integer,
  isDType,
  numpyGlobals,
  shapeOf,
  textOf,
  withSubclass,
} from "@masquerade/numpy-pickle";
import {
  DeferredBytes,
  type EmulatorTable,
  type FinishContext,
  finishValue,
  globalKey,
  type MachineContext,
  malformed,
  PickleInstance,
  PickleMachine,
} from "@masquerade/pickle";

/** What joblib's wrapper says of its array; all but the last since joblib 0.10, the last since 1.2. */
const ATTRIBUTES: ReadonlySet<unknown> = new Set([
  "subclass",
  "shape",
  "order",
  "dtype",
  "allow_mmap",
  "numpy_array_alignment_bytes",
]);

/** Thrown when the file is read by a window and something needs all of it: the pickle of an object array has no known length. */
export class NeedWhole extends Error {}

/** Every name a joblib file may use: NumPy's, Python's few, joblib's wrapper, and the caller's own. */
export function joblibGlobals(allow?: Allow): EmulatorTable {
  const inner = assembleGlobals([numpyGlobals], allow);
  return withWrapper(inner, inner);
}

/** `table` and joblib's wrapper; the pickles of object arrays may use the names of `inner`. */
export function withWrapper(table: EmulatorTable, inner: EmulatorTable): EmulatorTable {
  const sizes: Sizes = new WeakMap();
  const create = (args: readonly unknown[], context: MachineContext): WrapperInstance =>
    makeWrapper(args, inner, sizes, context);
  return new Map([...table, [globalKey("joblib.numpy_pickle", "NumpyArrayWrapper"), { create }]]);
}

/** dtypes that have been looked at: many arrays share one. */
type Sizes = WeakMap<object, { readonly itemsize: number; readonly objects: boolean }>;

function makeWrapper(
  args: readonly unknown[],
  inner: EmulatorTable,
  sizes: Sizes,
  context: MachineContext,
): WrapperInstance {
  if (args.length !== 0) throw malformed(context, "NumpyArrayWrapper is made with arguments");
  return new WrapperInstance(inner, sizes, context.offset);
}

interface Wrapped {
  readonly subclass: Subclass | undefined;
  readonly shape: readonly number[];
  readonly order: Order;
  /** The raw data; undefined where the array is a pickle of its own. */
  readonly data: Uint8Array | DeferredBytes | undefined;
  readonly at: number;
}

/**
 * joblib's `NumpyArrayWrapper`: once its state has been built, the data of the array stand right behind the opcode, outside the pickle
 * (joblib/numpy_pickle.py, `write_array`): padding and the raw bytes, or a whole pickle for arrays of objects.
 */
class WrapperInstance extends PickleInstance {
  /** The dtype, and the array of a nested pickle. */
  readonly parts: unknown[] = [];
  private readonly inner: EmulatorTable;
  private readonly sizes: Sizes;
  private readonly made: number;
  private wrapped: Wrapped | undefined = undefined;

  constructor(inner: EmulatorTable, sizes: Sizes, made: number) {
    super();
    this.inner = inner;
    this.sizes = sizes;
    this.made = made;
  }

  override build(state: unknown, context: MachineContext): void {
    if (this.wrapped !== undefined) throw malformed(context, "a wrapper is given a second state");
    if (!(state instanceof Map)) throw malformed(context, "the state of a wrapper is no dict");
    for (const key of state.keys())
      if (!ATTRIBUTES.has(key)) throw malformed(context, "a wrapper has an attribute that joblib does not give it");
    const dtype = state.get("dtype");
    if (!isDType(dtype)) throw malformed(context, "the dtype of an array is no dtype");
    const order = textOf(state.get("order"), "the order of an array", context);
    if (order !== "C" && order !== "F") throw malformed(context, 'the order of an array is neither "C" nor "F"');
    const shape = shapeOf(state.get("shape"), "the shape of an array", context);
    const subclass = arrayClassOf(state.get("subclass"), context);
    const { itemsize, objects } = this.look(dtype, context);
    const size = checkShape(shape, itemsize, context.limits, context);
    const at = context.offset;
    let data: Wrapped["data"];
    let nested: unknown = null;
    if (objects) nested = this.nested(context);
    else {
      skipPadding(state.get("numpy_array_alignment_bytes"), context);
      data = context.reader.payload(size * itemsize);
      if (data instanceof DeferredBytes) data.claimed = true;
    }
    this.parts.push(dtype, nested);
    this.wrapped = { subclass, shape, order, data, at };
  }

  /** What the length of the data hangs on. The dtype is complete by now: its array's data follow. */
  private look(dtype: object, context: MachineContext): { readonly itemsize: number; readonly objects: boolean } {
    const known = this.sizes.get(dtype);
    if (known !== undefined) return known;
    const finished = finishValue(dtype, context.limits, { format: context.format });
    if (!isNdArray(finished) || finished.shape.length !== 1)
      throw malformed(context, "an array of sub-arrays, which NumPy folds into the shape");
    const found = { itemsize: finished.dtype.itemsize, objects: hasObjects(finished.dtype) };
    this.sizes.set(dtype, found);
    return found;
  }

  /** The pickle of an object array, by NumPy's own names: joblib's wrapper has no place in it. */
  private nested(context: MachineContext): unknown {
    const { reader, limits } = context;
    if (reader.deferAbove !== Number.POSITIVE_INFINITY) throw new NeedWhole("an array of objects");
    return new PickleMachine(reader, { globals: this.inner, limits }).run();
  }

  finish(context: FinishContext): NdArray | DeferredArray {
    const { wrapped } = this;
    const bad = (message: string): FormatError =>
      new FormatError("FORMAT_MALFORMED", context.format, message, { offset: wrapped?.at ?? this.made });
    if (wrapped === undefined) throw bad("a wrapper without a state");
    const { data, shape, subclass } = wrapped;
    const [dtype, nested] = this.parts;
    if (data !== undefined) return withSubclass(finishArray({ ...wrapped, data }, dtype, context), subclass);
    if (!isNdArray(nested) || !hasObjects(nested.dtype))
      throw bad("the pickle of an array of objects holds something else");
    if (nested.shape.length !== shape.length || nested.shape.some((n, axis) => n !== shape[axis]))
      throw bad("the pickle of an array of objects has another shape than its wrapper");
    return nested;
  }
}

/** One byte n, then n bytes 0xff: since joblib 1.2, so that the data of a file are aligned. */
function skipPadding(alignment: unknown, context: MachineContext): void {
  if (alignment === undefined || alignment === null) return;
  const most = integer(alignment, "the alignment of an array", context);
  const { reader } = context;
  const length = reader.u8();
  if (length > most) throw malformed(context, `padding of ${length} bytes for an alignment of ${most}`);
  for (const byte of reader.take(length))
    if (byte !== 0xff) throw malformed(context, "the padding before an array's data is not 0xff");
}
