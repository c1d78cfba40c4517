import { type DType, dtypes, type Field, fieldCount, MaskedArray, maskDType, NdArray } from "@masquerade/core";

const MASK = ".mask";

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();

/**
 * An astropy table: records in which a bool field NAME.mask is the mask of the field NAME. The result has the other fields, each masked as
 * told, as `Table.as_array()` gives it; records without such fields stay as they are.
 */
export function maskedColumns(data: NdArray): NdArray | MaskedArray {
  const { dtype } = data;
  if (dtype.kind !== "struct") return data;
  const byName = new Map(dtype.fields.map((field) => [field.name, field]));
  const masks = new Map<string, Field>();
  for (const { name, shape } of dtype.fields) {
    const mask = byName.get(name + MASK);
    if (mask?.dtype.kind === "bool" && sameNumbers(mask.shape, shape)) masks.set(name, mask);
  }
  if (masks.size === 0) return data;
  const isMask = new Set([...masks.values()].map((field) => field.name));
  const kept = dtype.fields.filter((field) => !isMask.has(field.name));
  const packed = dtypes.struct(kept.map(({ name, dtype: inner, shape }) => ({ name, dtype: inner, shape })));
  const flagged = maskDType(packed as DType) as DType<"struct">;
  const records = new Uint8Array(data.size * packed.itemsize);
  const flags = new Uint8Array(data.size * flagged.itemsize);
  const from = data.toC() as Uint8Array;
  for (const [i, field] of kept.entries()) {
    const target = packed.fields[i] as Field;
    copyField(from, dtype.itemsize, field.offset, records, packed.itemsize, target.offset, widthOf(field), data.size);
    const mask = masks.get(field.name);
    const to = (flagged.fields[i] as Field).offset;
    if (mask !== undefined)
      copyField(from, dtype.itemsize, mask.offset, flags, flagged.itemsize, to, widthOf(mask), data.size);
  }
  const { shape } = data;
  return new MaskedArray({
    data: new NdArray({
      dtype: packed as DType,
      shape,
      storage: records,
      attrs: data.attrs,
      dims: data.dims,
    }) as NdArray,
    mask: new NdArray({ dtype: flagged, shape, storage: flags }),
  });
}

const widthOf = (field: Field): number => field.dtype.itemsize * fieldCount(field);

function copyField(
  from: Uint8Array,
  fromStep: number,
  fromAt: number,
  to: Uint8Array,
  toStep: number,
  toAt: number,
  width: number,
  count: number,
): void {
  for (let i = 0; i < count; i++)
    to.set(from.subarray(i * fromStep + fromAt, i * fromStep + fromAt + width), i * toStep + toAt);
}
