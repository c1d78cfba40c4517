import type { H5Type } from "../type/h5type.ts";
import { Cursor, malformed, nameText } from "./cursor.ts";
import type { FileImage } from "./image.ts";
import { datatypeOf, fieldsOf, type ObjectHeader } from "./object-header.ts";

/** A filter elements went through, in the order of writing. */
export interface Filter {
  readonly id: number;
  readonly values: readonly number[];
  /** What the writer called it, where it said. */
  readonly name?: string | undefined;
}

/** Where chunks are listed. */
export type ChunkIndex =
  | { readonly index: "none" }
  | { readonly index: "btree1" | "fixed" | "extensible" | "btree2"; readonly address: number }
  | { readonly index: "implicit"; readonly address: number }
  | { readonly index: "single"; readonly address: number; readonly size: number | undefined; readonly mask: number };

/** How elements lie in the file. */
export type Layout =
  | { readonly layout: "compact"; readonly bytes: Uint8Array }
  | { readonly layout: "contiguous"; readonly address: number | undefined; readonly size: number | undefined }
  | {
      readonly layout: "chunked";
      readonly chunks: readonly number[];
      readonly chunkIndex: ChunkIndex;
      /** Chunks that reach past the edge went through no filter. */
      readonly plainEdges: boolean;
    }
  | { readonly layout: "external" }
  | { readonly layout: "virtual"; readonly address: number | undefined; readonly entry: number };

/** What the header of a dataset says. */
export interface Stored {
  readonly type: H5Type;
  /** null: the null dataspace. */
  readonly shape: readonly number[] | null;
  /** Lengths axes may grow to; Infinity: without end. */
  readonly maxShape: readonly number[];
  readonly layout: Layout;
  readonly filters: readonly Filter[];
  /** One element as the type has it: what elements never written are. Undefined: zeros. */
  readonly fill: Uint8Array | undefined;
}

const DATASPACE = 0x01;
const OLD_FILL = 0x04;
const FILL = 0x05;
const EXTERNAL_FILES = 0x07;
const LAYOUT = 0x08;
const FILTERS = 0x0b;
const MAX_RANK = 32;

export const isDataset = (header: ObjectHeader): boolean => header.messages.some(({ type }) => type === LAYOUT);

/** Throws FormatError, and CapabilityError for what is kept elsewhere. */
export async function readStored(image: FileImage, header: ObjectHeader): Promise<Stored> {
  const type = await datatypeOf(image, header);
  const space = fieldsOf(image, header, DATASPACE);
  const layoutFields = fieldsOf(image, header, LAYOUT);
  if (space === undefined || layoutFields === undefined)
    throw malformed("a dataset without a dataspace or a layout", header.address + image.base);
  const { shape, maxShape } = dataspace(space);
  const external = header.messages.some((one) => one.type === EXTERNAL_FILES);
  const pipeline = fieldsOf(image, header, FILTERS);
  return {
    type,
    shape,
    maxShape,
    layout: external ? { layout: "external" } : layout(layoutFields, shape?.length ?? 0, type.size),
    filters: pipeline === undefined ? [] : filters(pipeline),
    fill: fillValue(image, header, type.size),
  };
}

/** Section IV.A.2.b. */
export function dataspace(from: Cursor): {
  readonly shape: readonly number[] | null;
  readonly maxShape: readonly number[];
} {
  const version = from.u8();
  const rank = from.u8();
  const flags = from.u8();
  if (version !== 1 && version !== 2) throw from.fail(`a dataspace of version ${version}`);
  if (rank > MAX_RANK) throw from.fail(`${rank} dimensions, and HDF5 has at most ${MAX_RANK}`);
  const kind = version === 2 ? from.u8() : 1;
  if (version === 1) from.skip(5);
  const size = (): number => {
    const n = from.length();
    if (n === undefined || !Number.isSafeInteger(n)) throw from.fail("a dimension larger than any file");
    return n;
  };
  const shape = Array.from({ length: rank }, size);
  const maxShape = flags & 1 ? Array.from({ length: rank }, () => from.length() ?? Number.POSITIVE_INFINITY) : shape;
  if (shape.some((n, i) => n > (maxShape[i] as number))) throw from.fail("a dimension longer than it may be");
  return { shape: version === 2 && kind === 2 ? null : shape, maxShape };
}

/** Section IV.A.2.i, versions 1 to 5. */
function layout(from: Cursor, rank: number, itemsize: number): Layout {
  const version = from.u8();
  if (version < 1 || version > 5) throw from.fail(`a layout of version ${version}`);
  if (version < 3) return oldLayout(from, rank, itemsize);
  const kind = from.u8();
  if (kind === 0) return { layout: "compact", bytes: from.take(from.u16()) };
  if (kind === 1) return { layout: "contiguous", address: from.address(), size: from.length() };
  if (kind === 3) return { layout: "virtual", address: from.address(), entry: from.u32() };
  if (kind !== 2) throw from.fail(`a layout of class ${kind}`);
  if (version === 3) {
    const dimensions = from.u8();
    const address = from.address();
    return inBTree(chunkShape(from, dimensions, 4, rank, itemsize), address);
  }
  const flags = from.u8();
  const dimensions = from.u8();
  const chunks = chunkShape(from, dimensions, from.u8(), rank, itemsize);
  const plainEdges = (flags & 1) !== 0;
  const index = from.u8();
  let size: number | undefined;
  let mask = 0;
  if (index === 1 && flags & 2) [size, mask] = [from.length(), from.u32()];
  const parameters = { 1: 0, 2: 0, 3: 1, 4: 5, 5: 6 }[index];
  if (parameters === undefined) throw from.fail(`a chunk index of type ${index}`);
  from.skip(parameters);
  const address = from.address();
  if (address === undefined) return { layout: "chunked", chunks, chunkIndex: { index: "none" }, plainEdges };
  if (index === 1)
    return { layout: "chunked", chunks, chunkIndex: { index: "single", address, size, mask }, plainEdges };
  const names = { 2: "implicit", 3: "fixed", 4: "extensible", 5: "btree2" } as const;
  return { layout: "chunked", chunks, chunkIndex: { index: names[index as keyof typeof names], address }, plainEdges };
}

function inBTree(chunks: readonly number[], address: number | undefined): Layout {
  const chunkIndex: ChunkIndex = address === undefined ? { index: "none" } : { index: "btree1", address };
  return { layout: "chunked", chunks, chunkIndex, plainEdges: false };
}

/** Lengths of a chunk; the last number is the element's size. */
function chunkShape(
  from: Cursor,
  dimensions: number,
  width: number,
  rank: number,
  itemsize: number,
): readonly number[] {
  if (dimensions !== rank + 1 || width < 1 || width > 8)
    throw from.fail(`chunks of ${dimensions - 1} dimensions for an array of ${rank}`);
  const chunks = Array.from({ length: rank }, () => from.uint(width));
  const size = from.uint(width);
  if (size !== itemsize) throw from.fail(`chunks of elements of ${size} bytes, where they have ${itemsize}`);
  if (chunks.some((n) => n === 0) || rank === 0) throw from.fail("chunks of nothing");
  if (!(chunks.reduce((n, m) => n * m, itemsize) < 2 ** 32)) throw from.fail("chunks larger than 4 GiB");
  return chunks;
}

function oldLayout(from: Cursor, rank: number, itemsize: number): Layout {
  const dimensions = from.u8();
  const kind = from.u8();
  from.skip(5);
  if (kind === 2) {
    const address = from.address();
    return inBTree(chunkShape(from, dimensions, 4, rank, itemsize), address);
  }
  const address = kind === 1 ? from.address() : undefined;
  from.skip(4 * dimensions);
  if (kind === 1) return { layout: "contiguous", address, size: undefined };
  if (kind !== 0) throw from.fail(`a layout of class ${kind}`);
  return { layout: "compact", bytes: from.take(from.u32()) };
}

/** Section IV.A.2.l, versions 1 and 2. */
function filters(from: Cursor): Filter[] {
  const version = from.u8();
  if (version !== 1 && version !== 2) throw from.fail(`a filter pipeline of version ${version}`);
  const count = from.u8();
  if (count > 32) throw from.fail(`${count} filters, and HDF5 has at most 32`);
  if (version === 1) from.skip(6);
  return Array.from({ length: count }, () => {
    const id = from.u16();
    const named = version === 1 || id >= 256 ? from.u16() : 0;
    from.skip(2);
    const number = from.u16();
    const label = nameText(from.take(version === 1 ? Math.ceil(named / 8) * 8 : named)).split("\0", 1)[0];
    const values = Array.from({ length: number }, () => from.u32());
    if (version === 1 && number % 2 === 1) from.skip(4);
    return { id, values, name: label === "" ? undefined : label };
  });
}

/** The fill value, where there is one of the element's size: sections IV.A.2.e and f. */
function fillValue(image: FileImage, header: ObjectHeader, itemsize: number): Uint8Array | undefined {
  const from = fieldsOf(image, header, FILL);
  if (from === undefined) {
    const old = fieldsOf(image, header, OLD_FILL);
    if (old === undefined) return undefined;
    const size = old.u32();
    return size === itemsize ? old.take(size) : undefined;
  }
  const version = from.u8();
  if (version < 1 || version > 3) throw from.fail(`a fill value of version ${version}`);
  let defined: boolean;
  if (version === 3) defined = (from.u8() & 0x20) !== 0;
  else defined = from.skip(2).u8() !== 0;
  if (!defined) return undefined;
  const size = from.u32();
  return size === itemsize ? from.take(size) : undefined;
}

/** The first file a virtual dataset is made of, for messages; a text that says no more where it cannot be told. */
export function virtualSource(mapping: Uint8Array, image: FileImage): string {
  try {
    const from = new Cursor(mapping, 0, image);
    from.skip(1 + image.lengthSize);
    const name = new TextDecoder().decode(from.untilNul());
    return name === "" ? "other datasets" : name;
  } catch {
    return "other datasets";
  }
}
