import { CapabilityError, type NdArray } from "@masquerade/core";
import type { H5Type } from "../type/h5type.ts";

/** All elements in C order as the type has them: views of the array's own memory where possible. Throws CapabilityError for text that is not UTF-8's. */
export function elementBytes(array: NdArray, type: H5Type): Uint8Array {
  if (array.dtype.kind === "str" && type.class === "string") return utf8(array.toC() as Uint32Array, array, type.size);
  // Strings and bytes of no length: HDF5's have one at least.
  if (array.dtype.itemsize === 0) return new Uint8Array(array.size * type.size);
  return array.toBytes("C");
}

/** Code points as UTF-8, four bytes each at most, NUL padded. */
function utf8(points: Uint32Array, array: NdArray, size: number): Uint8Array {
  const out = new Uint8Array(array.size * size);
  const length = array.dtype.itemsize / 4;
  for (let i = 0; i < array.size; i++) {
    let to = i * size;
    for (let k = 0; k < length; k++) {
      const point = points[i * length + k] as number;
      if (point < 0x80) out[to++] = point;
      else if (point < 0x800) {
        out[to++] = 0xc0 | (point >> 6);
        out[to++] = 0x80 | (point & 63);
      } else if (point >= 0xd800 && point < 0xe000) throw unfit(point, i);
      else if (point < 0x1_0000) {
        out[to++] = 0xe0 | (point >> 12);
        out[to++] = 0x80 | ((point >> 6) & 63);
        out[to++] = 0x80 | (point & 63);
      } else if (point < 0x11_0000) {
        out[to++] = 0xf0 | (point >> 18);
        out[to++] = 0x80 | ((point >> 12) & 63);
        out[to++] = 0x80 | ((point >> 6) & 63);
        out[to++] = 0x80 | (point & 63);
      } else throw unfit(point, i);
    }
  }
  return out;
}

function unfit(point: number, element: number): CapabilityError {
  return new CapabilityError(
    "hdf5",
    "values",
    `element ${element} has the code point ${point.toString(16)}, which UTF-8 does not know; save the array as NPY or pickle`,
  );
}
