import { LimitError } from "@masquerade/core";
import { Cursor, malformed } from "./cursor.ts";
import type { FileImage } from "./image.ts";

/** Collections kept decoded at a time: texts of one attribute, or of neighbouring elements, lie in few. */
const MOST_COLLECTIONS = 64;
/** How often all of a file may be gone through as heaps, beside what any small file may ask for. */
const AGAIN = 64;
/** How often the bytes of a file may come as values, beside what any small file may have. */
const COPIES = 4;
const SPARE = 2 ** 26;

/** Bytes of the head of a collection, and of that of an object in it: with lengths of 4 bytes, 4 more make a multiple of 8. */
const HEAD = 16;

/** Global heaps: values of varying length. File format specification 3.0, section III.E. */
export class GlobalHeaps {
  private readonly image: FileImage;
  private readonly collections = new Map<number, ReadonlyMap<number, Uint8Array>>();
  /** Bytes of collections taken apart so far. */
  private parsed = 0;

  constructor(image: FileImage) {
    this.image = image;
  }

  /** An object of a collection. Throws FormatError where there is none. */
  async object(address: number, index: number): Promise<Uint8Array> {
    const found = (await this.collection(address)).get(index);
    if (found === undefined) throw malformed(`there is no object ${index} in a global heap`, address + this.image.base);
    return found;
  }

  private async collection(address: number): Promise<ReadonlyMap<number, Uint8Array>> {
    const known = this.collections.get(address);
    if (known !== undefined) return known;
    const { image } = this;
    const head = await image.cursor(address, HEAD);
    const size = head.signature("GCOL", 1).skip(3).length();
    head.at = HEAD;
    if (size === undefined || size < head.at) throw head.fail("a global heap of no size");
    image.demand(address, size);
    this.parsed += size;
    // Collections that lie over each other, asked for in turn.
    if (this.parsed > SPARE + AGAIN * image.end)
      throw new LimitError("maxMetadataBytes", "global heaps are gone through again and again", { format: "hdf5" });
    const cursor = await image.cursor(address, size);
    cursor.skip(head.at);
    const objects = new Map<number, Uint8Array>();
    while (cursor.left >= HEAD) {
      const index = cursor.u16();
      const length = cursor.skip(6).length();
      cursor.skip(HEAD - 8 - image.lengthSize);
      // Index 0 is the free space at the end, its length that of its own header too.
      if (index === 0) break;
      if (length === undefined) throw cursor.fail("an object of no length in a global heap");
      objects.set(index, cursor.take(length));
      cursor.skip(Math.min((8 - (length % 8)) % 8, cursor.left));
    }
    if (this.collections.size >= MOST_COLLECTIONS) this.collections.clear();
    this.collections.set(address, objects);
    return objects;
  }

  /** A value of varying length: its number of elements, then where they are. `bytes` an element has. Undefined: nowhere, so empty. */
  async sequence(reference: Uint8Array, bytes: number): Promise<Uint8Array> {
    const { image } = this;
    const view = new DataView(reference.buffer, reference.byteOffset, reference.byteLength);
    const wide = image.offsetSize === 8;
    const count = view.getUint32(0, true);
    const address = wide ? Number(view.getBigUint64(4, true)) : view.getUint32(4, true);
    const index = view.getUint32(4 + image.offsetSize, true);
    if (address === 0 || count === 0) return new Uint8Array(0);
    const object = await this.object(address, index);
    if (count * bytes > object.length) throw malformed("a value of varying length is longer than its place");
    return object.subarray(0, count * bytes);
  }

  /** The address that a reference to an object holds; undefined for none. */
  address(reference: Uint8Array): number | undefined {
    const address = new Cursor(reference, 0, this.image).address();
    return address === 0 ? undefined : address;
  }

  /** The addresses that references of `size` bytes hold; 0: none. Throws FormatError for references of another size than addresses. */
  addresses(references: Uint8Array, size: number): number[] {
    if (size !== this.addressBytes) throw malformed("references of an impossible size");
    const from = new Cursor(references, 0, this.image);
    return Array.from({ length: references.length / size }, () => from.address() ?? 0);
  }

  /** Throws LimitError where values take more bytes than the file has, by far: many that point to one object, each of which is a copy in memory. */
  demandApart(total: number): void {
    const most = SPARE + COPIES * this.image.end;
    if (total > most)
      throw new LimitError(
        "maxBytes",
        `values of varying length take more than ${most} bytes, and lie over each other`,
        {
          format: "hdf5",
        },
      );
    this.demand(total);
  }

  /** Throws LimitError where values take more bytes than an array may. */
  demand(total: number): void {
    const { maxBytes } = this.image.patience.limits;
    if (total > maxBytes)
      throw new LimitError("maxBytes", `values of varying length take more than ${maxBytes} bytes`, { format: "hdf5" });
  }

  /** Bytes of a reference to an object. */
  get addressBytes(): number {
    return this.image.offsetSize;
  }

  /** Bytes of a reference to a value of varying length. */
  get referenceBytes(): number {
    return 8 + this.image.offsetSize;
  }

  /** Variable-length strings from their references, each up to its first NUL, as C has them; null for those that point nowhere. Throws FormatError for what is no UTF-8. */
  async texts(references: Uint8Array, count: number): Promise<(string | null)[]> {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const size = this.referenceBytes;
    const out: (string | null)[] = [];
    let [all, apart, length] = [0, 0, 0];
    // Neighbours that point to the same place are the same text.
    let before: Uint8Array | undefined;
    for (let i = 0; i < count; i++) {
      const reference = references.subarray(i * size, (i + 1) * size);
      if (i % 1024 === 1023) this.image.check();
      if (reference.every((byte) => byte === 0)) {
        out.push(null);
        before = undefined;
        continue;
      }
      if (before !== undefined && sameBytes(before, reference)) {
        all += length;
        this.demand(all);
        out.push(out[i - 1] as string);
        continue;
      }
      before = reference;
      let bytes = await this.sequence(reference, 1);
      const end = bytes.indexOf(0);
      if (end >= 0) bytes = bytes.subarray(0, end);
      length = bytes.length;
      all += length;
      apart += length;
      this.demand(all);
      this.demandApart(apart);
      try {
        out.push(decoder.decode(bytes));
      } catch {
        throw malformed(`text ${i} is not UTF-8`);
      }
    }
    return out;
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, i) => byte === b[i]);
