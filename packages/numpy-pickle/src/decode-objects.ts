import {
  type DType,
  type Field,
  FormatError,
  fieldCount,
  hasObjects,
  isNdArray,
  NdArray,
  type Order,
  Tuple,
  withByteOrder,
  zeros,
} from "@masquerade/core";

interface Where {
  readonly format: string;
  readonly offset: number;
}

/**
 * An array in `order` whose elements the pickle holds one by one: always in C order (`_getlist_pkl`, numpy/core/src/multiarray/methods.c).
 * Throws FormatError when they are not of the dtype.
 */
export function objectArray(
  items: readonly unknown[],
  dtype: DType,
  shape: readonly number[],
  order: Order,
  where: Where,
): NdArray {
  const made = arrayOf(items, dtype, shape, where);
  return order === "F" ? made.copy("F") : made;
}

function arrayOf(items: readonly unknown[], dtype: DType, shape: readonly number[], where: Where): NdArray {
  if (dtype.kind === "object")
    return new NdArray<"object">({ dtype, shape, storage: items.slice() }) as unknown as NdArray;
  if (dtype.kind === "string") {
    const storage = items.map((item) => stringElement(item, dtype, where));
    return new NdArray<"string">({ dtype, shape, storage }) as unknown as NdArray;
  }
  if (dtype.kind !== "struct") throw bad(where, `a list of elements for a ${dtype.kind} array`);
  const storage = new Uint8Array(items.length * dtype.itemsize);
  const objects: unknown[] = [];
  items.forEach((item, i) => {
    fillRecord(storage.subarray(i * dtype.itemsize, (i + 1) * dtype.itemsize), item, dtype, objects, where);
  });
  return new NdArray<"struct">({ dtype, shape, storage, objects }) as unknown as NdArray;
}

function bad(where: Where, message: string, cause?: unknown): FormatError {
  return new FormatError("FORMAT_MALFORMED", where.format, message, { offset: where.offset, cause });
}

function stringElement(item: unknown, dtype: DType<"string">, where: Where): string | null {
  const missing = dtype.naObject;
  if (missing !== undefined && Object.is(item, missing.value)) return null;
  if (typeof item === "string") return item;
  throw bad(where, "an element of a StringDType array is no text");
}

/** Python's tuple of a record's fields, written into its bytes; depth is the dtype's. */
function fillRecord(record: Uint8Array, item: unknown, dtype: DType<"struct">, objects: unknown[], where: Where): void {
  if (!(item instanceof Tuple) || item.items.length !== dtype.fields.length)
    throw bad(where, `a record of ${dtype.fields.length} fields is no tuple of as many`);
  dtype.fields.forEach((field, i) => {
    const size = field.dtype.itemsize * fieldCount(field);
    const target = record.subarray(field.offset, field.offset + size);
    fillField(target, item.items[i], field, objects, where);
  });
}

function fillField(target: Uint8Array, value: unknown, field: Field, objects: unknown[], where: Where): void {
  const { dtype } = field;
  if (field.shape.length > 0) {
    fillSubArray(target, value, field, objects, where);
    return;
  }
  if (dtype.kind === "object") {
    if (value === null) return;
    objects.push(value);
    new DataView(target.buffer, target.byteOffset).setUint32(0, objects.length, true);
    return;
  }
  if (dtype.kind === "struct") {
    fillRecord(target, value, dtype, objects, where);
    return;
  }
  if (isNdArray(value)) {
    copyArray(target, value, dtype, where);
    return;
  }
  const one = zeros(dtype, []);
  try {
    one.set([], scalarFor(dtype, value, where) as never);
  } catch (e) {
    throw bad(where, `a field is no ${dtype.kind}`, e);
  }
  target.set(one.toBytes());
}

function scalarFor(dtype: DType, value: unknown, where: Where): unknown {
  if (dtype.kind === "str" ? typeof value !== "string" : typeof value === "string")
    throw bad(where, `a field is no ${dtype.kind}`);
  return value;
}

/** A sub-array of simple elements is an ndarray in the pickle. */
function fillSubArray(target: Uint8Array, value: unknown, field: Field, objects: unknown[], where: Where): void {
  if (!isNdArray(value) || value.shape.join() !== field.shape.join())
    throw bad(where, `a sub-array field is no array of shape (${field.shape.join(", ")})`);
  if (!hasObjects(field.dtype)) {
    copyArray(target, value, field.dtype, where);
    return;
  }
  if (field.dtype.kind !== "object" || value.dtype.kind !== "object")
    throw bad(where, "a sub-array of records with objects");
  const view = new DataView(target.buffer, target.byteOffset);
  (value as unknown as NdArray<"object">).toC().forEach((item, i) => {
    if (item === null) return;
    objects.push(item);
    view.setUint32(i * 8, objects.length, true);
  });
}

function copyArray(target: Uint8Array, value: NdArray, dtype: DType, where: Where): void {
  if (value.dtype.kind !== dtype.kind || value.dtype.itemsize !== dtype.itemsize || hasObjects(value.dtype))
    throw bad(where, `a field of ${dtype.kind} holds ${value.dtype.kind}`);
  const order = dtype.byteOrder === "big" ? "big" : "little";
  target.set(
    dtype.kind === "struct" ? value.toBytes() : value.with({ dtype: withByteOrder(value.dtype, order) }).toBytes(),
  );
}
