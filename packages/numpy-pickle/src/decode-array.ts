import {
  arrayFromBytes,
  checkShape,
  type DType,
  FormatError,
  type Header,
  hasObjects,
  makeHeader,
  type NdArray,
  type Order,
  type Subclass,
} from "@masquerade/core";
import { type FinishContext, type MachineContext, malformed, PickleInstance } from "@masquerade/pickle";
import { integer, shapeOf, tupleItems } from "./decode-arguments.ts";
import { isDType, NumpyDType } from "./decode-dtype.ts";
import { objectArray } from "./decode-objects.ts";
import {
  type ArrayPayload,
  claim,
  type DeferredPayload,
  deferredOf,
  isArrayPayload,
  payloadBytes,
} from "./decode-payload.ts";

/** An array whose data were left in the file: what is known of it, and where they are. */
export class DeferredArray {
  readonly header: Header;
  readonly data: DeferredPayload;
  /** Axes by which the memory (C order, in a shape of its own) is transposed to give the array. */
  readonly axes: readonly number[] | undefined;

  constructor(header: Header, data: DeferredPayload, axes?: readonly number[]) {
    this.header = header;
    this.data = data;
    this.axes = axes;
  }
}

/** What all raw arrays of a pickle are made of. */
export interface RawArray {
  readonly shape: readonly number[];
  readonly order: Order;
  /** Bytes in `order`, or a list of the elements in C order. */
  readonly data: ArrayPayload | unknown[];
  /** Offset for errors. */
  readonly at: number;
}

/** Takes `(shape, dtype, is_fortran, data)`, the state of `ndarray.__setstate__`, apart. Throws FormatError. */
export function parseArrayState(
  items: readonly unknown[],
  context: MachineContext,
): RawArray & { readonly dtype: PickleInstance } {
  const [shape, dtype, fortran, data] = items;
  if (!isDType(dtype)) throw malformed(context, "the dtype of an array is no dtype");
  const order = integer(fortran, "the Fortran flag of an array", context) === 0 ? "C" : "F";
  return {
    shape: shapeOf(shape, "the shape of an array", context),
    dtype,
    order,
    data: arrayData(data, context),
    at: context.offset,
  };
}

/** The data of an array: bytes or a list. Throws FormatError. */
export function arrayData(data: unknown, context: MachineContext): ArrayPayload | unknown[] {
  if (Array.isArray(data)) return data;
  if (!isArrayPayload(data)) throw malformed(context, "the data of an array are neither bytes nor a list");
  claim(data);
  return data;
}

/** The array itself, or where it is. Throws FormatError when the bytes are not exactly what shape and dtype need. */
export function finishArray(raw: RawArray, dtype: unknown, context: FinishContext): NdArray | DeferredArray {
  const where = { format: context.format, offset: raw.at };
  const bad = (message: string): FormatError => new FormatError("FORMAT_MALFORMED", context.format, message, where);
  if (!(dtype instanceof NumpyDType)) throw bad("an array without a dtype");
  if (dtype.shape.length > 0) throw bad("an array of sub-arrays, which NumPy folds into the shape");
  const type: DType = dtype.dtype;
  const size = checkShape(raw.shape, type.itemsize, context.limits, where);
  if (Array.isArray(raw.data)) {
    if (!hasObjects(type)) throw bad(`the data of a ${type.kind} array are a list`);
    if (raw.data.length !== size) throw bad(`an array of ${size} elements has a list of ${raw.data.length}`);
    context.charge(size * 8, raw.at);
    return objectArray(raw.data, type, raw.shape, raw.order, where);
  }
  if (hasObjects(type)) throw bad("the data of an object array are bytes, which would be addresses");
  const need = size * type.itemsize;
  if (!Number.isSafeInteger(need)) throw bad("an array too large to be counted");
  const deferred = deferredOf(raw.data);
  if (deferred === undefined)
    return arrayFromBytes(payloadBytes(raw.data, need, raw.at, context), type, raw.shape, raw.order);
  const { length } = deferred.at;
  if (deferred.encoding === "raw" ? length !== need : length < need)
    throw bad(`an array needs ${need} bytes, the file has ${length}`);
  return new DeferredArray(makeHeader({ dtype: type, shape: raw.shape, order: raw.order }), deferred);
}

/** `_reconstruct(class, (0,), b"b")`, waiting for its state. */
export class ArrayInstance extends PickleInstance {
  /** The dtype, and the elements of an object array. */
  readonly parts: unknown[] = [];
  private readonly subclass: Subclass | undefined;
  private readonly at: number;
  private raw: RawArray | undefined = undefined;

  constructor(subclass: Subclass | undefined, at: number) {
    super();
    this.subclass = subclass;
    this.at = at;
  }

  /** `(version, shape, dtype, is_fortran, data)`; NumPy's oldest wrote no version. */
  override build(state: unknown, context: MachineContext): void {
    const items = tupleItems(state, [4, 5], "the state of an array", context);
    if (items.length === 5) {
      const version = integer(items[0], "the version of an array", context);
      if (version < 0 || version > 1) throw malformed(context, `version ${version} of an array's state`);
    }
    const parsed = parseArrayState(items.slice(-4), context);
    this.raw = parsed;
    this.parts.length = 0;
    this.parts.push(parsed.dtype, Array.isArray(parsed.data) ? parsed.data : null);
  }

  finish(context: FinishContext): NdArray | DeferredArray {
    if (this.raw === undefined)
      throw new FormatError("FORMAT_MALFORMED", context.format, "an array without a state", { offset: this.at });
    return withSubclass(finishArray(this.raw, this.parts[0], context), this.subclass);
  }
}

/** The same array of a NumPy subclass. */
export function withSubclass(array: NdArray | DeferredArray, subclass: Subclass | undefined): NdArray | DeferredArray {
  if (subclass === undefined) return array;
  if (array instanceof DeferredArray) return new DeferredArray({ ...array.header, subclass }, array.data, array.axes);
  return array.with({ subclass });
}

/** `_frombuffer(buffer, dtype, shape, order[, axes])`: arrays of protocol 5. */
export class BufferArrayInstance extends PickleInstance {
  readonly parts: unknown[];
  private readonly raw: RawArray;
  private readonly axes: readonly number[] | undefined;

  constructor(raw: RawArray, dtype: PickleInstance, axes: readonly number[] | undefined) {
    super();
    this.raw = raw;
    this.parts = [dtype];
    this.axes = axes;
  }

  finish(context: FinishContext): NdArray | DeferredArray {
    const array = finishArray(this.raw, this.parts[0], context);
    if (this.axes === undefined) return array;
    if (!(array instanceof DeferredArray)) return array.transpose(this.axes);
    // The memory's own shape is what is in the file.
    return new DeferredArray(
      { ...array.header, shape: this.axes.map((a) => this.raw.shape[a] as number) },
      array.data,
      this.axes,
    );
  }
}
