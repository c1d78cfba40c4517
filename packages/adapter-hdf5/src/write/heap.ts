import { ByteBuilder } from "./builder.ts";

/** Smallest collection HDF5's library takes. */
const MINIMUM = 4096;
/** Objects of one collection: indices have 16 bits and begin at 1. */
const MOST = 0xfff0;

interface Place {
  readonly collection: number;
  readonly index: number;
  /** Elements of the object: bytes of a text, references of a list. */
  readonly count: number;
}

/** An object of the heap: its bytes, or how to make them once addresses are known. */
interface HeapObject {
  readonly size: number;
  readonly make: () => Uint8Array;
}

/**
 * What a file holds of varying length, as global heap collections: first all is added, then placed, then pointed to, and made.
 * File format specification 3.0, section III.E: 16 bytes of header, then objects, each of 16 bytes and its data padded to 8; what is left is
 * object 0.
 */
export class GlobalHeapWriter {
  private readonly texts = new Map<string, Place>();
  private readonly lists = new Map<object, Place>();
  private readonly collections: HeapObject[][] = [];
  private readonly addresses: number[] = [];

  addTexts(texts: readonly string[]): void {
    for (const text of texts) {
      if (this.texts.has(text)) continue;
      const bytes = new TextEncoder().encode(text);
      this.texts.set(text, this.add({ size: bytes.length, make: () => bytes }, bytes.length));
    }
  }

  /** A list of `count` addresses, known by `key`. */
  addList(key: object, count: number, make: () => Uint8Array): void {
    if (!this.lists.has(key)) this.lists.set(key, this.add({ size: 8 * count, make }, count));
  }

  private add(object: HeapObject, count: number): Place {
    let last = this.collections.at(-1);
    if (last === undefined || last.length >= MOST) {
      last = [];
      this.collections.push(last);
    }
    last.push(object);
    return { collection: this.collections.length - 1, index: last.length, count };
  }

  /** Gives every collection its address, from `position` on; the position behind them. */
  place(position: number): number {
    let at = position;
    for (const objects of this.collections) {
      at = Math.ceil(at / 8) * 8;
      this.addresses.push(at);
      at += sizeOf(objects).total;
    }
    return at;
  }

  /** The collections with their addresses. */
  blocks(): (readonly [address: number, bytes: Uint8Array])[] {
    return this.collections.map((objects, i) => [this.addresses[i] as number, collection(objects)] as const);
  }

  /** Elements that point to texts added before: length, address of the collection (0 until they are placed), index. */
  elements(texts: readonly string[]): Uint8Array {
    return this.pointers(texts.map((text) => this.texts.get(text) as Place));
  }

  /** The same for lists. */
  listElements(keys: readonly object[]): Uint8Array {
    return this.pointers(keys.map((key) => this.lists.get(key) as Place));
  }

  private pointers(places: readonly Place[]): Uint8Array {
    const out = new ByteBuilder();
    for (const { count, collection: i, index } of places)
      out
        .u32(count)
        .u64(this.addresses[i] ?? 0)
        .u32(index);
    return out.take();
  }
}

/** A heap of texts alone. */
export function textHeap(texts: readonly string[]): GlobalHeapWriter {
  const heap = new GlobalHeapWriter();
  heap.addTexts(texts);
  return heap;
}

function sizeOf(objects: readonly HeapObject[]): { readonly used: number; readonly total: number } {
  let used = 16;
  for (const { size } of objects) used += 16 + Math.ceil(size / 8) * 8;
  return { used, total: Math.max(MINIMUM, used + 16) };
}

function collection(objects: readonly HeapObject[]): Uint8Array {
  const { used, total } = sizeOf(objects);
  const heap = new ByteBuilder().text("GCOL").u8(1, 0, 0, 0).u64(total);
  objects.forEach(({ size, make }, i) => {
    heap
      .u16(i + 1)
      .u16(1)
      .u32(0)
      .u64(size);
    heap.raw(make()).zeros((8 - (size % 8)) % 8);
  });
  heap
    .u16(0)
    .u16(0)
    .u32(0)
    .u64(total - used);
  return heap.zeros(total - used - 16).take();
}
