import type { WireReader } from "../wire/reader.ts";
import type { StreamHead } from "./head.ts";
import { isObjects } from "./outline.ts";
import { boolsOf, type PlannedBlock, type StreamArray } from "./plan.ts";
import { type BlockMaskEncoding, blockRules, endRules, growthRules, indexRules, planes } from "./tables.ts";

const nothing: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/** A block as it came, verified, still compressed. */
export interface ReadBlock extends PlannedBlock {
  /** Bytes uncompressed. */
  readonly length: number;
  readonly data: Uint8Array;
  /** Checksum of its message. */
  readonly sum: number;
  /** Where in the file its message begins. */
  readonly at: number;
}

export interface ReadEnd {
  readonly blocks: number;
  readonly index: number;
  readonly digest: number;
}

export interface ReadIndex {
  readonly offsets: Uint8Array;
  readonly sizes: Uint8Array;
  readonly growths: readonly { readonly array: number; readonly length: number }[];
}

/** A message Block, held to the plan. */
export function readBlock(reader: WireReader, head: StreamHead, sum: number, at: number): ReadBlock {
  let index = 0;
  let array = 0;
  let plane: PlannedBlock["plane"] | undefined;
  let start = 0;
  let count = 0;
  let length = 0;
  let data = nothing;
  reader.message("a block", blockRules, (field) => {
    if (field === 1) index = reader.number();
    else if (field === 2) array = reader.number();
    else if (field === 3) plane = reader.enumeration("a plane", planes);
    else if (field === 4) start = reader.number();
    else if (field === 5) count = reader.number();
    else if (field === 6) length = reader.number();
    else data = reader.bytes("the data of a block");
  });
  const due = head.plan.at(index);
  if (due === undefined) throw reader.fail(`there is no block ${index}; the arrays have ${head.plan.total}`, 0);
  if (due.array !== array || due.plane !== plane || due.start !== start || due.count !== count)
    throw reader.fail(
      `block ${index} is not elements ${due.start} to ${due.start + due.count - 1} of the ${due.plane} of array ${due.array}`,
      0,
    );
  const must = lengthOf(due, head.plan.arrays[array] as StreamArray, head.envelope.mask);
  if (must !== undefined && length !== must) throw reader.fail(`block ${index} has ${must} bytes, not ${length}`, 0);
  if (data.length > length) throw reader.fail(`block ${index} of ${length} bytes takes ${data.length}`, 0);
  if (length > reader.limits.maxBytes) throw reader.limit("maxBytes", `a block of ${length} bytes`, 0);
  return { index, array, plane: due.plane, start, count, length, data, sum, at };
}

/** Bytes of a block uncompressed; undefined for objects, whose size nobody knows. */
export function lengthOf(block: PlannedBlock, array: StreamArray, mask: BlockMaskEncoding): number | undefined {
  if (block.plane === "data") return isObjects(array.dtype) ? undefined : block.count * array.dtype.itemsize;
  const bools = block.count * boolsOf(array.dtype);
  return mask === "raw" ? bools : Math.ceil(bools / 8);
}

export function readGrowth(reader: WireReader): { readonly array: number; readonly length: number } {
  let array = 0;
  let length = 0;
  reader.message("a growth", growthRules, (field) => {
    if (field === 1) array = reader.number();
    else length = reader.number();
  });
  return { array, length };
}

export function readIndex(reader: WireReader): ReadIndex {
  let offsets = new Uint8Array(0);
  let sizes = new Uint8Array(0);
  const growths: { readonly array: number; readonly length: number }[] = [];
  reader.message("an index", indexRules, (field) => {
    if (field === 1) offsets = reader.bytes("offsets") as Uint8Array<ArrayBuffer>;
    else if (field === 2) sizes = reader.bytes("sizes") as Uint8Array<ArrayBuffer>;
    else growths.push(readGrowth(reader));
  });
  if (offsets.length % 8 !== 0 || sizes.length % 4 !== 0 || offsets.length !== sizes.length * 2)
    throw reader.fail("an index has not one offset and one size for each block");
  return { offsets, sizes, growths };
}

export function readEnd(reader: WireReader): ReadEnd {
  const seen: [number?, number?, number?] = [];
  reader.message("an end", endRules, (field) => {
    const at = reader.at;
    const value = field === 3 ? reader.fixed32() : Number(reader.fixed64());
    if (!Number.isSafeInteger(value)) throw reader.fail("a number is larger than 2^53 - 1", at);
    seen[field - 1] = value;
  });
  const [blocks, index, digest] = seen;
  if (blocks === undefined || index === undefined || digest === undefined)
    throw reader.fail("an end lacks its blocks, its index or its digest");
  return { blocks, index, digest };
}
