import {
  type AnyArray,
  arrayFromBytes,
  CapabilityError,
  checkShape,
  type DecodeOptions,
  type DType,
  dtypes,
  FormatError,
  type FullMask,
  fillOut,
  isMaskedArray,
  LimitError,
  type Limits,
  MaskedArray,
  maskDType,
  NdArray,
  nomask,
  quoteText,
  UnsafeContentError,
  withByteOrder,
} from "@masquerade/core";
import { parseDType } from "@masquerade/numpy";
import * as names from "../names.ts";
import type { Hdf5ReadOptions } from "../options.ts";
import type { Superblock } from "../superblock.ts";
import { dtypeOf, type TypeReader } from "../type/from-h5.ts";
import type { H5Type } from "../type/h5type.ts";
import type { RawAttr, RawDataset } from "../worker/protocol.ts";
import { textAttr, userAttrs } from "./attrs.ts";
import { maskedColumns } from "./columns.ts";
import { arrayOf, nonzero, textArray } from "./elements.ts";
import { matlabArray } from "./matlab.ts";
import { netcdfArray } from "./netcdf.ts";
import { ObjectHeader } from "./object-header.ts";
import type { PlanArray } from "./plan.ts";
import { settle } from "./settle.ts";
import type { Writer } from "./writer.ts";

/** How elements are got from the library. */
export interface Fetch {
  bytes(path: string, bytes: number): Promise<Uint8Array>;
  texts(path: string, elements: number, bytes: number): Promise<readonly string[]>;
}

/** What reading one file needs. */
export interface Context {
  readonly file: Uint8Array;
  readonly superblock: Superblock;
  readonly limits: Limits;
  readonly fetch: Fetch;
  /** Bytes of arrays read so far. */
  total: number;
}

/** Filters the library has: deflate, shuffle, Fletcher-32, szip, nbit, scale-offset. */
const KNOWN_FILTERS = 6;
const EXTERNAL_FILES = 0x07;

/** A dataset's type, dtype and full shape, checked against the limits before anything is read. */
interface Described {
  /** Whose reader's dtypes these are. */
  readonly reader: Writer;
  /** The dataset's fill-value property was set. */
  readonly filled: boolean;
  readonly type: H5Type;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: number;
}

function describe(raw: RawDataset, reader: Writer, context: Context): Described {
  const named = `"${quoteText(raw.path, 80)}"`;
  if (raw.sources.length > 0)
    throw new UnsafeContentError(
      "UNSAFE_LINK",
      "hdf5",
      `${named} is a virtual dataset over ${quoteText(raw.sources[0] as string, 80)}, which is never opened`,
    );
  const header = new ObjectHeader(context.file, context.superblock, raw.address);
  if (header.messages.some((one) => one.type === EXTERNAL_FILES))
    throw new UnsafeContentError(
      "UNSAFE_LINK",
      "hdf5",
      `the elements of ${named} lie in another file, which is never opened`,
    );
  const foreign = header.filters().find((id) => id < 1 || id > KNOWN_FILTERS);
  if (foreign !== undefined)
    throw new CapabilityError(
      "hdf5",
      "filter",
      `${named} is stored through filter ${foreign}, which is not here; h5repack -f NONE takes it off`,
    );
  let type = header.datatype();
  const { class: outer, size } = type;
  const shape = [...(raw.shape ?? [])];
  while (type.class === "array") {
    shape.push(...type.dims);
    type = type.base;
  }
  const dtype = ownDType(type, raw, reader === "masquerade") ?? dtypeOf(type, typeReader(reader));
  if (typeof dtype === "string")
    throw new CapabilityError(
      "hdf5",
      "dtype",
      `${named} holds ${dtype}, which no dtype has; select another dataset, or skip it with unreadable: "skip"`,
    );
  if (size !== raw.size && outer !== "text")
    throw new FormatError("FORMAT_MALFORMED", "hdf5", `the library and the header differ about the type of ${named}`);
  const elements = checkShape(shape, size, context.limits, { format: "hdf5" });
  const bytes = (raw.shape ?? []).reduce((n, m) => n * m, size);
  const { maxBytes, maxTotalBytes } = context.limits;
  if (bytes > maxBytes || elements * dtype.itemsize > maxBytes)
    throw new LimitError("maxBytes", `${named} has ${bytes} bytes, more than ${maxBytes}`, { format: "hdf5" });
  context.total += bytes;
  if (context.total > maxTotalBytes)
    throw new LimitError("maxTotalBytes", `the arrays have more than ${maxTotalBytes} bytes`, { format: "hdf5" });
  return { reader, filled: header.fillDefined(), type, dtype, shape, bytes };
}

const typeReader = (reader: Writer): TypeReader => (reader === "masquerade" ? "h5py" : reader);

/** The dtype our own files tell by attribute. */
function ownDType(type: H5Type, raw: RawDataset, ours: boolean): DType | undefined {
  const told = ours ? textAttr(raw.attrs, names.DTYPE) : undefined;
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

function parseTold(told: string): DType {
  try {
    return parseDType(told);
  } catch (cause) {
    throw new FormatError("FORMAT_MALFORMED", "hdf5", `"${quoteText(told, 40)}" is no dtype`, { cause });
  }
}

async function read(raw: RawDataset, one: Described, fetch: Fetch): Promise<NdArray> {
  const { type, shape } = one;
  if (type.class === "text") {
    const count = shape.reduce((n, m) => n * m, 1);
    const storage = [...(count === 0 ? [] : await fetch.texts(raw.path, count, one.bytes))];
    return new NdArray({ dtype: dtypes.stringDType() as DType, shape, storage }) as NdArray;
  }
  const bytes = one.bytes === 0 ? new Uint8Array(0) : await fetch.bytes(raw.path, one.bytes);
  return elementsOf(bytes, one);
}

function elementsOf(bytes: Uint8Array, { reader, type, dtype, shape }: Described): NdArray {
  if (reader !== "masquerade") settle(bytes, type, reader);
  if (dtype.itemsize === 0) return arrayFromBytes(new Uint8Array(0), dtype, shape) as NdArray;
  if (dtype.kind === "str" && type.class === "string") return textArray(bytes, type.size, dtype, shape);
  return arrayOf(bytes, type, dtype, shape);
}

/** The array a plan describes. Throws CapabilityError for types no dtype has, and whatever reading throws. */
export async function loadArray(
  plan: PlanArray,
  context: Context,
  options: Hdf5ReadOptions & Pick<DecodeOptions, "out">,
): Promise<AnyArray> {
  const { data: raw, reader } = plan;
  const ours = reader === "masquerade";
  const described = describe(raw, reader, context);
  let data = await read(raw, described, context.fetch);
  if (ours && textAttr(raw.attrs, names.ORDER) === "F") data = data.copy("F");
  const attrs = new Map(userAttrs(raw.attrs, reader));
  if (plan.beside !== undefined) attrs.set(META_ATTR, await textOf(plan.beside, context));
  // Sub-arrays of the type are dimensions without a name.
  const dims = plan.dims?.length === data.ndim ? plan.dims : undefined;
  data = data.with({ attrs, dims });
  const seen = await seenAs(plan, data, described, context, options);
  if (options.out === undefined) return seen;
  const plainly = isMaskedArray(seen) ? seen.data : seen;
  const filled = fillOut(plainly, options.out).with({ attrs: plainly.attrs, dims: plainly.dims });
  return isMaskedArray(seen) ? seen.with({ data: filled }) : filled;
}

/** What the writing tool's reader makes of the elements: masked, scaled, transposed. */
async function seenAs(
  plan: PlanArray,
  data: NdArray,
  described: Described,
  context: Context,
  options: Hdf5ReadOptions,
): Promise<AnyArray> {
  const { mask, reader } = plan;
  const { attrs } = plan.data;
  if (reader === "matlab") return matlabArray(data, attrs);
  // PyTables gives numbers in the machine's own byte order.
  if (reader === "pytables") return data.astype(withByteOrder(data.dtype, "little")) as NdArray;
  if (reader === "netcdf4")
    return netcdfArray(
      data,
      { attrs, type: described.type, filled: described.filled },
      { mask: mask === "netcdf", scale: options.scale !== "none" },
    );
  if (mask === undefined || mask === "netcdf") return data;
  if (mask === "columns") return maskedColumns(data);
  const ours = reader === "masquerade";
  const fillValue = fillOf(attrs, described, ours);
  const own = new Map([...data.attrs].filter(([name]) => fillValue === undefined || name !== names.FILL_VALUE));
  return new MaskedArray({
    data: data.with({ attrs: own }),
    mask: await maskOf(mask, plan, data, described, context),
    fillValue,
    hardMask: ours && attrs.some((one) => one.name === names.HARD_MASK),
  });
}

const META_ATTR = "__table_column_meta__";

/** The lines of a dataset of texts, as one text. */
async function textOf(raw: RawDataset, context: Context): Promise<string> {
  const lines = await read(raw, describe(raw, "h5py", context), context.fetch);
  const decoder = new TextDecoder();
  const line = (one: unknown): string => (one instanceof Uint8Array ? decoder.decode(one) : String(one));
  return [...lines.flat()].map(line).join("\n");
}

async function maskOf(
  mask: RawDataset | "nomask" | "fill",
  plan: PlanArray,
  data: NdArray,
  described: Described,
  context: Context,
): Promise<FullMask | typeof nomask> {
  if (mask === "nomask") return nomask;
  if (mask === "fill") return missing(plan.data.attrs, data, described);
  const one = describe(mask, plan.reader, context);
  const want = maskDType(data.dtype);
  const shown = `the mask "${quoteText(mask.path, 60)}"`;
  if (want.kind === "struct") {
    const found = await read(mask, one, context.fetch);
    if (found.dtype.kind !== "struct" || found.dtype.itemsize !== want.itemsize)
      throw new FormatError("FORMAT_MALFORMED", "hdf5", `${shown} does not have a bool for each field`);
    const full = found.with({ dtype: want as DType });
    return (data.order === "F" ? full.copy("F") : full) as unknown as FullMask;
  }
  if (one.type.class !== "integer" && one.type.class !== "enum" && one.type.class !== "bitfield")
    throw new FormatError("FORMAT_MALFORMED", "hdf5", `${shown} does not hold integers or bools`);
  const bytes = one.bytes === 0 ? new Uint8Array(0) : await context.fetch.bytes(mask.path, one.bytes);
  const full = nonzero(bytes, one.type.size, data.shape);
  return data.order === "F" ? full.copy("F") : full;
}

/** Elements equal to `_FillValue`, bit for bit, or NaN where that is NaN. */
function missing(attrs: readonly RawAttr[], data: NdArray, described: Described): FullMask {
  const fill = attributeElement(attrs, described);
  if (fill === undefined)
    throw new FormatError(
      "FORMAT_MALFORMED",
      "hdf5",
      "missing values are to be found by _FillValue, and there is none",
    );
  const value = fill.at() as number | bigint;
  const values = data.toC() as ArrayLike<number | bigint>;
  const out = nonzero(new Uint8Array(data.size), 1, data.shape);
  for (let i = 0; i < values.length; i++)
    if (values[i] === value || (Number.isNaN(value) && Number.isNaN(values[i]))) out.storage[i] = 1;
  return data.order === "F" ? out.copy("F") : out;
}

/** `_FillValue` as an element of the data. */
function attributeElement(attrs: readonly RawAttr[], described: Described): NdArray | undefined {
  const found = attrs.find((one) => one.name === names.FILL_VALUE)?.value;
  if (!(found instanceof Uint8Array) || found.length !== described.type.size) return undefined;
  return elementsOf(found.slice(), { ...described, shape: [] });
}

function fillOf(attrs: readonly RawAttr[], described: Described, ours: boolean): NdArray | undefined {
  const told = ours ? textAttr(attrs, names.FILL_DTYPE) : undefined;
  if (told === undefined) return attributeElement(attrs, described);
  if (told === "unset") return undefined;
  const dtype = parseTold(told);
  const bytes = attrs.find((one) => one.name === names.FILL)?.value ?? new Uint8Array(0);
  if (!(bytes instanceof Uint8Array) || bytes.length !== dtype.itemsize)
    throw new FormatError("FORMAT_MALFORMED", "hdf5", "the fill value does not fit its dtype");
  return arrayFromBytes(bytes.slice(), dtype, []) as NdArray;
}
