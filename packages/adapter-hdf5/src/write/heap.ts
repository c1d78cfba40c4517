import { ByteBuilder } from "./builder.ts";
import type { FileOutput } from "./output.ts";

/** Smallest collection HDF5's library takes. */
const MINIMUM = 4096;
/** Texts of one collection: indices have 16 bits and begin at 1. */
const MOST = 0xfff0;

interface Place {
  readonly collection: number;
  readonly index: number;
  readonly length: number;
}

/**
 * The variable-length texts of a file as global heap collections: first all are added, then written, then pointed to.
 * File format specification 3.0, section III.E: 16 bytes of header, then objects, each of 16 bytes and its data padded to 8; what is left is
 * object 0.
 */
export class TextHeap {
  private readonly places = new Map<string, Place>();
  private readonly collections: Uint8Array[][] = [];
  private readonly addresses: number[] = [];

  add(texts: readonly string[]): void {
    for (const text of texts) {
      if (this.places.has(text)) continue;
      let last = this.collections.at(-1);
      if (last === undefined || last.length >= MOST) {
        last = [];
        this.collections.push(last);
      }
      const bytes = new TextEncoder().encode(text);
      last.push(bytes);
      this.places.set(text, { collection: this.collections.length - 1, index: last.length, length: bytes.length });
    }
  }

  write(out: FileOutput): void {
    for (const texts of this.collections) this.addresses.push(out.append(collection(texts)));
  }

  /** Elements that point to texts added before: length, address of the collection (0 until they are written), index. */
  elements(texts: readonly string[]): Uint8Array {
    const out = new ByteBuilder();
    for (const text of texts) {
      const place = this.places.get(text) as Place;
      out
        .u32(place.length)
        .u64(this.addresses[place.collection] ?? 0)
        .u32(place.index);
    }
    return out.take();
  }
}

function collection(texts: readonly Uint8Array[]): Uint8Array {
  let size = 16;
  for (const bytes of texts) size += 16 + Math.ceil(bytes.length / 8) * 8;
  const total = Math.max(MINIMUM, size + 16);
  const heap = new ByteBuilder().text("GCOL").u8(1, 0, 0, 0).u64(total);
  texts.forEach((bytes, i) => {
    heap
      .u16(i + 1)
      .u16(1)
      .u32(0)
      .u64(bytes.length);
    heap.raw(bytes).zeros((8 - (bytes.length % 8)) % 8);
  });
  heap
    .u16(0)
    .u16(0)
    .u32(0)
    .u64(total - size);
  return heap.zeros(total - size - 16).take();
}
