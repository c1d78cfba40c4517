import { CapabilityError } from "@masquerade/core";
import { btree2Records, bytesFor } from "./btree2.ts";
import { Cursor, malformed } from "./cursor.ts";
import type { FileImage } from "./image.ts";

/** A fractal heap: links and attributes of objects that have many. File format specification 3.0, section III.G. */
export class FractalHeap {
  private readonly image: FileImage;
  private readonly offsetBytes: number;
  private readonly lengthBytes: number;
  private readonly width: number;
  private readonly firstSize: number;
  private readonly directRows: number;
  private readonly root: number | undefined;
  private readonly rootRows: number;
  private readonly hugeTree: number | undefined;
  private readonly blocks = new Map<number, Promise<Cursor>>();

  private constructor(image: FileImage, head: Cursor) {
    this.image = image;
    head.signature("FRHP", 0);
    head.skip(5);
    const mostManaged = head.u32();
    head.length();
    this.hugeTree = head.address();
    head.skip(image.lengthSize + image.offsetSize + 8 * image.lengthSize);
    this.width = head.u16();
    this.firstSize = head.length() ?? 0;
    const mostDirect = head.length() ?? 0;
    const bits = head.u16();
    head.skip(2);
    this.root = head.address();
    this.rootRows = head.u16();
    const [first, direct] = [Math.log2(this.firstSize), Math.log2(mostDirect)];
    if (!(Number.isInteger(first) && Number.isInteger(direct) && direct >= first && this.width > 0 && bits <= 64))
      throw head.fail("an impossible fractal heap");
    this.directRows = direct - first + 2;
    this.offsetBytes = Math.ceil(bits / 8);
    this.lengthBytes = Math.min(Math.ceil(direct / 8), bytesFor(mostManaged));
  }

  static async open(image: FileImage, address: number): Promise<FractalHeap> {
    const { offsetSize, lengthSize } = image;
    const first = await image.cursor(address, 9);
    if (first.signature("FRHP", 0).skip(2).u16() !== 0)
      throw new CapabilityError("hdf5", "filter", "attributes and links that are compressed are not read");
    return new FractalHeap(image, await image.checked(address, 26 + 12 * lengthSize + 3 * offsetSize));
  }

  /** The object a heap ID names. Throws FormatError. */
  async object(id: Uint8Array): Promise<{ readonly bytes: Uint8Array; readonly offset: number }> {
    const { image } = this;
    const from = new Cursor(id, 0, image);
    const first = from.u8();
    const kind = (first >> 4) & 3;
    if (kind === 2) return { bytes: from.take((first & 15) + 1), offset: 0 };
    if (kind === 1) return await this.huge(from);
    if (kind !== 0 || this.root === undefined) throw malformed("an object of a fractal heap that is nowhere");
    const [offset, length] = [from.uint(this.offsetBytes), from.uint(this.lengthBytes)];
    const at = await this.place(offset, length);
    return { bytes: await image.read(at, length), offset: at + image.base };
  }

  /** Objects too large for blocks, found by number. */
  private async huge(from: Cursor): Promise<{ readonly bytes: Uint8Array; readonly offset: number }> {
    const { image } = this;
    const id = from.uint(Math.min(from.left, 8));
    if (this.hugeTree !== undefined)
      for await (const record of btree2Records(image, this.hugeTree, 1, image.patience.limits.maxObjects)) {
        const one = new Cursor(record, 0, image);
        const [address, length] = [one.address(), one.length()];
        if (address !== undefined && length !== undefined && one.length() === id)
          return { bytes: await image.read(address, length), offset: address + image.base };
      }
    throw malformed("an object of a fractal heap that is not listed");
  }

  private sizeOfRow(row: number): number {
    return row === 0 ? this.firstSize : this.firstSize * 2 ** (row - 1);
  }

  /** Address of an object by its offset in the heap: down through indirect blocks, each of which covers less than the one above. */
  private async place(offset: number, length: number): Promise<number> {
    const { image, width } = this;
    let block = this.root as number;
    let rows = this.rootRows;
    let start = 0;
    if (rows === 0) return this.within(block, offset, length, this.firstSize);
    for (let level = 0; level < 64; level++) {
      const relative = offset - start;
      const row =
        relative < this.firstSize * width ? 0 : Math.floor(Math.log2(relative / (this.firstSize * width))) + 1;
      const size = this.sizeOfRow(row);
      const rowStart = row === 0 ? 0 : this.firstSize * width * 2 ** (row - 1);
      const column = Math.floor((relative - rowStart) / size);
      if (row >= rows || rows > 64) throw malformed("an object behind the end of its fractal heap", block + image.base);
      const cursor = await this.indirect(block, rows);
      cursor.at = 5 + image.offsetSize + this.offsetBytes + (row * width + column) * image.offsetSize;
      const child = cursor.address();
      if (child === undefined) throw malformed("a block of a fractal heap is nowhere", block + image.base);
      start += rowStart + column * size;
      if (row < this.directRows) return this.within(child, offset - start, length, size);
      block = child;
      rows = Math.log2(size) - Math.log2(this.firstSize * width) + 1;
    }
    throw malformed("a fractal heap without a bottom", block + image.base);
  }

  private within(block: number, offset: number, length: number, size: number): number {
    if (offset + length > size) throw malformed("an object reaches out of its block", block + this.image.base);
    return block + offset;
  }

  private indirect(address: number, rows: number): Promise<Cursor> {
    const { image, width } = this;
    const known = this.blocks.get(address);
    if (known !== undefined) return known;
    const block = image
      .checked(address, 9 + image.offsetSize + this.offsetBytes + rows * width * image.offsetSize)
      .then((cursor) => cursor.signature("FHIB", 0));
    this.blocks.set(address, block);
    return block;
  }
}
