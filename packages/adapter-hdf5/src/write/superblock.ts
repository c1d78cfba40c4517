import { ByteBuilder, UNDEFINED_ADDRESS } from "./builder.ts";
import { lookup3 } from "./checksum.ts";

export const SUPERBLOCK_BYTES = 48;

/** A version 2 superblock, 48 bytes: file format specification 3.0, section II.A. */
export function superblock(root: number, end: number): Uint8Array {
  const block = new ByteBuilder().u8(0x89).text("HDF\r\n").u8(0x1a).text("\n");
  block.u8(2, 8, 8, 0).u64(0).u64(UNDEFINED_ADDRESS).u64(end).u64(root);
  return block.u32(lookup3(block.take())).take();
}
