import {
  type AnyArray,
  Bundle,
  type DType,
  dtypes,
  type Field,
  type FullMask,
  hasObjects,
  isBundle,
  isMaskedArray,
  MaskedArray,
  type NdArray,
  nomask,
  withByteOrder,
  zeros,
} from "@masquerade/core";

type Value = AnyArray | Bundle;

/** Values that are a little simpler, the most drastic first. Each may or may not still show the fault. */
export function* simpler(value: Value): Generator<Value> {
  if (isBundle(value)) {
    yield* simplerBundles(value);
    return;
  }
  yield* simplerShapes(value);
  yield* simplerMasks(value);
  yield* onData(value, simplerTraits);
  yield* simplerFields(value);
  yield* onData(value, simplerElements);
}

function* simplerBundles(bundle: Bundle): Generator<Bundle> {
  const entries = [...bundle.entries];
  const kept = { kind: bundle.kind, attrs: bundle.attrs, keys: bundle.keys };
  for (const [name] of entries)
    if (entries.length > 1) yield new Bundle({ ...kept, entries: entries.filter(([other]) => other !== name) });
  if (bundle.attrs.size > 0) yield new Bundle({ ...kept, attrs: new Map(), entries });
  for (const [name, member] of entries)
    for (const less of simpler(member))
      yield new Bundle({ ...kept, entries: entries.map(([n, m]) => [n, n === name ? less : m] as const) });
}

/** Drops axes and halves lengths. */
function* simplerShapes(array: AnyArray): Generator<AnyArray> {
  const whole = array.shape.map(() => ({}) as { start?: number; stop?: number });
  const part = (axis: number, item: number | { start?: number; stop?: number }): AnyArray =>
    array.slice(whole.map((all, i) => (i === axis ? item : all))).copy(array.order);
  for (let axis = 0; axis < array.shape.length; axis++) {
    const n = array.shape[axis] as number;
    if (n > 0) for (const at of new Set([0, n - 1])) yield part(axis, at);
    if (n === 0 && array.shape.length > 1) yield array.reshape([0]).copy();
  }
  for (let axis = 0; axis < array.shape.length; axis++) {
    const n = array.shape[axis] as number;
    if (n < 2) continue;
    const half = n >> 1;
    yield part(axis, { start: 0, stop: half });
    yield part(axis, { start: half, stop: n });
    yield part(axis, { start: 1, stop: n });
    yield part(axis, { start: 0, stop: n - 1 });
  }
}

function* simplerMasks(array: AnyArray): Generator<AnyArray> {
  if (!isMaskedArray(array)) return;
  yield array.data;
  if (array.fillValue !== undefined) yield array.with({ fillValue: undefined });
  if (array.hardMask) yield array.with({ hardMask: false });
  if (array.subclass !== undefined) yield array.with({ subclass: undefined });
  if (array.mask === nomask) return;
  yield array.with({ mask: nomask });
  const raw = array.mask.toBytes(array.order);
  for (let i = 0; i < raw.length; i++) {
    if (raw[i] === 0) continue;
    const less = raw.slice();
    less[i] = 0;
    const mask = array.mask.with({ storage: less as never, offset: 0, shape: array.shape, order: array.order });
    yield array.with({ mask: mask as never });
  }
}

function* onData(array: AnyArray, change: (data: NdArray) => Generator<NdArray>): Generator<AnyArray> {
  if (!isMaskedArray(array)) yield* change(array);
  else for (const data of change(array.data)) yield array.with({ data });
}

function* simplerTraits(data: NdArray): Generator<NdArray> {
  if (data.attrs.size > 0) yield data.with({ attrs: new Map() });
  if (data.dims !== undefined) yield data.with({ dims: undefined });
  if (data.subclass !== undefined) yield data.with({ subclass: undefined });
  if (data.order === "F") yield data.copy("C");
  if (data.dtype.byteOrder === "big" && data.dtype.kind !== "struct")
    yield data.with({ dtype: withByteOrder(data.dtype, "little") });
}

/** One field of a record less. */
function* simplerFields(array: AnyArray): Generator<AnyArray> {
  const { dtype } = array;
  if (dtype.kind !== "struct" || dtype.fields.length < 2 || hasObjects(dtype)) return;
  for (const gone of dtype.fields) {
    const names = dtype.fields.filter((f) => f !== gone).map((f) => f.name);
    const data = picked(isMaskedArray(array) ? array.data : array, names);
    if (!isMaskedArray(array)) yield data;
    else {
      const mask = array.mask === nomask ? nomask : (picked(array.mask as NdArray, names) as FullMask);
      yield new MaskedArray({ data, mask, hardMask: array.hardMask });
    }
  }
}

/** Some fields of a structured array, packed. */
function picked(data: NdArray, names: readonly string[]): NdArray {
  const from = data.dtype as DType<"struct">;
  const chosen = names.map((name) => from.fields.find((f) => f.name === name) as Field);
  const dtype = dtypes.struct(
    chosen.map(({ name, title, dtype: inner, shape }) => ({ name, title, dtype: inner, shape })),
  );
  const out = zeros(dtype, data.shape, data.order) as NdArray;
  const source = data.toBytes(data.order);
  const target = out.storage as Uint8Array;
  for (let i = 0; i < data.size; i++)
    for (const [k, field] of chosen.entries()) {
      const { offset } = dtype.fields[k] as Field;
      const bytes = fieldBytes(field);
      const start = i * from.itemsize + field.offset;
      target.set(source.subarray(start, start + bytes), i * dtype.itemsize + offset);
    }
  return out.with({ attrs: data.attrs, dims: data.dims });
}

const fieldBytes = (field: Field): number => field.shape.reduce((n, m) => n * m, field.dtype.itemsize);

/** Elements that are all bits zero, one at a time; for objects, null. */
function* simplerElements(data: NdArray): Generator<NdArray> {
  const own = data.copy();
  const { storage } = own;
  if (Array.isArray(storage)) {
    const zero = data.dtype.kind === "string" ? "" : null;
    for (let i = 0; i < storage.length; i++)
      if (storage[i] !== zero) yield own.with({ storage: storage.map((v, k) => (k === i ? zero : v)) as never });
    return;
  }
  const raw = new Uint8Array(storage.buffer, storage.byteOffset, storage.byteLength);
  const unit = data.size === 0 ? 0 : raw.length / data.size;
  for (let i = 0; i < data.size; i++) {
    if (raw.subarray(i * unit, (i + 1) * unit).every((b) => b === 0)) continue;
    const less = own.copy();
    const bytes = less.storage as Uint8Array;
    new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).fill(0, i * unit, (i + 1) * unit);
    yield less;
  }
}
