import {
  type AnyArray,
  type Block,
  Bundle,
  type BundleHeader,
  type BundleMember,
  type ByteSink,
  type DType,
  type FileWriter,
  FormatError,
  type FullMask,
  fieldCount,
  type Header,
  isBundleHeader,
  isMaskedArray,
  lanesOf,
  MaskedArray,
  maskDType,
  type NdArray,
  nomask,
  quoteText,
  sizeOf,
  zeros,
} from "@masquerade/core";

/** An array being filled: how many elements of each plane have come. */
interface Filling {
  readonly header: Header;
  readonly data: NdArray;
  readonly mask: NdArray | undefined;
  readonly objects: unknown[];
  readonly filled: { data: number; mask: number };
}

/** Keeps the blocks until all have come, then writes the pickle. For small plans, and for Python objects, which have no size. */
export function collectingWriter(
  sink: ByteSink,
  plan: Header | BundleHeader,
  how: { readonly format: string; readonly encodeParts: (value: AnyArray | Bundle) => Iterable<Uint8Array> },
): FileWriter {
  const arrays = new Map<string, Filling>();
  const prepared: [string, Header | BundleHeader][] = [["", plan]];
  for (let next = prepared.pop(); next !== undefined; next = prepared.pop()) {
    const [path, header] = next;
    if (!isBundleHeader(header)) arrays.set(path, emptyArray(header));
    else for (const [name, inner] of header.entries) prepared.push([path === "" ? name : `${path}/${name}`, inner]);
  }
  return {
    planes: "data-first",
    write: async (block) => takeBlock(how.format, arrays.get(block.array), block),
    finish: async () => {
      for (const part of how.encodeParts(assemble(plan, arrays, how.format))) await sink.write(part);
      await sink.commit();
    },
    abort: () => sink.abort(),
  };
}

function emptyArray(header: Header): Filling {
  const { dtype, shape, order } = header;
  const objects: unknown[] = [];
  const data = zeros(dtype, shape, order) as NdArray;
  return {
    header,
    data: data.with({
      subclass: header.mask === "plain" ? header.subclass : undefined,
      ...(data.objects && { objects }),
    }),
    mask: header.mask === "mask" ? (zeros(maskDType(dtype) as DType, shape, order) as NdArray) : undefined,
    objects,
    filled: { data: 0, mask: 0 },
  };
}

/** Elements of an array before an index of its slowest axis. */
export function elementsBefore(start: number, { shape, order }: Pick<Header, "shape" | "order">): number {
  const slow = order === "F" ? shape.length - 1 : 0;
  return shape.reduce((product, n, axis) => (axis === slow ? product : product * n), start);
}

function takeBlock(format: string, array: Filling | undefined, block: Block): void {
  const { plane, value } = block;
  const target = plane === "data" ? array?.data : plane === "mask" ? array?.mask : undefined;
  if (array === undefined || target === undefined || plane === "both" || isMaskedArray(value))
    throw new FormatError(
      "FORMAT_MALFORMED",
      format,
      `the plan has no place for a block of plane ${plane} of "${quoteText(block.array)}"`,
    );
  const at = array.filled[plane];
  if (value.size > 0 && elementsBefore(block.start, array.header) !== at)
    throw new FormatError(
      "FORMAT_MALFORMED",
      format,
      `a block of "${quoteText(block.array)}" starts at ${block.start}, which is not where the last one ended`,
    );
  if (at + value.size > target.size || value.dtype.kind !== target.dtype.kind)
    throw new FormatError(
      "FORMAT_MALFORMED",
      format,
      `a block of ${value.size} elements does not fit the ${plane} of "${quoteText(block.array)}", of which ${at} of ${target.size} have come`,
    );
  const lanes = lanesOf(target.dtype);
  const items = (value.order === array.header.order ? value : value.copy(array.header.order))
    .data as ArrayLike<unknown>;
  const storage = target.storage as unknown[];
  for (let i = 0; i < items.length; i++) storage[at * lanes + i] = items[i];
  if (value.objects !== undefined && target.dtype.kind === "struct") adoptObjects(array, value.objects, at, value.size);
  array.filled[plane] += value.size;
}

/** The objects of a block join those before it; the indices in its records move by as many. */
function adoptObjects(array: Filling, objects: readonly unknown[], at: number, count: number): void {
  const base = array.objects.length;
  for (const object of objects) array.objects.push(object);
  const { dtype } = array.data;
  const bytes = array.data.storage as Uint8Array;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const offset of objectOffsets(dtype))
    for (let i = at; i < at + count; i++) {
      const place = i * dtype.itemsize + offset;
      const index = view.getUint32(place, true);
      if (index !== 0) view.setUint32(place, index + base, true);
    }
}

function objectOffsets(dtype: DType): number[] {
  if (dtype.kind === "object" || dtype.kind === "string") return [0];
  if (dtype.kind !== "struct") return [];
  return dtype.fields.flatMap((field) =>
    Array.from({ length: fieldCount(field) }, (_, i) => field.offset + i * field.dtype.itemsize).flatMap((start) =>
      objectOffsets(field.dtype).map((offset) => start + offset),
    ),
  );
}

/** The arrays in the plan's containers. Depth first without recursion: a plan may come from a file, and its depth with it. */
function assemble(
  plan: Header | BundleHeader,
  arrays: ReadonlyMap<string, Filling>,
  format: string,
): AnyArray | Bundle {
  if (!isBundleHeader(plan)) return finished(arrays.get("") as Filling, "", format);
  const made = new Map<BundleHeader, Bundle>();
  const pending: [BundleHeader, string, boolean][] = [[plan, "", false]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [header, path, ready] = next;
    const inner = [...header.entries].map(
      ([name, one]) => [name, one, path === "" ? name : `${path}/${name}`] as const,
    );
    if (!ready) {
      pending.push([header, path, true]);
      for (const [, one, below] of inner) if (isBundleHeader(one)) pending.push([one, below, false]);
      continue;
    }
    const entries = inner.map(([name, one, below]): [string, BundleMember] => [
      name,
      isBundleHeader(one) ? (made.get(one) as Bundle) : finished(arrays.get(below) as Filling, below, format),
    ]);
    made.set(header, new Bundle({ kind: header.kind, entries, attrs: header.attrs, keys: header.keys }));
  }
  return made.get(plan) as Bundle;
}

function finished(array: Filling, path: string, format: string): AnyArray {
  const { header, data, mask, filled } = array;
  const size = sizeOf(header.shape);
  if (filled.data !== size || (mask !== undefined && filled.mask !== size))
    throw new FormatError(
      "FORMAT_TRUNCATED",
      format,
      `only ${filled.data} values and ${filled.mask} mask elements of ${size} were written for "${quoteText(path)}"`,
    );
  const own = data.with({ attrs: header.attrs, dims: header.dims });
  if (header.mask === "plain") return own;
  return new MaskedArray({
    data: own,
    mask: mask === undefined ? nomask : (mask as unknown as FullMask),
    fillValue: header.fillValue,
    hardMask: header.hardMask,
    subclass: header.subclass,
  });
}
