import { LimitError } from "@masquerade/core";
import type { RawAttr, RawType } from "../read/raw.ts";
import type { H5Type } from "../type/h5type.ts";
import { parseDatatype } from "../type/parse.ts";
import { btree2Records } from "./btree2.ts";
import { Cursor, nameText } from "./cursor.ts";
import { dataspace } from "./dataset.ts";
import { FractalHeap } from "./fractal-heap.ts";
import type { GlobalHeaps } from "./heaps.ts";
import type { FileImage } from "./image.ts";
import { committedType, fieldsOf, type ObjectHeader, sharedElsewhere } from "./object-header.ts";

const ATTRIBUTE = 0x0c;
const ATTRIBUTE_INFO = 0x15;

/** An attribute message, wherever it was kept. */
export interface AttributeMessage {
  readonly from: Cursor;
  /** Flags of the message. */
  readonly flags: number;
  readonly order: number;
  /** Whether it lies in a heap, and not in the header. */
  readonly dense: boolean;
}

/** How much may be read as metadata, counted over the whole file. */
export interface MetadataBudget {
  left: number;
}

/** Values that mean nothing outside the file: references, and sequences of varying length that are no texts. */
export function hasPointers(type: H5Type): boolean {
  if (type.class === "other" || type.class === "text") return true;
  if (type.class === "array") return hasPointers(type.base);
  return type.class === "compound" && type.members.some((member) => hasPointers(member.type));
}

/** Attributes of an object, in the order they were made where that is kept. Throws FormatError, LimitError. */
export async function attributesOf(
  image: FileImage,
  heaps: GlobalHeaps,
  header: ObjectHeader,
  budget: MetadataBudget,
): Promise<RawAttr[]> {
  const out: RawAttr[] = [];
  for (const { from } of await attributeMessages(image, header)) out.push(await attribute(image, heaps, from, budget));
  return out;
}

/** The messages of an object's attributes, in the same order. Throws CapabilityError for those that are kept elsewhere. */
export async function attributeMessages(image: FileImage, header: ObjectHeader): Promise<AttributeMessage[]> {
  const found: AttributeMessage[] = [];
  for (const { type, flags, body, offset, order } of header.messages) {
    if (type !== ATTRIBUTE) continue;
    if ((flags & 2) !== 0) throw sharedElsewhere();
    found.push({ from: new Cursor(body, offset, image), flags, order: order ?? found.length, dense: false });
  }
  const info = fieldsOf(image, header, ATTRIBUTE_INFO);
  if (info !== undefined) for await (const one of dense(image, info)) found.push(one);
  return found.sort((a, b) => a.order - b.order);
}

/** Attributes of an object that has many, in a fractal heap: sections IV.A.2.v and III.G. */
async function* dense(image: FileImage, info: Cursor): AsyncGenerator<AttributeMessage> {
  const version = info.u8();
  if (version !== 0) throw info.fail(`an attribute info of version ${version}`);
  if (info.u8() & 1) info.skip(2);
  const [heapAt, names] = [info.address(), info.address()];
  if (heapAt === undefined || names === undefined) return;
  const heap = await FractalHeap.open(image, heapAt);
  for await (const record of btree2Records(image, names, 8, image.patience.limits.maxObjects)) {
    const one = new Cursor(record, 0, image);
    const id = one.take(8);
    const flags = one.u8();
    if (flags & 2) throw sharedElsewhere();
    const { bytes, offset } = await heap.object(id);
    yield { from: new Cursor(bytes, offset, image), flags, order: one.u32(), dense: true };
  }
}

/** An attribute message: section IV.A.2.m, versions 1 to 3. */
async function attribute(image: FileImage, heaps: GlobalHeaps, from: Cursor, budget: MetadataBudget): Promise<RawAttr> {
  const version = from.u8();
  if (version < 1 || version > 3) throw from.fail(`an attribute of version ${version}`);
  const flags = from.u8();
  const sizes = [from.u16(), from.u16(), from.u16()] as const;
  if (version === 3) from.skip(1);
  const part = (size: number): Cursor => {
    const start = from.start + from.at;
    const bytes = from.take(size);
    if (version === 1) from.skip(Math.min((8 - (size % 8)) % 8, from.left));
    return new Cursor(bytes, start, image);
  };
  const label = part(sizes[0]).bytes;
  const end = label.indexOf(0);
  const name = nameText(end < 0 ? label : label.subarray(0, end));
  const typePart = part(sizes[1]);
  if ((flags & 2) !== 0 && version > 1) throw sharedElsewhere();
  const type =
    (flags & 1) !== 0 && version > 1
      ? await committedType(image, typePart)
      : parseDatatype(typePart.bytes, typePart.start);
  const { shape } = dataspace(part(sizes[2]));
  const both: RawType = { h5: type, shape };
  if (shape === null) return { name, type: both, value: null };
  const count = shape.reduce((n, m) => n * m, 1);
  const bytes = count * type.size;
  spend(image, budget, bytes);
  const raw = from.take(bytes);
  if (name === "DIMENSION_LIST")
    return { name, type: both, value: undefined, scales: await scalesOf(heaps, image, raw) };
  if (type.class === "text") {
    if (type.size !== heaps.referenceBytes) throw from.fail("a text of an impossible size");
    const texts = (await heaps.texts(raw, count)).map((text) => text ?? "");
    spend(
      image,
      budget,
      texts.reduce((n, text) => n + text.length, 0),
    );
    return { name, type: both, value: texts };
  }
  if (type.class === "other" && type.points === "object" && type.size === image.offsetSize) {
    const from = new Cursor(raw, 0, image);
    return { name, type: both, value: undefined, references: Array.from({ length: count }, () => from.address() ?? 0) };
  }
  // Copies: what is kept must not hold on to blocks of the file.
  return { name, type: both, value: hasPointers(type) ? undefined : raw.slice() };
}

function spend(image: FileImage, budget: MetadataBudget, bytes: number): void {
  budget.left -= bytes;
  const { maxMetadataBytes } = image.patience.limits;
  if (!(budget.left >= 0))
    throw new LimitError("maxMetadataBytes", `attributes take more than ${maxMetadataBytes} bytes`, { format: "hdf5" });
}

/** Addresses of the scales attached to each dimension: HDF5's dimension scales, a sequence of object references for each. */
async function scalesOf(
  heaps: GlobalHeaps,
  image: FileImage,
  raw: Uint8Array,
): Promise<readonly (readonly number[])[]> {
  const size = heaps.referenceBytes;
  const out: number[][] = [];
  for (let at = 0; at + size <= raw.length; at += size) {
    const from = new Cursor(await heaps.sequence(raw.subarray(at, at + size), image.offsetSize), 0, image);
    const addresses: number[] = [];
    while (from.left >= image.offsetSize) addresses.push(from.address() ?? 0);
    out.push(addresses);
  }
  return out;
}
