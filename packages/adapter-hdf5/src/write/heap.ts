import { ByteBuilder } from "./builder.ts";
import type { FileOutput } from "./output.ts";

/** Smallest collection HDF5's library takes. */
const MINIMUM = 4096;

/**
 * Texts of one attribute as a global heap collection, and the elements that point to them.
 * File format specification, section III.E (global heap): 16 bytes of header, then objects, each of 16 bytes and its data padded to 8;
 * what is left is object 0. Elements: length, address of the collection, index from 1.
 */
export function heapTexts(out: FileOutput, texts: readonly string[]): Uint8Array {
  const encoder = new TextEncoder();
  const elements = new ByteBuilder();
  // Indices have 16 bits.
  for (let from = 0; from < texts.length; from += 0xfff0) {
    const some = texts.slice(from, from + 0xfff0).map((text) => encoder.encode(text));
    const heap = new ByteBuilder();
    let size = 16;
    for (const bytes of some) size += 16 + Math.ceil(bytes.length / 8) * 8;
    const total = Math.max(MINIMUM, size + 16);
    heap.text("GCOL").u8(1, 0, 0, 0).u64(total);
    some.forEach((bytes, i) => {
      heap
        .u16(i + 1)
        .u16(1)
        .u32(0)
        .u64(bytes.length)
        .raw(bytes)
        .zeros((8 - (bytes.length % 8)) % 8);
    });
    heap
      .u16(0)
      .u16(0)
      .u32(0)
      .u64(total - size)
      .zeros(total - size - 16);
    const address = out.append(heap.take());
    some.forEach((bytes, i) => {
      elements.u32(bytes.length).u64(address).u32(i + 1);
    });
  }
  return elements.take();
}
