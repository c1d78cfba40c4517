import { type DType, fieldCount, hasObjects, hostIsLittleEndian, isContiguous, type NdArray } from "@masquerade/core";

/**
 * Whether NumPy gives arrays of this dtype out as a buffer, which protocol 5 needs (numpy/core/src/multiarray/buffer.c,
 * _buffer_format_string): not datetimes, objects, elements of no bytes, longdouble in foreign byte order, nor records whose
 * fields overlap or stand out of order, or whose names hold a colon or no valid Unicode.
 */
export function exportsBuffer(dtype: DType): boolean {
  return dtype.itemsize > 0 && !hasObjects(dtype) && describes(dtype);
}

function describes(dtype: DType): boolean {
  switch (dtype.kind) {
    case "datetime64":
    case "timedelta64":
      return false;
    case "longdouble":
    case "clongdouble":
      return (dtype.byteOrder === "little") === hostIsLittleEndian;
    case "struct": {
      let end = 0;
      for (const field of dtype.fields) {
        if (field.offset < end || !NAME.test(field.name) || !describes(field.dtype)) return false;
        end = field.offset + field.dtype.itemsize * fieldCount(field);
      }
      return true;
    }
    default:
      return true;
  }
}

const NAME = /^[^:\ud800-\udfff]*$/u;

/** How an array that is a permutation of contiguous memory lies there. */
export interface Permutation {
  /** Shape of the memory, in C order. */
  readonly shape: readonly number[];
  /** The array is the memory transposed by these axes. */
  readonly axes: readonly number[];
  /** The memory as an array: C-contiguous. */
  readonly memory: NdArray;
}

/** The permutation, for arrays that are neither C- nor F-contiguous but have no gaps (NumPy 2.4 writes these as they lie). */
export function permutationOf(array: NdArray): Permutation | undefined {
  if (array.contiguous || array.size === 0) return undefined;
  const { strides } = array;
  // NumPy sorts axes by stride, largest first, and leaves equal ones in their order.
  const order = strides
    .map((_, axis) => axis)
    .sort((a, b) => Math.abs(strides[b] as number) - Math.abs(strides[a] as number));
  const shape = order.map((axis) => array.shape[axis] as number);
  const sorted = order.map((axis) => strides[axis] as number);
  if (!isContiguous(shape, sorted, "C")) return undefined;
  const axes = new Array<number>(order.length);
  for (const [place, axis] of order.entries()) axes[axis] = place;
  return { shape, axes, memory: array.with({ shape, strides: sorted, dims: undefined }) };
}
