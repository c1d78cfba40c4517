import type { H5Type } from "../type/h5type.ts";
import { datatypeMessage } from "../type/message.ts";
import { ByteBuilder, UNDEFINED_ADDRESS } from "./builder.ts";
import type { Storage } from "./node.ts";

/** A header message: its type number and body. File format specification 3.0, section IV.A.2. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly body: Uint8Array;
  /** Place among the attributes, for those. */
  readonly order?: number;
}

const CONSTANT = 1;

/** `maxShape`: lengths the axes may grow to, where any may. */
export function dataspace(shape: readonly number[] | null, maxShape: readonly number[] = shape ?? []): Uint8Array {
  const out = new ByteBuilder();
  if (shape === null) return out.u8(2, 0, 0, 2).take();
  const grows = maxShape.some((n, i) => n !== shape[i]);
  out.u8(2, shape.length, grows ? 1 : 0, shape.length === 0 ? 0 : 1);
  for (const n of shape) out.u64(n);
  if (grows) for (const n of maxShape) out.u64(n === Number.POSITIVE_INFINITY ? UNDEFINED_ADDRESS : n);
  return out.take();
}

export function datatype(type: H5Type): Message {
  return { type: 0x03, flags: CONSTANT, body: datatypeMessage(type) };
}

export function space(shape: readonly number[], maxShape: readonly number[]): Message {
  return { type: 0x01, flags: 0, body: dataspace(shape, maxShape) };
}

/** Space is allocated late for contiguous data and as chunks come for chunked; fill values are written where set. */
export function fillValue(fill: Uint8Array | undefined, chunked: boolean): Message {
  const out = new ByteBuilder().u8(3, (chunked ? 3 : 2) | (2 << 2) | (fill === undefined ? 0 : 0x20));
  if (fill !== undefined) out.u32(fill.length).raw(fill);
  return { type: 0x05, flags: CONSTANT, body: out.take() };
}

export function contiguousLayout(address: number | undefined, size: number): Message {
  const body = new ByteBuilder().u8(3, 1).u64(address ?? UNDEFINED_ADDRESS);
  return { type: 0x08, flags: 0, body: body.u64(size).take() };
}

export function chunkedLayout(index: number | undefined, chunks: readonly number[], itemsize: number): Message {
  const out = new ByteBuilder().u8(3, 2, chunks.length + 1).u64(index ?? UNDEFINED_ADDRESS);
  for (const n of chunks) out.u32(n);
  return { type: 0x08, flags: 0, body: out.u32(itemsize).take() };
}

/** Filters in the order they are applied when writing: shuffle, deflate, Fletcher-32. */
export function filterPipeline(storage: Storage, itemsize: number): Message | undefined {
  const filters: readonly (readonly [id: number, flags: number, values: readonly number[]])[] = [
    ...(storage.shuffle ? [[2, 1, [itemsize]] as const] : []),
    ...(storage.gzip === undefined ? [] : [[1, 1, [storage.gzip]] as const]),
    ...(storage.fletcher32 ? [[3, 0, []] as const] : []),
  ];
  if (filters.length === 0) return undefined;
  const out = new ByteBuilder().u8(2, filters.length);
  for (const [id, flags, values] of filters) {
    out.u16(id).u16(flags).u16(values.length);
    for (const value of values) out.u32(value);
  }
  return { type: 0x0b, flags: 0, body: out.take() };
}

export function attribute(
  name: string,
  type: H5Type,
  shape: readonly number[] | null,
  value: Uint8Array,
  order: number,
): Message {
  const label = new TextEncoder().encode(name);
  const [typeBytes, spaceBytes] = [datatypeMessage(type), dataspace(shape)];
  const body = new ByteBuilder()
    .u8(3, 0)
    .u16(label.length + 1)
    .u16(typeBytes.length)
    .u16(spaceBytes.length);
  body.u8(1).raw(label).u8(0).raw(typeBytes).raw(spaceBytes).raw(value);
  return { type: 0x0c, flags: 0, order, body: body.take() };
}

/** Attributes are kept in the header, and their order is known. */
export function attributeInfo(count: number): Message {
  const body = new ByteBuilder().u8(0, 3).u16(count).u64(UNDEFINED_ADDRESS).u64(UNDEFINED_ADDRESS);
  return { type: 0x15, flags: 4, body: body.u64(UNDEFINED_ADDRESS).take() };
}

/** Links are kept in the header, and their order is known. */
export function linkInfo(count: number): Message {
  const body = new ByteBuilder().u8(0, 3).u64(count).u64(UNDEFINED_ADDRESS).u64(UNDEFINED_ADDRESS);
  return { type: 0x02, flags: 0, body: body.u64(UNDEFINED_ADDRESS).take() };
}

export function groupInfo(): Message {
  return { type: 0x0a, flags: CONSTANT, body: new ByteBuilder().u8(0, 0).take() };
}

/** `order`: its place among the group's members, where that is kept. */
export function hardLink(name: string, order: number | undefined, address: number): Message {
  const label = new TextEncoder().encode(name);
  const size = label.length < 0x100 ? 0 : 1;
  const body = new ByteBuilder().u8(1, (order === undefined ? 0x10 : 0x14) | size);
  if (order !== undefined) body.u64(order);
  body.u8(1);
  body.uint(label.length, 1 << size).raw(label);
  return { type: 0x06, flags: 0, body: body.u64(address).take() };
}
