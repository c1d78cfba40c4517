import { type DType, FormatError, LimitError, type Limits, sizeOf } from "@masquerade/core";
import { fillOf } from "./fill.ts";
import type { Flavour } from "./flavour.ts";
import { leavesOf } from "./leaves.ts";
import type { TableHeader } from "./read-header.ts";
import type { Table } from "./read-rows.ts";
import { acrossOf } from "./row-writer.ts";
import type { TableTraits } from "./run.ts";
import type { Scanner } from "./scan.ts";

/** What a header of ours says of the rows. */
export function tableOf(header: TableHeader): Table {
  const { dtype, shape, mask, missing, nans } = header;
  return { dtype, shape, across: acrossOf(dtype, shape), mask, missing: [missing], ours: true, nans };
}

/** What it says beside. */
export function traitsOf(header: TableHeader, flavour: Flavour, limits: Limits): TableTraits {
  const { fortran, hardMask, fillDType, fill, mask } = header;
  const masked = mask !== "plain";
  return {
    fortran,
    hardMask: masked && hardMask,
    fillValue: masked ? fillOf(fillDType, fill, flavour, limits) : undefined,
  };
}

/** Bytes of an array that are not worth counting its lines first. */
export const SMALL: number = 2 ** 24;

/** Throws unless so many bytes of text have room for the elements, each at least the end of its field. */
export function demandRoom({ dtype, shape }: Table, left: number, flavour: Flavour, offset: number): void {
  if (sizeOf(shape) > left + 1)
    throw new FormatError(
      "FORMAT_TRUNCATED",
      flavour.id,
      `shape (${shape.join(", ")}) of ${dtype.kind} has more elements than the file can have`,
      { offset },
    );
}

/** Throws unless an array of so many elements may be made. */
export function demandBytes(count: number, dtype: DType, limits: Limits, flavour: Flavour, what = "an array"): void {
  const bytes = count * dtype.itemsize;
  if (bytes <= limits.maxBytes) return;
  throw new LimitError("maxBytes", `${what} of ${bytes} bytes is more than ${limits.maxBytes}`, { format: flavour.id });
}

/** The row with the names of the columns, which must be those of the dtype. */
export function passNames(scanner: Scanner, dtype: DType<"struct">): void {
  if (!scanner.nextRow()) throw scanner.fail("the names of the columns are missing", scanner.bytes.length);
  const leaves = leavesOf(dtype);
  leaves.forEach((leaf, i) => {
    scanner.field();
    if (scanner.text() !== leaf.name) throw scanner.failField("not the column's name in the header");
    if (scanner.more() !== i + 1 < leaves.length) throw scanner.fail("not as many columns as the dtype has values");
  });
}

/** Of a table without our header. */
export const noTraits: TableTraits = { fortran: false, hardMask: false, fillValue: undefined };
