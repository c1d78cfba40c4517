import {
  type BundleHeader,
  CapabilityError,
  type DType,
  dtypeString,
  eachHeader,
  type Field,
  type Header,
  isBundleHeader,
  type OpenFile,
  OptionError,
  quoteText,
} from "@masquerade/core";
import { descrOf } from "@masquerade/numpy";
import { elementJson, type Json, objectOf, plainJson } from "./json-value.ts";
import { nearest } from "./nearest.ts";

/** One array of `masq inspect --json`. */
export interface ArrayJson {
  /** Its path (names joined by "/"); null for a single unnamed array. */
  readonly key: string | null;
  /** NumPy's `dtype.str`, its descr list for records, or (records without a descr) the dict form `numpy.dtype` takes. */
  readonly dtype: Json;
  readonly shape: readonly number[];
  readonly order: "C" | "F";
  readonly masked: boolean;
  /** As stored, see {@link elementJson}; null when it is not set. */
  readonly fillValue: Json;
  readonly attrs: Json;
}

/** What `masq inspect --json` prints. */
export interface FileJson {
  readonly format: string;
  readonly arrays: readonly ArrayJson[];
  /** Attributes that belong to no array; those of a group under its path, as "group/name". */
  readonly attrs: Json;
  /** Members that are no arrays, with the error each would give; left out where there are none. */
  readonly unreadable?: readonly { readonly key: string; readonly code: string; readonly message: string }[];
}

/**
 * Paths of the arrays that `select` names: itself, or everything in the group it is. All of them when it is left out. Throws OptionError when
 * there is no such thing, and what is told of a member that is no array.
 */
export function demandPaths(file: Pick<OpenFile, "header" | "unreadable">, select: string | undefined): string[] {
  const paths = [...eachHeader(file.header)].map(([path]) => path);
  if (select === undefined) return paths;
  const chosen = paths.filter((path) => path === select || path.startsWith(`${select}/`));
  if (chosen.length > 0) return chosen;
  const refused = file.unreadable?.get(select);
  if (refused !== undefined) throw refused;
  const near = nearest(select, paths);
  const hint = near === undefined ? "" : `; did you mean "${quoteText(near)}"?`;
  throw new OptionError("INDEX_INVALID", `there is no "${quoteText(select)}" in the file${hint}`, "select");
}

export function arrayJson(path: string, header: Header, named: boolean): ArrayJson {
  const { fillValue } = header;
  return {
    key: named ? path : null,
    dtype: dtypeJson(header.dtype),
    shape: header.shape,
    order: header.order,
    masked: header.mask !== "plain",
    fillValue: fillValue === undefined ? null : elementJson(fillValue.dtype, fillValue.at()),
    attrs: plainJson(header.attrs),
  };
}

/** Attributes of the bundle and of the bundles within it. */
export function bundleAttrs(header: Header | BundleHeader): Json {
  const entries: [string, Json][] = [];
  const pending: [path: string, header: Header | BundleHeader][] = [["", header]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, one] = next;
    if (!isBundleHeader(one)) continue;
    const join = (name: string): string => (path === "" ? name : `${path}/${name}`);
    for (const [name, value] of one.attrs) entries.push([join(name), plainJson(value)]);
    pending.push(
      ...[...one.entries].map(([name, inner]): [string, Header | BundleHeader] => [join(name), inner]).reverse(),
    );
  }
  return objectOf(entries);
}

/** NumPy's `dtype.str`, a record's descr list, or the dict form of a record that has no descr. */
export function dtypeJson(dtype: DType): Json {
  if (dtype.kind !== "struct") return dtypeString(dtype);
  try {
    return plainJson(descrOf(dtype));
  } catch (error) {
    // Fields that overlap or stand out of order have no descr, in NumPy either.
    if (!(error instanceof CapabilityError)) throw error;
    return {
      names: dtype.fields.map((field) => field.name),
      formats: dtype.fields.map(fieldJson),
      offsets: dtype.fields.map((field) => field.offset),
      itemsize: dtype.itemsize,
    };
  }
}

function fieldJson(field: Field): Json {
  const inner = dtypeJson(field.dtype);
  return field.shape.length === 0 ? inner : [inner, field.shape];
}
