import { needsSwap, swapUnit } from "../array/byte-order.ts";
import { arrayFromBytes } from "../array/bytes.ts";
import { elementStarts } from "../array/element.ts";
import { gather } from "../array/gather.ts";
import { NdArray } from "../array/ndarray.ts";
import { swapLanes } from "../array/swap.ts";
import { type DType, type Field, fieldCount } from "../dtype/dtype.ts";
import { OptionError, quoteText } from "../errors.ts";

/** A structured dtype's field. Throws OptionError INDEX_INVALID for a name it has not, DTYPE_MISMATCH for other dtypes. */
export function fieldNamed(dtype: DType, name: string): Field {
  if (dtype.kind !== "struct") throw new OptionError("DTYPE_MISMATCH", `${dtype.kind} arrays have no fields`);
  const found = dtype.fields.find((f) => f.name === name);
  if (found === undefined) {
    const known = dtype.fields.slice(0, 8).map((f) => quoteText(f.name, 40));
    throw new OptionError("INDEX_INVALID", `no field "${quoteText(name)}"; the fields are ${known.join(", ")}`);
  }
  return found;
}

/** One field of every record as an array of the records' shape plus the field's own: a copy, since record bytes need not be aligned. */
export function fieldOf(array: NdArray, name: string): NdArray {
  const field = fieldNamed(array.dtype, name);
  const records = gather(array, "C") as Uint8Array;
  const width = field.dtype.itemsize * fieldCount(field);
  const record = array.dtype.itemsize;
  const out = new Uint8Array(array.size * width);
  for (let i = 0; i < array.size; i++) {
    const at = i * record + field.offset;
    out.set(records.subarray(at, at + width), i * width);
  }
  const shape = [...array.shape, ...field.shape];
  const dims = field.shape.length === 0 ? array.dims : undefined;
  if (field.dtype.kind === "object" || field.dtype.kind === "string") {
    const view = new DataView(out.buffer);
    const storage: unknown[] = [];
    for (let at = 0; at < out.length; at += field.dtype.itemsize) {
      const id = view.getUint32(at, true);
      storage.push(id === 0 ? null : (array.objects?.[id - 1] ?? null));
    }
    return new NdArray<"object">({ dtype: field.dtype as DType<"object">, shape, storage, dims }) as unknown as NdArray;
  }
  if (field.dtype.kind === "struct")
    return new NdArray({ dtype: field.dtype, shape, storage: out, dims, objects: array.objects }) as unknown as NdArray;
  return arrayFromBytes(out, field.dtype, shape).with({ dims });
}

/**
 * Stores an array of the field's dtype (and of the records' shape plus the field's) into one field of every record.
 * Throws OptionError DTYPE_MISMATCH for object fields.
 */
export function storeField(array: NdArray, name: string, values: NdArray): void {
  const field = fieldNamed(array.dtype, name);
  if (field.dtype.kind === "object" || field.dtype.kind === "string")
    throw new OptionError("DTYPE_MISMATCH", "object fields of records cannot be assigned in place");
  const width = field.dtype.itemsize * fieldCount(field);
  const lanes = gather(values, "C") as Uint8Array;
  let raw = new Uint8Array(lanes.buffer, lanes.byteOffset, lanes.byteLength);
  if (needsSwap(field.dtype)) raw = swapLanes(raw, swapUnit(field.dtype), new Uint8Array(raw.length));
  const records = array.storage as Uint8Array;
  const starts = elementStarts(array);
  for (let i = 0; i < starts.length; i++)
    records.set(raw.subarray(i * width, (i + 1) * width), (starts[i] as number) * array.dtype.itemsize + field.offset);
}
