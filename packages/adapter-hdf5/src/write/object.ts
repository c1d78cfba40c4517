import { ByteBuilder } from "./builder.ts";
import { lookup3 } from "./checksum.ts";
import type { Message } from "./messages.ts";

/** Flags of a header: the order of attributes is tracked and indexed. */
export const TRACKED = 0x0c;
const WITH_ORDER = 0x04;

/**
 * A version 2 object header, in one piece and with its checksum. File format specification 3.0, section IV.A.1.b. `prefix`: the times and
 * numbers that the flags speak of.
 */
export function objectHeader(
  messages: readonly Message[],
  flags: number = TRACKED,
  prefix: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const body = new ByteBuilder();
  for (const { type, flags: own, body: bytes, order } of messages) {
    body.u8(type).u16(bytes.length).u8(own);
    if ((flags & WITH_ORDER) !== 0) body.u16(order ?? 0);
    body.raw(bytes);
  }
  // Four bytes of size, whatever it is.
  const header = new ByteBuilder()
    .text("OHDR")
    .u8(2, flags | 2)
    .raw(prefix)
    .u32(body.length)
    .raw(body.take());
  return header.u32(lookup3(header.take())).take();
}
