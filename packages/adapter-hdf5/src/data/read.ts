import type { AxisRange } from "@masquerade/core";
import { malformed } from "../structure/cursor.ts";
import type { Stored } from "../structure/dataset.ts";
import type { FileImage } from "../structure/image.ts";
import { Chunks } from "./chunks.ts";
import { readContiguous } from "./contiguous.ts";
import { copyPiece, type Target } from "./copy.ts";

/** Elements of one dataset, read by parts. */
export class Elements {
  private readonly image: FileImage;
  private readonly stored: Stored;
  private readonly chunks: Chunks | undefined;

  constructor(image: FileImage, stored: Stored) {
    this.image = image;
    this.stored = stored;
    if (stored.layout.layout === "chunked") this.chunks = new Chunks(image, stored, stored.layout);
  }

  /** Rows that lie together in the file: blocks of whole multiples of it inflate nothing twice. */
  get rows(): number {
    const { layout } = this.stored;
    return layout.layout === "chunked" ? (layout.chunks[0] as number) : 1;
  }

  /**
   * The elements that `ranges` take along each axis, as the type has them and in C order. `into`: where they go, exactly as many bytes,
   * instead of fresh memory. They may be a view of what the source has in memory.
   */
  async read(
    ranges: readonly AxisRange[],
    options: { readonly into?: Uint8Array | undefined; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Uint8Array> {
    const { into, signal } = options;
    const { layout, type, shape } = this.stored;
    const size = ranges.reduce((n, range) => n * range.count, type.size);
    const target = (): Target => ({ bytes: into ?? new Uint8Array(size), ranges, itemsize: type.size });
    if (size === 0 || shape === null) return into ?? new Uint8Array(0);
    if (this.chunks !== undefined) {
      const found = target();
      // Fresh memory is zero already.
      const isBlank = into === undefined && !this.stored.fill?.some((byte) => byte !== 0);
      await this.chunks.read(found, isBlank ? undefined : () => this.blank(found.bytes), signal);
      return found.bytes;
    }
    const all = shape.reduce((n, m) => n * m, type.size);
    if (layout.layout === "contiguous" && layout.address !== undefined) {
      const { address } = layout;
      if (layout.size !== undefined && layout.size < all) throw malformed("a dataset is larger than its place");
      this.image.demand(address, all);
      const { image } = this;
      return await readContiguous({ image, address, shape, itemsize: type.size }, ranges, { into, signal, target });
    }
    if (layout.layout === "compact") {
      if (layout.bytes.length < all) throw malformed("a dataset is larger than its place");
      const found = target();
      copyPiece({ bytes: layout.bytes, origin: shape.map(() => 0), shape }, found);
      return found.bytes;
    }
    if (layout.layout !== "contiguous") throw malformed(`a ${layout.layout} dataset has no elements here`);
    const found = target();
    this.blank(found.bytes);
    return found.bytes;
  }

  /** What was never written. */
  private blank(bytes: Uint8Array): void {
    const { fill } = this.stored;
    if (fill === undefined || fill.every((byte) => byte === 0)) {
      bytes.fill(0);
      return;
    }
    bytes.set(fill.subarray(0, bytes.length));
    for (let done = fill.length; done < bytes.length; done *= 2)
      bytes.copyWithin(done, 0, Math.min(done, bytes.length - done));
  }
}
