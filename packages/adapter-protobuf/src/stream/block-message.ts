import type { ChecksumKind } from "../message/tables.ts";
import { MessageWriter } from "../message/write.ts";
import { messageHead } from "./envelope-write.ts";
import type { PlannedBlock } from "./plan.ts";
import { type Sealed, seal } from "./seal.ts";
import { BLOCK, END, FORMAT, GROWTH, INDEX, planes } from "./tables.ts";

const writer = (): MessageWriter => new MessageWriter(FORMAT, { mask: "packed", dropHidden: false });

/** A block's message: its data as they are given, not copied. `length`: bytes uncompressed. */
export function blockMessage(
  block: PlannedBlock,
  length: number,
  data: Uint8Array,
  checksum: ChecksumKind | undefined,
): Sealed {
  const inner = writer();
  inner.number(1, block.index);
  inner.number(2, block.array);
  inner.named(3, planes, block.plane);
  inner.number(4, block.start);
  inner.number(5, block.count);
  inner.number(6, length);
  if (data.length > 0) inner.head(7, data.length);
  const fields = inner.finish();
  return seal([messageHead(BLOCK, fields.length + data.length), fields, data], checksum);
}

export function growthMessage(array: number, length: number, checksum: ChecksumKind | undefined): Sealed {
  const out = writer();
  out.within(GROWTH, () => {
    out.number(1, array);
    out.number(2, length);
  });
  return seal([out.finish()], checksum);
}

/** Where blocks are, as they are written: offsets and sizes of their messages by number. */
export class IndexBuilder {
  #offsets = new BigUint64Array(1024);
  #sizes = new Uint32Array(1024);
  #count = 0;

  /** The messages of blocks come in the order of their numbers. */
  add(index: number, offset: number, size: number): void {
    if (index >= this.#offsets.length) {
      const room = Math.max(index + 1, this.#offsets.length * 2);
      const offsets = new BigUint64Array(room);
      offsets.set(this.#offsets);
      this.#offsets = offsets;
      const sizes = new Uint32Array(room);
      sizes.set(this.#sizes);
      this.#sizes = sizes;
    }
    this.#offsets[index] = BigInt(offset);
    this.#sizes[index] = size;
    this.#count = Math.max(this.#count, index + 1);
  }

  message(
    growths: readonly { readonly array: number; readonly length: number }[],
    checksum: ChecksumKind | undefined,
  ): Sealed {
    const offsets = new Uint8Array(this.#count * 8);
    const sizes = new Uint8Array(this.#count * 4);
    const offsetView = new DataView(offsets.buffer);
    const sizeView = new DataView(sizes.buffer);
    for (let i = 0; i < this.#count; i++) {
      offsetView.setBigUint64(i * 8, this.#offsets[i] as bigint, true);
      sizeView.setUint32(i * 4, this.#sizes[i] as number, true);
    }
    const out = writer();
    out.within(INDEX, () => {
      if (this.#count > 0) out.raw(1, offsets);
      if (this.#count > 0) out.raw(2, sizes);
      for (const { array, length } of growths)
        out.within(3, () => {
          out.number(1, array);
          out.number(2, length);
        });
    });
    return seal([out.finish()], checksum);
  }
}

export function endMessage(blocks: number, index: number, digest: number, checksum: ChecksumKind | undefined): Sealed {
  const out = writer();
  out.within(END, () => {
    out.bits(1, BigInt(blocks));
    out.bits(2, BigInt(index));
    out.fixed32(3, digest);
  });
  return seal([out.finish()], checksum);
}

/** Bytes of an end on a byte stream, its length included. */
export const endBytes = (checksum: ChecksumKind | undefined): number => (checksum === undefined ? 26 : 31);
