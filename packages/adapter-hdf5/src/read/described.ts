import {
  type AxisRange,
  CapabilityError,
  checkShape,
  type DType,
  FormatError,
  LimitError,
  type Limits,
  quoteText,
  UnsafeContentError,
} from "@masquerade/core";
import { parseDType } from "@masquerade/numpy";
import { isLibraryFilter, isPlainFilter } from "../data/unfilter.ts";
import { filterName, plugins } from "../filter/plugins.ts";
import * as names from "../names.ts";
import type { GlobalHeaps } from "../structure/heaps.ts";
import { dtypeOf, type TypeReader } from "../type/from-h5.ts";
import type { H5Type } from "../type/h5type.ts";
import { withRecordMarks } from "../type/record-marks.ts";
import { textDTypeFrom } from "../type/text-dtype.ts";
import { textAttr } from "./attrs.ts";
import type { RawDataset } from "./raw.ts";
import type { Writer } from "./writer.ts";

/** How elements are got. */
export interface Fetch {
  /**
   * Elements of a dataset as they lie in the file: of each axis as much as {@link Context.part} says. In `into`, which has room for just those, else in
   * fresh memory, or as a view of the file's bytes: not to be written into.
   */
  bytes(path: string, into?: Uint8Array): Promise<Uint8Array>;
  texts(path: string, elements: number, bytes: number): Promise<readonly (string | null)[]>;
  /** Where values of varying length lie. */
  readonly heaps: GlobalHeaps;
  /** The path of an object by its address; undefined where none was found there. */
  pathOf(address: number): string | undefined;
}

/** What reading (a part of) the arrays of one file needs. */
export interface Context {
  readonly limits: Limits;
  readonly fetch: Fetch;
  /** What is read of each axis of a dataset, instead of all of it. */
  readonly part: readonly AxisRange[] | undefined;
  /** Bytes of arrays read so far. */
  total: number;
}

/** A dataset's type, dtype and full shape, checked against the limits before anything is read. */
export interface Described {
  /** Whose reader's dtypes these are. */
  readonly reader: Writer;
  /** The dataset's fill-value property was set. */
  readonly filled: boolean;
  readonly type: H5Type;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** What can be done about a member that is no array. */
export const LEAVE_OUT = 'unreadable: "skip" leaves it out';

export function describe(raw: RawDataset, reader: Writer, context: Context): Described {
  const named = `"${quoteText(raw.path, 80)}"`;
  if (raw.sources.length > 0)
    throw new UnsafeContentError(
      "UNSAFE_LINK",
      "hdf5",
      `${named} is a virtual dataset over ${quoteText(raw.sources[0] as string, 80)}, which is never opened; ${LEAVE_OUT}`,
    );
  if (raw.stored.layout.layout === "external")
    throw new UnsafeContentError(
      "UNSAFE_LINK",
      "hdf5",
      `the elements of ${named} lie in another file, which is never opened; ${LEAVE_OUT}`,
    );
  demandFilters(raw, named);
  let type = raw.stored.type;
  const { size } = type;
  const outer = context.part?.map((range) => range.count) ?? raw.shape ?? [];
  const shape = [...outer];
  while (type.class === "array") {
    shape.push(...type.dims);
    type = type.base;
  }
  const ours = reader === "masquerade";
  const dtype = ownDType(type, raw, ours) ?? toldRecord(dtypeOf(type, typeReader(reader)), raw, ours);
  if (typeof dtype === "string")
    throw new CapabilityError("hdf5", "dtype", `${named} holds ${dtype}, which no dtype has; ${LEAVE_OUT}`);
  const elements = checkShape(shape, size, context.limits, { format: "hdf5" });
  const bytes = outer.reduce((n, m) => n * m, size);
  const { maxBytes, maxTotalBytes } = context.limits;
  if (bytes > maxBytes || elements * dtype.itemsize > maxBytes)
    throw new LimitError("maxBytes", `${named} has ${bytes} bytes, more than ${maxBytes}`, { format: "hdf5" });
  context.total += bytes;
  if (context.total > maxTotalBytes)
    throw new LimitError("maxTotalBytes", `the arrays have more than ${maxTotalBytes} bytes`, { format: "hdf5" });
  return { reader, filled: raw.stored.fill !== undefined, type, dtype, shape, bytes };
}

/** Throws CapabilityError for filters that cannot be undone. */
function demandFilters({ stored: { filters } }: RawDataset, named: string): void {
  const foreign = filters.find((one) => !isPlainFilter(one) && !isLibraryFilter(one));
  const where = "h5repack -f NONE takes it off, in Python copying the data after `import hdf5plugin`";
  if (foreign !== undefined)
    throw new CapabilityError(
      "hdf5",
      "filter",
      `${named} is stored through ${quoteText(filterName(foreign), 80)}, which is not read here; ${where}`,
    );
  // HDF5's own library, in the worker, has none of the plugins.
  const plugin = filters.some(isLibraryFilter) ? filters.find(({ id }) => plugins.has(id)) : undefined;
  if (plugin !== undefined)
    throw new CapabilityError(
      "hdf5",
      "filter",
      `${named} is stored through ${quoteText(filterName(plugin), 80)} together with szip, nbit or scale-offset, which is not read here; ${where}`,
    );
}

const typeReader = (reader: Writer): TypeReader => (reader === "masquerade" ? "h5py" : reader);

/** A record's dtype with what our own files tell of it. */
function toldRecord(dtype: DType | string, raw: RawDataset, ours: boolean): DType | string {
  const marks = ours && typeof dtype !== "string" ? textAttr(raw.attrs, names.RECORD) : undefined;
  return marks === undefined || typeof dtype === "string" ? dtype : withRecordMarks(dtype, marks);
}

/** The dtype our own files tell by attribute. */
function ownDType(type: H5Type, raw: RawDataset, ours: boolean): DType | undefined {
  const told = ours ? textAttr(raw.attrs, names.DTYPE) : undefined;
  const texts =
    ours && (type.class === "text" || type.class === "string") ? textAttr(raw.attrs, names.TEXT) : undefined;
  if (texts !== undefined) return textDTypeFrom(texts) as DType | undefined;
  if (told === undefined) return undefined;
  const dtype = parseTold(told);
  const text = dtype.kind === "str" && type.class === "string";
  const empty = dtype.itemsize === 0 && (dtype.kind === "bytes" || dtype.kind === "void") && type.size === 1;
  if (!text && !empty)
    throw new FormatError(
      "FORMAT_MALFORMED",
      "hdf5",
      `the dtype of "${quoteText(raw.path, 60)}" does not fit its type`,
    );
  return dtype;
}

/** A dtype that our own files tell. Throws FormatError. */
export function parseTold(told: string): DType {
  try {
    return parseDType(told);
  } catch (cause) {
    throw new FormatError("FORMAT_MALFORMED", "hdf5", `"${quoteText(told, 40)}" is no dtype`, { cause });
  }
}
