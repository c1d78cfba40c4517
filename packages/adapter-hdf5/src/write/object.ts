import { ByteBuilder } from "./builder.ts";
import { lookup3 } from "./checksum.ts";
import type { Message } from "./messages.ts";

/** A version 2 object header, in one piece and with its checksum. File format specification 3.0, section IV.A.1.b. */
export function objectHeader(messages: readonly Message[]): Uint8Array {
  const body = new ByteBuilder();
  for (const { type, flags, body: bytes, order } of messages)
    body
      .u8(type)
      .u16(bytes.length)
      .u8(flags)
      .u16(order ?? 0)
      .raw(bytes);
  // Flags: four bytes of size; the order of attributes is tracked and indexed.
  const header = new ByteBuilder().text("OHDR").u8(2, 0x0e).u32(body.length).raw(body.take());
  return header.u32(lookup3(header.take())).take();
}
