import {
  arrayFromBytes,
  type DType,
  FormatError,
  type NdArray,
  sizeOf,
  swapLanes,
  withByteOrder,
  zeros,
} from "@masquerade/core";
import type { H5Type } from "../type/h5type.ts";

type Order = "little" | "big" | "mixed" | "none";

/** The byte order of a type as H5Tget_order has it: of a compound, what its members agree on. */
function orderOf(type: H5Type): Order {
  if (type.class === "integer" || type.class === "float" || type.class === "bitfield")
    return type.bigEndian ? "big" : "little";
  if (type.class === "time") return type.bigEndian ? "big" : "little";
  if (type.class === "enum" || type.class === "array" || type.class === "complex") return orderOf(type.base);
  if (type.class !== "compound") return "none";
  let order: Order = "none";
  for (const member of type.members) {
    const one = orderOf(member.type);
    if (one === "none") continue;
    if (order !== "none" && order !== one) return "mixed";
    order = one;
  }
  return order;
}

/** A number within an element: where, and how many bytes are swapped. */
interface Lane {
  readonly at: number;
  readonly bytes: number;
}

function lanes(type: H5Type, at: number, out: Lane[]): Lane[] {
  if (type.class === "compound") for (const member of type.members) lanes(member.type, at + member.offset, out);
  else if (type.class === "array")
    for (let k = 0; k < type.size; k += Math.max(1, type.base.size)) lanes(type.base, at + k, out);
  else if (type.class === "complex")
    out.push({ at, bytes: type.base.size }, { at: at + type.base.size, bytes: type.base.size });
  else if (orderOf(type) !== "none" && type.size > 1) out.push({ at, bytes: type.size });
  return out;
}

/**
 * An array from what the library reads, in C order. It gives bytes as they lie in the file, but for types that are big-endian throughout:
 * those it turns little-endian.
 */
export function arrayOf(raw: Uint8Array, type: H5Type, dtype: DType, shape: readonly number[]): NdArray {
  const turned = orderOf(type) === "big";
  if (!turned) return arrayFromBytes(raw, dtype, shape) as NdArray;
  if (dtype.kind !== "struct")
    return (arrayFromBytes(raw, withByteOrder(dtype, "little"), shape) as NdArray).with({ dtype });
  const all = lanes(type, 0, []);
  for (let start = 0; start + type.size <= raw.length; start += type.size)
    for (const { at, bytes } of all) {
      const lane = raw.subarray(start + at, start + at + bytes);
      swapLanes(lane, bytes === lane.length ? bytes : 1, lane);
    }
  return arrayFromBytes(raw, dtype, shape) as NdArray;
}

/** Which elements have a bit set. */
export function nonzero(raw: Uint8Array, itemsize: number, shape: readonly number[]): NdArray<"bool"> {
  const out = zeros("bool", shape);
  const bits = out.storage;
  for (let i = 0, at = 0; i < bits.length; i++) for (let k = 0; k < itemsize; k++) if (raw[at++] !== 0) bits[i] = 1;
  return out;
}

/** Code points from UTF-8 elements of `size` bytes, NUL padded. Throws FormatError for what is no UTF-8 or too long for the dtype. */
export function textArray(raw: Uint8Array, size: number, dtype: DType<"str">, shape: readonly number[]): NdArray {
  const length = dtype.itemsize / 4;
  const out = zeros(dtype, shape) as NdArray<"str">;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let i = 0; i < sizeOf(shape); i++) {
    let end = (i + 1) * size;
    while (end > i * size && raw[end - 1] === 0) end--;
    let text: string;
    try {
      text = decoder.decode(raw.subarray(i * size, end));
    } catch (cause) {
      throw new FormatError("FORMAT_MALFORMED", "hdf5", `element ${i} of a text array is not UTF-8`, { cause });
    }
    let k = 0;
    for (const character of text) {
      if (k >= length)
        throw new FormatError("FORMAT_MALFORMED", "hdf5", `element ${i} of a text array is longer than its dtype`);
      out.storage[i * length + k++] = character.codePointAt(0) as number;
    }
  }
  return out as unknown as NdArray;
}
