import type { ChunkEntry } from "./chunk-tree.ts";
import { type Cursor, malformed } from "./cursor.ts";
import type { FileImage } from "./image.ts";

/** Blocks of an index kept at a time. */
const MOST_BLOCKS = 256;

type Place = Omit<ChunkEntry, "at">;

/** An index that is an array with one element for each chunk: sections VII.C and VII.D, "Fixed Array Index" and "Extensible Array Index". */
export interface ArrayIndex {
  /** Where chunk number `index` is; undefined: never written. */
  find(index: number): Promise<Place | undefined>;
}

/** What both kinds of array begin with. */
interface Elements {
  readonly image: FileImage;
  readonly filtered: boolean;
  readonly entrySize: number;
  /** Bytes of a chunk that went through no filter. */
  readonly bytes: number;
}

function entryOf({ image, filtered, entrySize, bytes }: Elements, from: Cursor, index: number): Place | undefined {
  from.skip(index * entrySize);
  const address = from.address();
  if (address === undefined) return undefined;
  if (!filtered) return { address, size: bytes, mask: 0 };
  return { address, size: from.uint(entrySize - image.offsetSize - 4), mask: from.u32() };
}

/** Structures of an index by address, each checked once. */
class Blocks {
  private readonly image: FileImage;
  private readonly known = new Map<number, Cursor>();
  constructor(image: FileImage) {
    this.image = image;
  }
  /** At its beginning each time. */
  async get(address: number, length: number): Promise<Cursor> {
    let block = this.known.get(address);
    if (block === undefined) {
      block = await this.image.checked(address, length);
      if (this.known.size >= MOST_BLOCKS) this.known.clear();
      this.known.set(address, block);
    }
    block.at = 0;
    return block;
  }
}

const isSet = (bits: Uint8Array, index: number): boolean =>
  ((bits[index >> 3] as number) & (0x80 >> (index & 7))) !== 0;

function elementsOf(image: FileImage, client: number, entrySize: number, bytes: number, head: Cursor): Elements {
  const filtered = client === 1;
  const least = image.offsetSize + (filtered ? 5 : 0);
  if (client > 1 || entrySize < least || entrySize > least + 7 || (!filtered && entrySize !== least))
    throw head.fail("an impossible chunk index");
  return { image, filtered, entrySize, bytes };
}

export async function fixedArray(image: FileImage, address: number, bytes: number): Promise<ArrayIndex> {
  const head = await image.checked(address, 12 + image.lengthSize + image.offsetSize);
  head.signature("FAHD", 0);
  const elements = elementsOf(image, head.u8(), head.u8(), bytes, head);
  const pageBits = head.u8();
  const [count, block] = [head.length(), head.address()];
  if (count === undefined || pageBits > 40) throw head.fail("an impossible chunk index");
  const perPage = 2 ** pageBits;
  const paged = count > perPage;
  const blocks = new Blocks(image);
  const prefix = 6 + image.offsetSize;
  const { entrySize } = elements;
  return {
    async find(index) {
      if (block === undefined) return undefined;
      if (index >= count) throw malformed("a chunk its index has no place for", address + image.base);
      if (!paged) {
        const all = await blocks.get(block, prefix + count * entrySize + 4);
        return entryOf(elements, all.signature("FADB", 0).skip(prefix - 5), index);
      }
      const pages = Math.ceil(count / perPage);
      const bitmap = Math.ceil(pages / 8);
      const first = await blocks.get(block, prefix + bitmap + 4);
      const bits = first
        .signature("FADB", 0)
        .skip(prefix - 5)
        .take(bitmap);
      const page = Math.floor(index / perPage);
      if (!isSet(bits, page)) return undefined;
      const inPage = page === pages - 1 ? count - page * perPage : perPage;
      const at = block + prefix + bitmap + 4 + page * (perPage * entrySize + 4);
      return entryOf(elements, await blocks.get(at, inPage * entrySize + 4), index % perPage);
    },
  };
}

export async function extensibleArray(image: FileImage, address: number, bytes: number): Promise<ArrayIndex> {
  const head = await image.checked(address, 16 + 6 * image.lengthSize + image.offsetSize);
  head.signature("EAHD", 0);
  const elements = elementsOf(image, head.u8(), head.u8(), bytes, head);
  const [maxBits, inIndex, least, leastPointers, pageBits] = [head.u8(), head.u8(), head.u8(), head.u8(), head.u8()];
  const index = head.skip(6 * image.lengthSize).address();
  const powers = [least, leastPointers].every((n) => Number.isInteger(Math.log2(n)));
  if (!powers || maxBits > 64 || pageBits > 40) throw head.fail("an impossible chunk index");
  const { entrySize } = elements;
  const blocks = new Blocks(image);
  const prefix = 6 + image.offsetSize;
  const offsetBytes = Math.ceil(maxBits / 8);
  const directSupers = 2 * Math.log2(leastPointers);
  const directBlocks = 2 * (leastPointers - 1);
  const supers = 1 + maxBits - Math.log2(least);
  const perPage = 2 ** pageBits;
  const indexBytes =
    prefix + inIndex * entrySize + (directBlocks + Math.max(0, supers - directSupers)) * image.offsetSize + 4;

  const inBlock = async (
    at: number,
    count: number,
    k: number,
    written: (page: number) => boolean,
  ): Promise<Place | undefined> => {
    const start = prefix + offsetBytes;
    if (count <= perPage) {
      const block = await blocks.get(at, start + count * entrySize + 4);
      return entryOf(elements, block.signature("EADB", 0).skip(start - 5), k);
    }
    const page = Math.floor(k / perPage);
    if (!written(page)) return undefined;
    const pageAt = at + start + 4 + page * (perPage * entrySize + 4);
    return entryOf(elements, await blocks.get(pageAt, perPage * entrySize + 4), k % perPage);
  };
  return {
    async find(number) {
      if (index === undefined) return undefined;
      const top = (await blocks.get(index, indexBytes)).signature("EAIB", 0).skip(prefix - 5);
      if (number < inIndex) return entryOf(elements, top, number);
      let k = number - inIndex;
      const superBlock = Math.floor(Math.log2(Math.floor(k / least) + 1));
      if (superBlock >= supers) throw malformed("a chunk its index has no place for", address + image.base);
      let firstBlock = 0;
      for (let u = 0; u < superBlock; u++) {
        k -= 2 ** Math.floor(u / 2) * 2 ** Math.floor((u + 1) / 2) * least;
        firstBlock += 2 ** Math.floor(u / 2);
      }
      const inSuper = 2 ** Math.floor(superBlock / 2);
      const count = 2 ** Math.floor((superBlock + 1) / 2) * least;
      const block = Math.floor(k / count);
      top.skip(inIndex * entrySize);
      if (superBlock < directSupers) {
        const at = top.skip((firstBlock + block) * image.offsetSize).address();
        return at === undefined ? undefined : await inBlock(at, count, k % count, () => true);
      }
      const at = top.skip((directBlocks + superBlock - directSupers) * image.offsetSize).address();
      if (at === undefined) return undefined;
      const pages = count > perPage ? count / perPage : 0;
      const bitmap = inSuper * Math.ceil(pages / 8);
      const one = await blocks.get(at, prefix + offsetBytes + bitmap + inSuper * image.offsetSize + 4);
      const bits = one
        .signature("EASB", 0)
        .skip(prefix + offsetBytes - 5)
        .take(bitmap);
      const blockAt = one.skip(block * image.offsetSize).address();
      if (blockAt === undefined) return undefined;
      return await inBlock(blockAt, count, k % count, (page) => isSet(bits, block * pages + page));
    },
  };
}
