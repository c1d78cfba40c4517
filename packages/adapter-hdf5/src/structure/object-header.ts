import { CapabilityError } from "@masquerade/core";
import type { H5Type } from "../type/h5type.ts";
import { parseDatatype } from "../type/parse.ts";
import { Cursor, malformed } from "./cursor.ts";
import type { FileImage } from "./image.ts";

/** A message of an object header, where it lies. */
export interface HeaderMessage {
  readonly type: number;
  /** Flags of the specification: 2 says that the body tells where the message is, not what it is. */
  readonly flags: number;
  /** The place among attributes, where that is kept track of. */
  readonly order: number | undefined;
  /** Where the body begins in the file. */
  readonly offset: number;
  readonly body: Uint8Array;
}

export interface ObjectHeader {
  readonly address: number;
  /** Of headers of version 2; those of version 1 have none. */
  readonly flags: number | undefined;
  /** Of version 2: times and how attributes are kept, as far as the flags say so. */
  readonly prefix: Uint8Array;
  /** Of version 1: hard links to the object; version 2 has a message for more than one. */
  readonly count: number;
  readonly messages: readonly HeaderMessage[];
}

/** Parts a header may be continued in, and messages it may have. */
const MAX_BLOCKS = 1000;
const MAX_MESSAGES = 65_536;
const CONTINUATION = 0x10;
/** What is read first of a header: most are shorter. */
const FIRST = 512;
export const DATATYPE = 0x03;
const SHARED = 2;

interface Part {
  readonly cursor: Cursor;
  /** Bytes before each message's body, and whether they hold a creation order. */
  readonly head: number;
}

/** The header of an object: file format specification 3.0, section IV.A.1, versions 1 and 2. Throws FormatError. */
export async function readObjectHeader(image: FileImage, address: number): Promise<ObjectHeader> {
  const first = await image.peek(address, FIRST);
  const isNew = first.bytes[0] === 0x4f;
  const messages: HeaderMessage[] = [];
  const parts: Part[] = [isNew ? await newPart(image, address, first) : await oldPart(image, address, first)];
  const { head } = parts[0] as Part;
  const seen = new Set<number>();
  for (let i = 0; i < parts.length; i++) {
    if (i >= MAX_BLOCKS) throw malformed(`an object header of more than ${MAX_BLOCKS} parts`, first.start);
    for (const message of messagesOf(parts[i] as Part, isNew)) {
      if (messages.length >= MAX_MESSAGES) throw malformed("an object header of too many messages", first.start);
      if (message.type !== CONTINUATION) {
        messages.push(message);
        continue;
      }
      const where = new Cursor(message.body, message.offset, image);
      const [at, length] = [where.address(), where.length()];
      if (at === undefined || length === undefined) throw where.fail("a header continued nowhere");
      if (seen.has(at)) throw where.fail("a header that goes on where it was already");
      seen.add(at);
      if (isNew) {
        const cursor = await image.checked(at, length);
        for (const letter of [0x4f, 0x43, 0x48, 0x4b])
          if (cursor.u8() !== letter) throw cursor.fail("there is no OCHK where a header goes on");
        parts.push({ cursor, head });
      } else parts.push({ cursor: await image.cursor(at, length), head });
    }
  }
  const flags = isNew ? (first.bytes[5] as number) : undefined;
  const view = new DataView(first.bytes.buffer, first.bytes.byteOffset, first.bytes.byteLength);
  return {
    address,
    flags,
    prefix: flags === undefined ? new Uint8Array(0) : first.bytes.slice(6, 6 + prefixBytes(flags)),
    count: flags === undefined ? view.getUint32(4, true) : 1,
    messages,
  };
}

/** Bytes between a header's flags and its size. */
const prefixBytes = (flags: number): number => (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);

async function newPart(image: FileImage, address: number, first: Cursor): Promise<Part> {
  first.signature("OHDR", 2);
  const flags = first.u8();
  first.skip(prefixBytes(flags));
  const size = first.uint(1 << (flags & 3));
  const cursor = await image.checked(address, first.at + size + 4);
  cursor.skip(first.at);
  return { cursor, head: flags & 4 ? 6 : 4 };
}

async function oldPart(image: FileImage, address: number, first: Cursor): Promise<Part> {
  const version = first.u8();
  if (version !== 1) throw malformed(`an object header of version ${version}`, first.start);
  const size = first.skip(7).u32();
  return { cursor: await image.cursor(address + 16, size), head: 8 };
}

function* messagesOf({ cursor, head }: Part, isNew: boolean): Generator<HeaderMessage> {
  while (cursor.left >= head) {
    const type = cursor.uint(isNew ? 1 : 2);
    const length = cursor.u16();
    const flags = cursor.u8();
    const order = head === 6 ? cursor.u16() : undefined;
    if (!isNew) cursor.skip(3);
    const offset = cursor.start + cursor.at;
    yield { type, flags, order, offset, body: cursor.take(length) };
  }
}

/** The first message of a type, as fields; undefined where there is none. Throws CapabilityError for one kept elsewhere. */
export function fieldsOf(image: FileImage, header: ObjectHeader, type: number): Cursor | undefined {
  const found = header.messages.find((one) => one.type === type);
  if (found === undefined) return undefined;
  if ((found.flags & SHARED) !== 0) throw sharedElsewhere();
  return new Cursor(found.body, found.offset, image);
}

export function sharedElsewhere(): CapabilityError {
  return new CapabilityError("hdf5", "shared-messages", "header messages shared by several objects are not read");
}

/** An object's datatype, through a committed one where there is one. Throws FormatError. */
export async function datatypeOf(image: FileImage, header: ObjectHeader): Promise<H5Type> {
  const own = header.messages.find((one) => one.type === DATATYPE);
  if (own === undefined) throw malformed("an object header without a datatype", header.address + image.base);
  if ((own.flags & SHARED) === 0) return parseDatatype(own.body, own.offset);
  return await committedType(image, new Cursor(own.body, own.offset, image));
}

/** The committed datatype that a shared message points at: section IV.A.2, "shared". */
export async function committedType(image: FileImage, from: Cursor): Promise<H5Type> {
  const version = from.u8();
  const type = from.u8();
  if (version === 1) from.skip(6);
  if (version === 3 && type === 1) throw sharedElsewhere();
  const address = from.address();
  if (address === undefined) throw from.fail("a committed datatype that is nowhere");
  const target = await readObjectHeader(image, address);
  const committed = target.messages.find((one) => one.type === DATATYPE && (one.flags & SHARED) === 0);
  if (committed === undefined) throw from.fail("a committed datatype that is none");
  return parseDatatype(committed.body, committed.offset);
}
