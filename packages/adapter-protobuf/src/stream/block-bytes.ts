import {
  type AnyArray,
  CapabilityError,
  type DType,
  isMaskedArray,
  type Limits,
  type MaskedArray,
  type NdArray,
  nomask,
  type Order,
  type PlainValue,
} from "@masquerade/core";
import { BufferTable, frameBuffer } from "../message/buffers.ts";
import { encodeMask } from "../message/mask.ts";
import { readValue } from "../message/read-value.ts";
import { MessageWriter } from "../message/write.ts";
import { WireReader } from "../wire/reader.ts";
import { isObjects } from "./outline.ts";
import type { StreamArray, StreamPlane } from "./plan.ts";
import { type BlockMaskEncoding, FORMAT, objectsRules } from "./tables.ts";

/** How the values of blocks are written. */
export interface BlockHow {
  readonly mask: BlockMaskEncoding;
  readonly dropHidden: boolean;
}

/** The uncompressed bytes of one plane of a part of an array; a view of its memory where that is contiguous. */
export function blockBytes(part: AnyArray, plane: StreamPlane, array: StreamArray, how: BlockHow): Uint8Array {
  if (plane === "mask") return encodeMask(maskBools(part, array.order), how.mask);
  const data = dataOf(part, how.dropHidden && array.masked).with({ dtype: array.dtype, dims: undefined });
  return isObjects(array.dtype) ? objectBytes(data, array.order) : data.toBytes(array.order);
}

function dataOf(part: AnyArray, dropHidden: boolean): NdArray {
  if (!isMaskedArray(part)) return part;
  return dropHidden && part.mask !== nomask ? part.filled() : part.data;
}

/** The bools of a part's mask, one byte each. */
export function maskBools(part: AnyArray, order: Order): Uint8Array {
  const mask = isMaskedArray(part) ? ((part as MaskedArray).maskArray() as NdArray) : part;
  return mask.toBytes(order);
}

/** Elements of objects as the message Objects. Throws CapabilityError. */
function objectBytes(data: NdArray, order: Order): Uint8Array {
  const writer = new MessageWriter(FORMAT, { mask: "packed", dropHidden: false });
  const items = (order === "C" ? data.toC() : data.transpose().toC()) as readonly PlainValue[];
  for (const item of items) writer.value(1, item);
  const { buffers } = writer;
  const parts = [writer.finish()];
  let length = (parts[0] as Uint8Array).length;
  for (const buffer of buffers) {
    const { before, after } = frameBuffer(buffer, length, "crc32", 2);
    length += before.length + buffer.length + after.length;
    parts.push(before, buffer, after);
  }
  if (length > 2 ** 31 - 65_536)
    throw new CapabilityError(FORMAT, "values", "a block of objects has 2 GiB; write smaller blocks (blockBytes)");
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The elements in a message Objects, which begins at byte `at`. Throws FormatError. */
export function readObjects(
  bytes: Uint8Array,
  dtype: DType,
  count: number,
  limits: Limits,
  at: number,
): readonly PlainValue[] {
  const reader = new WireReader(bytes, FORMAT, limits, at);
  const buffers = new BufferTable(FORMAT, at);
  const items: PlainValue[] = [];
  const later: { readonly start: number; readonly end: number }[] = [];
  reader.fields("objects", objectsRules, bytes.length, (field) => {
    if (field === 2) buffers.add(reader);
    else if (later.length >= count) throw reader.fail(`a block of ${count} objects has more`);
    else later.push(reader.range("an object"));
  });
  if (later.length !== count) throw reader.fail(`a block of ${count} objects has ${later.length}`, 0);
  for (const range of later) items.push(readValue(reader, buffers, range));
  buffers.finish();
  if (dtype.kind === "string")
    for (const item of items)
      if (typeof item !== "string" && !(item === null && (dtype as { naObject?: unknown }).naObject !== undefined))
        throw reader.fail("an element of a StringDType array is no text", 0);
  return items;
}
