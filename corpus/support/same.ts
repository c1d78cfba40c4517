// Whether a value is exactly what a description of the corpus says. Containers are compared as Python has them: a bundle's
// entries and attributes together.
import {
  type AnyArray,
  type Bundle,
  type DType,
  hasObjects,
  isArray,
  isBundle,
  isMaskedArray,
  type NdArray,
  nomask,
  type PlainValue,
  sameDType,
  Tuple,
} from "@masquerade/core";
import { expected, expectedDType } from "./expect.ts";

type Dict = { readonly [key: string]: unknown };

/** Undefined when they are the same, else where and how they differ. */
export function difference(value: unknown, json: unknown, path = "value"): string | undefined {
  const described = json as Dict;
  switch (described["kind"]) {
    case "ndarray":
    case "masked":
      return isArray(value)
        ? arrayDifference(value, expected(json) as AnyArray, described, path)
        : `${path} is no array`;
    case "dtype":
      return dtypeDifference(value, described, path);
    case "dict":
      return dictDifference(value, described["items"] as [unknown, unknown][], path);
    case "list":
    case "tuple":
      return listDifference(value, described, path);
    case "plain":
      return plainDifference(value as PlainValue, expected(json) as PlainValue, path);
    default:
      return `${path}: a description of kind ${String(described["kind"])}`;
  }
}

function dtypeDifference(value: unknown, described: Dict, path: string): string | undefined {
  if (!isArray(value) || value.subclass !== "dtype") return `${path} is no dtype`;
  const sub = described["dtype"] as Dict;
  const base = typeof sub === "object" && "base" in sub ? sub["base"] : sub;
  const shape = typeof sub === "object" && "shape" in sub ? (sub["shape"] as number[]) : [];
  if (value.shape.join() !== [0, ...shape].join()) return `${path}.shape is (${value.shape.join()})`;
  return dtypesDiffer(value.dtype, expectedDType(base), path);
}

/** Titles that Python 2 wrote are bytes to the manifest. */
function textTitles(dtype: DType): DType {
  if (dtype.kind !== "struct") return dtype;
  const fields = dtype.fields.map((field) => ({
    ...field,
    dtype: textTitles(field.dtype),
    title: field.title instanceof Uint8Array ? Buffer.from(field.title).toString("latin1") : field.title,
  }));
  return { ...dtype, fields };
}

function dtypesDiffer(a: DType, b: DType, path: string): string | undefined {
  if (!sameDType(a, textTitles(b))) return `${path}.dtype is ${JSON.stringify(a)}, not ${JSON.stringify(b)}`;
  const meta = (d: DType): PlainValue => new Map(d.metadata ?? []);
  const differs = plainDifference(meta(a), meta(b), `${path}.dtype.metadata`);
  if (differs !== undefined || a.kind !== "struct" || b.kind !== "struct") return differs;
  for (const [i, field] of a.fields.entries()) {
    const inner = dtypesDiffer(field.dtype, b.fields[i]?.dtype as DType, `${path}.${field.name}`);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function arrayDifference(value: AnyArray, want: AnyArray, described: Dict, path: string): string | undefined {
  const subclass = described["subclass"] as string | undefined;
  if (value.subclass !== subclass) return `${path}.subclass is ${value.subclass}, not ${subclass}`;
  if (isMaskedArray(value) !== isMaskedArray(want)) return `${path} is ${isMaskedArray(value) ? "" : "not "}masked`;
  if (!isMaskedArray(value) || !isMaskedArray(want)) return ndarrayDifference(value as NdArray, want as NdArray, path);
  const fill =
    value.fillValue === undefined || want.fillValue === undefined
      ? value.fillValue !== want.fillValue && `${path}.fillValue is ${value.fillValue === undefined ? "unset" : "set"}`
      : ndarrayDifference(value.fillValue, want.fillValue, `${path}.fillValue`);
  if (fill) return fill;
  if (value.hardMask !== want.hardMask) return `${path}.hardMask`;
  if (value.data.subclass !== want.data.subclass) return `${path}.data.subclass is ${value.data.subclass}`;
  if (value.mask === nomask || want.mask === nomask) return value.mask === want.mask ? undefined : `${path}.mask`;
  return (
    ndarrayDifference(value.data, want.data, `${path}.data`) ??
    ndarrayDifference(value.mask as unknown as NdArray, want.mask as unknown as NdArray, `${path}.mask`)
  );
}

function ndarrayDifference(a: NdArray, b: NdArray, path: string): string | undefined {
  const dtype = dtypesDiffer(a.dtype, b.dtype, path);
  if (dtype !== undefined) return dtype;
  if (a.shape.join() !== b.shape.join()) return `${path}.shape is (${a.shape.join()}), not (${b.shape.join()})`;
  if (a.order !== b.order) return `${path}.order is ${a.order}`;
  if (!hasObjects(a.dtype)) return bytesDiffer(a.toBytes(), b.toBytes(), path);
  if (a.dtype.kind === "struct") {
    const raw = bytesDiffer(a.toC() as Uint8Array, b.toC() as Uint8Array, path);
    return raw ?? plainDifference((a.objects ?? []) as PlainValue[], (b.objects ?? []) as PlainValue[], path);
  }
  return plainDifference(a.toC() as PlainValue[], b.toC() as PlainValue[], path);
}

function bytesDiffer(a: Uint8Array, b: Uint8Array, path: string): string | undefined {
  if (a.length !== b.length) return `${path} has ${a.length} bytes, not ${b.length}`;
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? undefined : `${path} differs at byte ${at}`;
}

function plainDifference(a: PlainValue, b: PlainValue, path: string): string | undefined {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return bytesDiffer(a, b, path);
  // ASCII texts of Python 2 are text to us, bytes to the manifest.
  if (typeof a === "string" && b instanceof Uint8Array)
    return a === Buffer.from(b).toString("latin1") ? undefined : path;
  if (isArray(a)) return isArray(b) ? arrayDifference(a, b, { subclass: b.subclass }, path) : `${path} is an array`;
  if (Array.isArray(a) && Array.isArray(b)) return itemsDiffer(a, b, path);
  if (a instanceof Tuple && b instanceof Tuple) return itemsDiffer(a.items, b.items, path);
  if (a instanceof Map && b instanceof Map)
    return (
      itemsDiffer([...a.keys()], [...b.keys()], `${path} keys`) ?? itemsDiffer([...a.values()], [...b.values()], path)
    );
  if (typeof a === "object" && a !== null && "re" in a && typeof b === "object" && b !== null && "re" in b)
    return Object.is(a.re, b.re) && Object.is(a.im, b.im) ? undefined : path;
  return Object.is(a, b) ? undefined : `${path} is ${String(a)}, not ${String(b)}`;
}

function itemsDiffer(a: readonly PlainValue[], b: readonly PlainValue[], path: string): string | undefined {
  if (a.length !== b.length) return `${path} has ${a.length} items, not ${b.length}`;
  for (const [i, item] of a.entries()) {
    const differs = plainDifference(item, b[i] as PlainValue, `${path}[${i}]`);
    if (differs !== undefined) return differs;
  }
  return undefined;
}

function listDifference(value: unknown, described: Dict, path: string): string | undefined {
  const want = described["items"] as unknown[];
  let items: readonly unknown[];
  if (isBundle(value)) {
    if (value.kind !== described["kind"]) return `${path} is a ${value.kind}`;
    items = want.map((_, i) => value.entries.get(String(i)) ?? value.attrs.get(String(i)));
    if (value.entries.size + value.attrs.size !== want.length) return `${path} has another number of items`;
  } else {
    const kind = Array.isArray(value) ? "list" : value instanceof Tuple ? "tuple" : "neither";
    if (kind !== described["kind"]) return `${path} is ${kind}`;
    items = value instanceof Tuple ? value.items : (value as unknown[]);
    if (items.length !== want.length) return `${path} has another number of items`;
  }
  for (const [i, item] of items.entries()) {
    const differs = difference(item, want[i], `${path}[${i}]`);
    if (differs !== undefined) return differs;
  }
  return undefined;
}

function dictDifference(value: unknown, items: readonly [unknown, unknown][], path: string): string | undefined {
  const found = isBundle(value) ? bundleItems(value) : value instanceof Map ? [...value] : undefined;
  if (found === undefined) return `${path} is no dict`;
  if (found.length !== items.length) return `${path} has ${found.length} items, not ${items.length}`;
  for (const [i, [key, item]] of found.entries()) {
    const [wantKey, want] = items[i] as [unknown, unknown];
    const differs =
      plainDifference(
        key as PlainValue,
        expected({ kind: "plain", value: wantKey }) as PlainValue,
        `${path} key ${i}`,
      ) ?? difference(item, want, `${path}[${String(key)}]`);
    if (differs !== undefined) return differs;
  }
  return undefined;
}

/** The dict a bundle was, in its order. */
function bundleItems(bundle: Bundle): [unknown, unknown][] {
  const all = new Map<string, unknown>([...bundle.entries, ...bundle.attrs]);
  const names = bundle.keys.size === all.size ? [...bundle.keys.keys()] : [...all.keys()];
  return names.map((name) => [bundle.keys.has(name) ? bundle.keys.get(name) : name, all.get(name)]);
}
