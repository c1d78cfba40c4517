import {
  type Block,
  type DType,
  FormatError,
  isMaskedArray,
  type NdArray,
  nomask,
  OptionError,
  type Order,
  quoteText,
  sameDType,
  sameShape,
  sizeOf,
} from "@masquerade/core";

/** One plane of one array to be written, block by block along its slowest axis. */
export interface PlaneWriter {
  readonly path: string;
  readonly plane: "data" | "mask";
  readonly shape: readonly number[];
  readonly order: Order;
  readonly dtype: DType;
  /** Elements written so far. */
  done: number;
}

const slowAxis = (p: PlaneWriter): number => (p.order === "C" ? 0 : p.shape.length - 1);

/** Elements there are. */
export function totalOf(plane: PlaneWriter): number {
  return sizeOf(plane.shape);
}

/** Elements of one index of the slowest axis. */
const perIndex = (p: PlaneWriter): number => sizeOf(p.shape.toSpliced(slowAxis(p), 1));

/** The plane of a block as a plain array. Throws OptionError for a value that has not got it. */
export function planeOf(block: Block, plane: "data" | "mask"): NdArray {
  const { value } = block;
  if (!isMaskedArray(value)) return value;
  if (plane === "data") return value.data;
  return value.mask === nomask ? (value.maskArray() as NdArray) : (value.mask as NdArray);
}

/** Checks that a block is the next of its plane and returns its bytes as the file has them. Throws OptionError. */
export function acceptBlock(writer: PlaneWriter, block: Block, format: string): Uint8Array {
  const value = planeOf(block, writer.plane);
  const where = writer.path === "" ? "" : ` of "${quoteText(writer.path)}"`;
  const per = perIndex(writer);
  const at = block.position ?? block.start * per;
  if (at !== writer.done)
    throw new OptionError(
      "INDEX_INVALID",
      `${format}: the next block${where} (${writer.plane}) begins at element ${writer.done}, not at ${at}`,
    );
  const axis = slowAxis(writer);
  const count = writer.shape.length === 0 ? 1 : (value.shape[axis] ?? 0);
  const want = writer.shape.map((n, i) => (i === axis ? count : n));
  const fits =
    block.position === undefined
      ? sameShape(value.shape, want)
      : value.shape.length === writer.shape.length && (at % per) + value.size <= per;
  if (!fits || writer.done + value.size > totalOf(writer))
    throw new OptionError(
      "SHAPE_MISMATCH",
      `${format}: a block of shape (${value.shape.join(", ")}) at ${block.start} does not fit into (${writer.shape.join(", ")})${where}`,
    );
  if (!sameDType(unmarked(value.dtype), unmarked(writer.dtype)) && !sameButOrder(value.dtype, writer.dtype))
    throw new OptionError(
      "DTYPE_MISMATCH",
      `${format}: the plan says ${writer.dtype.kind}${where}, the block holds ${value.dtype.kind}`,
    );
  writer.done += value.size;
  return value.with({ dtype: writer.dtype, dims: undefined }).toBytes(writer.order);
}

/** The dtype without the marks of align=True and of records, which change no byte and no NPY header has. */
function unmarked(dtype: DType): DType {
  if (dtype.kind !== "struct") return dtype;
  const fields = dtype.fields.map((field) => ({ ...field, dtype: unmarked(field.dtype) }));
  return { ...dtype, fields, aligned: false, record: false };
}

function sameButOrder(a: DType, b: DType): boolean {
  return a.kind !== "struct" && b.kind === a.kind && sameDType(a, { ...b, byteOrder: a.byteOrder } as DType);
}

/** The error of a finish before everything was written. */
export function missingBlocks(format: string, writer: PlaneWriter): FormatError {
  const where = writer.path === "" ? "" : ` of "${quoteText(writer.path)}"`;
  return new FormatError(
    "FORMAT_TRUNCATED",
    format,
    `blocks${where} are missing: ${writer.done} of ${totalOf(writer)} elements of ${writer.plane} were written`,
  );
}
