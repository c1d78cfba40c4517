import {
  type AnyArray,
  type ByteSource,
  broadcastTo,
  CapabilityError,
  contiguousStrides,
  type Header,
  hasObjects,
  isMaskedArray,
  type LazyArray,
  type NdArray,
  normalizeSelection,
  OptionError,
  type Selection,
  type SelectionInput,
  sameDType,
  sameShape,
  withByteOrder,
  zeros,
} from "@masquerade/core";
import { FORMAT } from "./forms.ts";
import type { StoredArray, StoredPlane } from "./stored.ts";

/** New elements of a plane (C order), and which of it they take the place of. */
export interface Overwriting {
  readonly plane: StoredPlane;
  readonly selection: Selection;
  readonly bytes: Uint8Array;
}

/**
 * What overwriting a part of a stored array writes. `value` is broadcast and has the array's dtype (byte order aside); a plain value unmasks
 * what it overwrites in a masked array, as in NumPy. Throws OptionError (DTYPE_MISMATCH, SHAPE_MISMATCH, INDEX_INVALID), CapabilityError.
 */
export function overwriting(stored: StoredArray, selection: SelectionInput, value: AnyArray): readonly Overwriting[] {
  const { data, mask } = stored;
  const chosen = normalizeSelection(selection, data.shape);
  const values = planeBytes(data, isMaskedArray(value) ? value.data : value, chosen.shape);
  const hidden = maskBytes(stored, value, chosen.shape);
  const planes: Overwriting[] = [{ plane: data, selection: chosen, bytes: values }];
  if (hidden !== undefined) planes.push({ plane: mask as StoredPlane, selection: chosen, bytes: hidden });
  return planes;
}

function maskBytes({ mask }: StoredArray, value: AnyArray, shape: readonly number[]): Uint8Array | undefined {
  const hidden = isMaskedArray(value) ? (value.maskArray() as NdArray) : undefined;
  if (mask === undefined || mask === "nomask") {
    if (mask === undefined && hidden !== undefined)
      throw new OptionError("DTYPE_MISMATCH", "the array is plain: write the data of the masked one, or set() the key");
    if (hidden?.toBytes().some((byte) => byte !== 0))
      throw new CapabilityError(FORMAT, "mask", "the array was written without room for a mask: set() the key anew");
    return undefined;
  }
  return planeBytes(mask, hidden ?? (zeros("bool", []) as NdArray), shape);
}

/** The bytes of `value` as the plane has them, in C order, broadcast to `shape`. */
function planeBytes(plane: StoredPlane, value: NdArray, shape: readonly number[]): Uint8Array {
  const { dtype } = plane;
  const same = sameDType(withByteOrder(value.dtype, "little"), withByteOrder(dtype, "little"));
  if (!same || hasObjects(value.dtype))
    throw new OptionError(
      "DTYPE_MISMATCH",
      `the array holds ${dtype.kind} of ${dtype.itemsize} bytes, the value ${value.dtype.kind} of ${value.dtype.itemsize}; convert it with astype()`,
    );
  const whole = sameShape(value.shape, shape) ? value : broadcastTo(value, shape);
  return whole.with({ dtype, dims: undefined }).toBytes("C");
}

/** Elements that lie together: where in the file, and where among the new ones. */
export interface Run {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Only the bytes of the elements themselves, run by run: what lies between is left to others. */
export function* runsOf({ plane, selection, bytes }: Overwriting): Generator<Run> {
  if (bytes.length === 0) return;
  const { at, shape, dtype } = plane;
  const { ranges } = selection;
  const strides = contiguousStrides(shape, "C");
  // Axes from `inner` on lie together, but for the steps of `inner` itself.
  let inner = ranges.length - 1;
  while (inner > 0 && ranges[inner]?.count === shape[inner] && ranges[inner]?.step === 1) inner--;
  const range = ranges[inner] ?? { start: 0, step: 1, count: 1 };
  const block = (strides[inner] ?? 1) * dtype.itemsize;
  const together = range.step === 1 ? range.count : 1;
  const outer = ranges.slice(0, Math.max(inner, 0));
  const index = outer.map(() => 0);
  let done = 0;
  for (;;) {
    let row = at + range.start * block;
    for (const [axis, r] of outer.entries())
      row += (r.start + (index[axis] as number) * r.step) * (strides[axis] as number) * dtype.itemsize;
    for (let i = 0; i < range.count; i += together) {
      const length = together * block;
      yield { offset: row + i * range.step * block, bytes: bytes.subarray(done, done + length) };
      done += length;
    }
    let axis = outer.length - 1;
    while (axis >= 0 && (index[axis] = (index[axis] as number) + 1) === outer[axis]?.count) index[axis--] = 0;
    if (axis < 0) return;
  }
}

/** An array of an open file that can be written: elements are overwritten where they lie. */
export function writable(lazy: LazyArray, stored: StoredArray, source: ByteSource): LazyArray {
  const { write } = source;
  if (write === undefined) return lazy;
  const header: Header = lazy.header;
  return {
    ...lazy,
    header,
    async write(selection, value) {
      for (const plane of overwriting(stored, selection, value))
        for (const { offset, bytes } of runsOf(plane)) await write.call(source, offset, bytes);
    },
  };
}
