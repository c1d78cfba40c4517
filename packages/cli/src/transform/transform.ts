import {
  type AnyArray,
  allocateStorage,
  array,
  type BundleHeader,
  blocksByReading,
  CapabilityError,
  type DType,
  eachHeader,
  type Header,
  headerOf,
  isBinaryKind,
  isBundleHeader,
  isMaskedArray,
  isMasqueradeError,
  type LazyArray,
  MaskedArray,
  makeOpenFile,
  NdArray,
  noAttrs,
  nomask,
  normalizeSelection,
  type OpenFile,
  planeOf,
  quoteText,
  type ReadOptions,
  type SelectionInput,
} from "@masquerade/core";
import { UsageError } from "../failure.ts";
import { demandPaths } from "../header-json.ts";
import { compose } from "./compose.ts";

/** What is to become of the arrays of a file before they are written: in this order. */
export interface Transform {
  /** Only this array or group. */
  readonly select?: string | undefined;
  /** Only this part of the array. */
  readonly slice?: SelectionInput | undefined;
  readonly astype?: DType | undefined;
  /** Masked elements become this, cast from text as NumPy does; `true`: the array's own fill value. The result is a plain array. */
  readonly fill?: string | true | undefined;
  /** What the array, or the arrays together as a group, is called in what is written; with "/" in it, within groups. */
  readonly name?: string | undefined;
}

export const isTransformed = ({ select, slice, astype, fill, name }: Transform): boolean =>
  [select, slice, astype, fill, name].some((one) => one !== undefined);

/** What the elements read so far went through. */
export interface Changes {
  /** Visible elements that are another value in the dtype they were cast to. */
  cast: number;
  /** Masked elements that became the fill value. */
  filled: number;
}

/** The file as it will be, read by parts as the file itself is: nothing is read before it is asked for. Counts in `changes`. */
export function transformed(file: OpenFile, wish: Transform, changes: Changes): OpenFile {
  const { select, slice, astype, fill, name } = wish;
  let one = select === undefined ? file : selected(file, select);
  if (slice !== undefined) {
    const [only, ...more] = one.names;
    if (only === undefined || more.length > 0)
      throw new UsageError("--slice takes a part of one array: name it with --select");
    one = ofArray(sliced(one.array(only), slice));
  }
  if (astype !== undefined) one = mapped(one, (array) => cast(array, astype, changes));
  if (fill !== undefined) one = mapped(one, (array) => filled(array, fill, changes));
  return name === undefined ? one : named(one, name);
}

function named(file: OpenFile, name: string): OpenFile {
  const header = name
    .split("/")
    .reduceRight<Header | BundleHeader>(
      (inner, key) => ({ kind: "dict", entries: new Map([[key, inner]]), attrs: noAttrs }),
      file.header,
    );
  const unreadable = new Map([...(file.unreadable ?? [])].map(([path, error]) => [`${name}/${path}`, error]));
  const within = (path: string): string => (path === name ? "" : path.slice(name.length + 1));
  return makeOpenFile(header, (path) => file.array(within(path)), undefined, unreadable);
}

function selected(file: OpenFile, select: string): OpenFile {
  const [path] = demandPaths(file, select);
  if (path === select && file.names.includes(select)) return ofArray(file.array(select));
  let header = file.header;
  let rest = select;
  // Names may hold "/" themselves.
  while (rest !== "" && isBundleHeader(header)) {
    const keys = [...header.entries.keys()];
    const name = keys.find((key) => rest === key) ?? (keys.find((key) => rest.startsWith(`${key}/`)) as string);
    header = header.entries.get(name) as Header | BundleHeader;
    rest = rest.slice(name.length + 1);
  }
  const within = [...(file.unreadable ?? [])].filter(([path]) => path.startsWith(`${select}/`));
  const unreadable = new Map(within.map(([path, error]) => [path.slice(select.length + 1), error]));
  return makeOpenFile(header, (inner) => file.array(`${select}/${inner}`), undefined, unreadable);
}

const ofArray = (one: LazyArray): OpenFile => makeOpenFile(one.header, () => one);

function sliced(source: LazyArray, slice: SelectionInput): LazyArray {
  const { header } = source;
  const outer = normalizeSelection(slice, header.shape);
  const dims = header.dims?.length === header.shape.length ? header.dims : undefined;
  const kept = outer.axes.every((axis) => axis !== undefined) ? outer.axes.map((axis) => dims?.[axis as number]) : [];
  const lazy: LazyArray = {
    header: {
      ...header,
      shape: outer.shape,
      dims: dims !== undefined && kept.length === outer.axes.length ? (kept as string[]) : undefined,
    },
    read: async (selection, options) => {
      const inner = normalizeSelection(selection, outer.shape);
      const both = compose(outer, inner);
      if (both !== undefined) return await source.read(both, options);
      const { out: _out, ...rest } = options ?? {};
      return (await source.read(slice, rest)).slice(selection as SelectionInput);
    },
    blocks: (options) => blocksByReading(lazy, "", options),
  };
  return lazy;
}

/** Every array, changed element by element: what `change` does may depend on the elements and the header alone. */
function mapped(file: OpenFile, change: (array: AnyArray) => AnyArray): OpenFile {
  const headers = new Map([...eachHeader(file.header)].map(([path, one]) => [path, mappedHeader(one, change)]));
  const rebuilt = (header: Header | BundleHeader, path: string): Header | BundleHeader => {
    if (!isBundleHeader(header)) return headers.get(path) as Header;
    const join = (name: string): string => (path === "" ? name : `${path}/${name}`);
    return { ...header, entries: new Map([...header.entries].map(([name, one]) => [name, rebuilt(one, join(name))])) };
  };
  return makeOpenFile(
    rebuilt(file.header, ""),
    (path, header) => {
      const source = file.array(path);
      const changed = (value: AnyArray, plane: ReadOptions["plane"]): AnyArray =>
        planeOf(change(value), plane ?? "both");
      return {
        header,
        read: async (selection, options) => {
          const { plane, out: _out, ...rest } = options ?? {};
          return changed(await source.read(selection, { ...rest, plane: "both" }), plane);
        },
        blocks: async function* (options) {
          for await (const block of source.blocks({ ...options, plane: "both" })) {
            const plane = options?.plane ?? "both";
            yield { ...block, array: path, plane, value: changed(block.value, plane) };
          }
        },
      };
    },
    undefined,
    file.unreadable,
  );
}

/** What an array of no elements becomes tells what becomes of the header. */
function mappedHeader(header: Header, change: (array: AnyArray) => AnyArray): Header {
  const { dtype, fillValue, hardMask } = header;
  const data = new NdArray({
    dtype,
    shape: [0],
    storage: allocateStorage(dtype.kind, 0),
    ...(dtype.kind === "struct" && { objects: [] }),
  } as ConstructorParameters<typeof NdArray>[0]) as unknown as NdArray;
  const empty = header.mask === "plain" ? data : new MaskedArray({ data, mask: nomask, fillValue, hardMask });
  const after = headerOf(change(empty));
  return {
    ...header,
    dtype: after.dtype,
    fillValue: after.fillValue,
    hardMask: after.hardMask,
    mask: after.mask === "plain" ? "plain" : header.mask,
    ...(after.mask === "plain" && header.mask !== "plain" && { subclass: undefined }),
  };
}

function cast(one: AnyArray, dtype: DType, changes: Changes): AnyArray {
  const made = one.astype(dtype) as AnyArray;
  const data = (array: AnyArray): NdArray => (isMaskedArray(array) ? array.data : array);
  if (one.size === 0 || !isBinaryKind(one.dtype.kind) || !isBinaryKind(dtype.kind)) return made;
  const [before, back] = [data(one).toC(), data(made).astype(data(one).dtype).toC()] as [Float64Array, Float64Array];
  const mask = isMaskedArray(one) && one.mask !== nomask ? (one.mask.toC() as Uint8Array) : undefined;
  const lanes = Math.max(1, before.length / one.size);
  let last = -1;
  for (let i = 0; i < before.length; i++) {
    const same = before[i] === back[i] || (Number.isNaN(before[i]) && Number.isNaN(back[i]));
    const element = Math.floor(i / lanes);
    if (same || element === last || (mask !== undefined && mask[element] !== 0)) continue;
    changes.cast++;
    last = element;
  }
  return made;
}

function filled(one: AnyArray, fill: string | true, changes: Changes): AnyArray {
  if (!isMaskedArray(one)) return one;
  if (one.mask !== nomask && one.mask.dtype.kind === "bool")
    for (const bit of one.mask.toC() as Uint8Array) if (bit !== 0) changes.filled++;
  if (fill === true) return one.filled();
  const text = array([fill], "str") as unknown as NdArray;
  try {
    return one.filled(text.astype(one.dtype).at(0) as never);
  } catch (cause) {
    if (!isMasqueradeError(cause) || cause instanceof CapabilityError) throw cause;
    throw new UsageError(`--fill: "${quoteText(fill)}" is no ${one.dtype.kind}`);
  }
}
