import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { Bundle, type BundleMember, isBundle } from "../array/bundle.ts";
import { lateBytes } from "../array/late-storage.ts";
import type { NdArray } from "../array/ndarray.ts";
import { sameShape } from "../array/strides.ts";
import { type MasqueradeError, OptionError, quoteText, throwIfAborted } from "../errors.ts";
import { blockRanges } from "./blocks.ts";
import type { Block, LazyArray, OpenFile, Plane, ReadOptions } from "./format.ts";
import { type BundleHeader, describe, eachHeader, type Header, headerOf, isBundleHeader } from "./header.ts";

/** One plane of an array: "data" its values, "mask" its full mask (all false for nomask and plain arrays), "both" itself. */
export function planeOf(array: AnyArray, plane: Plane): AnyArray {
  if (plane === "both") return array;
  if (isMaskedArray(array)) return plane === "data" ? array.data : array.maskArray();
  if (plane === "data") return array;
  throw new OptionError("OPTION_INVALID", "a plain array has no mask to read", "plane");
}

/**
 * The `out` option: the values of `from` in the caller's array, which must have the same dtype kind, itemsize and shape, and be contiguous.
 * Throws OptionError DTYPE_MISMATCH or SHAPE_MISMATCH.
 */
export function fillOut(from: NdArray, out: NdArray): NdArray {
  if (out.dtype.kind !== from.dtype.kind || out.dtype.itemsize !== from.dtype.itemsize)
    throw new OptionError("DTYPE_MISMATCH", `out is ${out.dtype.kind}, the array ${from.dtype.kind}`, "out");
  if (!sameShape(out.shape, from.shape))
    throw new OptionError(
      "SHAPE_MISMATCH",
      `out has shape (${out.shape.join(", ")}), the array (${from.shape.join(", ")})`,
      "out",
    );
  if (!out.contiguous) throw new OptionError("SHAPE_MISMATCH", "out must be contiguous", "out");
  const late = lateBytes(from, out.order);
  if (late !== undefined) {
    // Straight from the file's bytes: the copy that joins, aligns and swaps them is this one.
    const { buffer, byteOffset, byteLength } = out.data as Uint8Array;
    late.copyTo(new Uint8Array(buffer, byteOffset, byteLength));
    return out;
  }
  const values = (out.order === "C" ? from.toC() : from.transpose().toC()) as Uint8Array;
  const target = out.data;
  if (Array.isArray(target)) for (let i = 0; i < values.length; i++) target[i] = values[i];
  else (target as Uint8Array).set(values);
  return out;
}

/** The part of an array in memory that `read` of a {@link LazyArray} gives. Views, unless `out` is given. */
function readPart(array: AnyArray, ...[selection, options]: Parameters<LazyArray["read"]>): AnyArray {
  throwIfAborted(options?.signal);
  const part = planeOf(selection === undefined ? array : array.slice(selection), options?.plane ?? "both");
  if (options?.out === undefined) return part;
  if (!isMaskedArray(part)) return fillOut(part, options.out);
  return part.with({ data: fillOut(part.data, options.out) });
}

/** The blocks of an array, each by one `read`: what `blocks()` of a {@link LazyArray} is where a format has nothing better. */
export async function* blocksByReading(
  array: Pick<LazyArray, "header" | "read">,
  name: string,
  options: Parameters<LazyArray["blocks"]>[0] & { readonly order?: "C" | "F" | undefined } = {},
): AsyncGenerator<Block> {
  const { header } = array;
  const { plane = "both", signal } = options;
  const order = options.order ?? header.order;
  for (const { start, selection } of blockRanges(header.shape, order, header.dtype.itemsize, options.maxBytes)) {
    throwIfAborted(signal);
    yield { array: name, plane, start, value: await array.read(selection, { plane, signal }) };
  }
}

/** An array in memory behind the interface of arrays in files. */
export function lazyFromArray(array: AnyArray, name = ""): LazyArray {
  const lazy: LazyArray = {
    header: headerOf(array),
    // In an async function what readPart throws is a rejection.
    read: async (selection, options) => readPart(array, selection, options),
    blocks: (options) => blocksByReading(lazy, name, options),
  };
  return lazy;
}

/**
 * An open file from its header and a way to get each array: names are the paths of the header, `array()` without a name is the only one.
 * `dispose` runs once. `unreadable`: members that are no arrays, and why.
 */
export function makeOpenFile(
  header: Header | BundleHeader,
  array: (path: string, header: Header) => LazyArray,
  dispose: () => Promise<void> = async () => {},
  unreadable: ReadonlyMap<string, MasqueradeError> = new Map(),
): OpenFile {
  const headers = new Map(eachHeader(header));
  const names = [...headers.keys()];
  const made = new Map<string, LazyArray>();
  let disposed: Promise<void> | undefined;
  return {
    header,
    names,
    ...(unreadable.size > 0 ? { unreadable } : {}),
    array(name) {
      const path = name ?? (names.length === 1 ? (names[0] as string) : undefined);
      const one = path === undefined ? undefined : headers.get(path);
      if (path === undefined || one === undefined) {
        const refused = path === undefined ? undefined : unreadable.get(path);
        if (refused !== undefined) throw refused;
        const known = names.slice(0, 8).map((n) => `"${quoteText(n, 40)}"`);
        const there = known.length === 0 ? "no arrays" : known.join(", ") + (names.length > 8 ? ", …" : "");
        throw new OptionError(
          "INDEX_INVALID",
          path === undefined
            ? `name one of the arrays: ${there}`
            : `there is no array "${quoteText(path)}"; there is ${there}`,
        );
      }
      const lazy = made.get(path) ?? array(path, one);
      made.set(path, lazy);
      return lazy;
    },
    [Symbol.asyncDispose]() {
      disposed ??= dispose();
      return disposed;
    },
  };
}

/** A decoded file behind the interface of open ones: how any format can be opened. */
export function openDecoded(value: AnyArray | Bundle): OpenFile {
  const arrays = new Map(eachArray(value));
  return makeOpenFile(describe(value), (path) => lazyFromArray(arrays.get(path) as AnyArray, path));
}

/** Throws what the first member that is no array is refused for: for whoever takes a file as a whole, and would lose it silently. */
export function demandReadable(file: OpenFile): void {
  for (const refused of file.unreadable?.values() ?? []) throw refused;
}

/** Everything in an open file, read: an array, or a bundle of the header's shape. Throws what {@link demandReadable} throws. */
export async function readFile(file: OpenFile, options: ReadOptions = {}): Promise<AnyArray | Bundle> {
  demandReadable(file);
  const arrays = new Map<string, AnyArray>();
  for (const name of file.names) arrays.set(name, await file.array(name).read(undefined, options));
  return assemble(file.header, "", arrays);
}

function assemble(header: Header | BundleHeader, path: string, arrays: ReadonlyMap<string, AnyArray>): BundleMember {
  if (!isBundleHeader(header)) return arrays.get(path) as AnyArray;
  const entries = [...header.entries].map(
    ([name, inner]) => [name, assemble(inner, path === "" ? name : `${path}/${name}`, arrays)] as const,
  );
  return new Bundle({ kind: header.kind, entries, attrs: header.attrs, keys: header.keys });
}

/** Every array of a value with its path ("" for a single one, else names joined by "/"). */
export function* eachArray(value: AnyArray | Bundle, path = ""): Generator<readonly [path: string, array: AnyArray]> {
  if (!isBundle(value)) yield [path, value];
  else for (const [name, member] of value.entries) yield* eachArray(member, path === "" ? name : `${path}/${name}`);
}
