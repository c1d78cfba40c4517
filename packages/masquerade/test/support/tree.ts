// Values as JSON that support/mutants.py compares with NumPy's.
import {
  type AnyArray,
  type Bundle,
  Complex,
  type DType,
  dtypeString,
  isArray,
  isBundle,
  isMaskedArray,
  type NdArray,
  nomask,
  Tuple,
} from "@masquerade/core";

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");

function dtypeTree(dtype: DType): unknown {
  if (dtype.kind !== "struct") return dtypeString(dtype);
  return {
    itemsize: dtype.itemsize,
    fields: dtype.fields.map(({ name, title, shape, offset, dtype: inner }) => ({
      name,
      title: typeof title === "string" ? title : null,
      shape,
      offset,
      dtype: dtypeTree(inner),
    })),
  };
}

const holdsObjects = (dtype: DType): boolean =>
  dtype.kind === "object" ||
  dtype.kind === "string" ||
  (dtype.kind === "struct" && dtype.fields.some((field) => holdsObjects(field.dtype)));

function plainArray(array: NdArray): object {
  const { dtype, shape, subclass } = array;
  const base = { sub: subclass ?? null, shape };
  if (dtype.kind === "object" || dtype.kind === "string")
    return {
      ...base,
      items: (array.toC() as unknown[]).map((item) => (dtype.kind === "string" ? null : treeOf(item))),
    };
  return { ...base, dtype: dtypeTree(dtype), data: holdsObjects(dtype) ? "" : base64(array.toBytes("C")) };
}

function arrayTree(array: AnyArray): object {
  if (!isMaskedArray(array)) return { nd: plainArray(array) };
  const { mask, fillValue } = array;
  return {
    ma: {
      data: plainArray(array.data),
      mask: mask === nomask ? null : base64((mask as unknown as NdArray).toBytes("C")),
      fill: fillValue === undefined ? null : plainArray(fillValue),
    },
  };
}

function bundleTree({ kind, entries, attrs, keys }: Bundle): object {
  const all = new Map<string, unknown>([...entries, ...attrs]);
  if (kind !== "dict") return { [kind]: Array.from(all, (_, i) => treeOf(all.get(String(i)))) };
  const names = keys.size === all.size ? [...keys.keys()] : [...all.keys()];
  return { dict: names.map((name) => [treeOf(keys.has(name) ? keys.get(name) : name), treeOf(all.get(name))]) };
}

/** A value as Python is told of it. */
export function treeOf(value: unknown): unknown {
  if (isArray(value)) return arrayTree(value);
  if (isBundle(value)) return bundleTree(value);
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return { int: String(value) };
  if (typeof value === "number") return { float: base64(new Uint8Array(Float64Array.of(value).buffer)) };
  if (value instanceof Uint8Array) return { bytes: base64(value) };
  if (value instanceof Complex) return { complex: 0 };
  if (value instanceof Tuple) return { tuple: value.items.map(treeOf) };
  if (Array.isArray(value)) return { list: value.map(treeOf) };
  if (value instanceof Map) return { dict: [...value].map(([key, one]) => [treeOf(key), treeOf(one)]) };
  return { other: 0 };
}

/** The members of an archive read with `plain`. */
export function membersOf(bundle: Bundle): unknown {
  return { npz: [...bundle.entries].map(([name, member]) => [name, treeOf(member)]) };
}
