import {
  CapabilityError,
  type DType,
  dtypes,
  type Header,
  hasObjects,
  type NdArray,
  type Order,
  type Subclass,
} from "@masquerade/core";
import { readNpyHeader, writeNpyHeader } from "@masquerade/numpy";
import { subclasses } from "../message/tables.ts";
import { MessageWriter } from "../message/write.ts";
import { FORMAT } from "./tables.ts";

/** What a stream says of an array beyond its NPY header, and that header. */
export interface Outline extends Header {
  /** Class of a masked array's data. */
  readonly dataSubclass?: Subclass | undefined;
}

/** The message DType as bytes: two dtypes are the same in all that can be said of them if these are. */
function spelled(dtype: DType): string {
  const writer = new MessageWriter(FORMAT, { mask: "raw", dropHidden: false });
  writer.dtype(1, dtype);
  return `${writer.finish().join()};${writer.buffers.map((one) => one.join()).join(";")}`;
}

/** The dtype an NPY header is given for one that it may have no words for. */
function headerDType(dtype: DType): DType {
  if (dtype.kind === "string") return dtypes.object();
  try {
    writeNpyHeader({ dtype, shape: [], format: FORMAT });
    return dtype;
  } catch (error) {
    // Fields that overlap: NumPy's own header has no words for them.
    if (error instanceof CapabilityError) return dtypes.opaque(dtype.itemsize);
    throw error;
  }
}

/** The bytes numpy.save writes before the data of such an array. */
export function npyHeaderFor(dtype: DType, shape: readonly number[], order: Order): Uint8Array {
  return writeNpyHeader({ dtype: headerDType(dtype), shape, order, format: FORMAT });
}

/** The dtype that comes back from the NPY header of an array. */
function readBack(dtype: DType): DType {
  return readNpyHeader(npyHeaderFor(dtype, [], "C"), { format: FORMAT }).dtype;
}

/** Whether an NPY header says all of a dtype, so that the envelope need not. */
export function headerSaysAll(dtype: DType): boolean {
  if (dtype.kind === "string") return false;
  return spelled(readBack(dtype)) === spelled(dtype);
}

/** Whether an NPY header's dtype is the one that `dtype`, which the envelope says, is written with. */
export function headerAgrees(header: DType, dtype: DType): boolean {
  return spelled(header) === spelled(readBack(dtype));
}

/** Whether a fill value, or a dtype, is of a kind whose elements are in messages. */
export const isObjects = (dtype: DType): boolean => dtype.kind === "object" || dtype.kind === "string";

/** Writes an array of the stream into an envelope: a message Array without what its NPY header says and without data. */
export function writeOutline(
  writer: MessageWriter,
  field: number,
  outline: Outline,
  how: { readonly dropHidden: boolean },
): void {
  const masked = outline.mask !== "plain";
  const { dtype } = outline;
  if (hasObjects(dtype) && !isObjects(dtype))
    throw new CapabilityError(FORMAT, "dtype", "records with fields of objects have no bytes");
  writer.within(field, () => {
    if (!headerSaysAll(dtype)) writer.dtype(1, dtype);
    if (masked) writer.number(4, 1);
    if (outline.mask === "mask") writer.within(5, () => {});
    if (masked && outline.fillValue !== undefined) writer.fill(outline.fillValue as NdArray);
    if (masked && outline.hardMask) writer.number(7, 1);
    if (outline.mask === "mask" && how.dropHidden) writer.number(8, 1);
    writer.attributes(9, outline.attrs);
    if (outline.dims !== undefined) writer.dims(outline.dims);
    writer.named(11, subclasses, outline.subclass);
    if (masked) writer.named(12, subclasses, outline.dataSubclass);
  });
}
