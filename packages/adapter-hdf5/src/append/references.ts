import { CapabilityError, quoteText } from "@masquerade/core";
import { Elements } from "../data/read.ts";
import { isPlainFilter } from "../data/unfilter.ts";
import type { RawDataset, RawType } from "../read/raw.ts";
import { Cursor } from "../structure/cursor.ts";
import type { GlobalHeaps } from "../structure/heaps.ts";
import type { FileImage } from "../structure/image.ts";
import type { H5Type, Points } from "../type/h5type.ts";
import type { HeaderToCarry } from "./header.ts";

/** Something in an element that points. */
interface Spot {
  readonly at: number;
  readonly to: Points;
}

/** Bytes of references read at a time, and altogether from one dataset. */
const BLOCK = 1 << 22;
const MOST = 2 ** 30;

function spotsOf(type: H5Type, at = 0): readonly Spot[] {
  if (type.class === "compound") return type.members.flatMap((one) => spotsOf(one.type, at + one.offset));
  if (type.class === "array") {
    const inner = spotsOf(type.base);
    if (inner.length === 0) return [];
    const count = type.dims.reduce((n, m) => n * m, 1);
    return Array.from({ length: count }, (_, i) =>
      inner.map((one) => ({ ...one, at: at + i * type.base.size + one.at })),
    ).flat();
  }
  if (type.class !== "other" || type.points === undefined) return [];
  // Sequences of what points nowhere.
  if (typeof type.points === "object" && spotsOf(type.points.of).length === 0) return [];
  return [{ at, to: type.points }];
}

/** Which objects the references of a file point to. Throws CapabilityError for references that are not understood. */
export class References {
  private readonly image: FileImage;
  private readonly heaps: GlobalHeaps;

  constructor(image: FileImage, heaps: GlobalHeaps) {
    this.image = image;
    this.heaps = heaps;
  }

  async ofAttribute(header: HeaderToCarry, name: string, { h5, shape }: RawType): Promise<readonly number[]> {
    const spots = spotsOf(h5);
    const message = header.attributes.find((one) => one.name === name);
    if (spots.length === 0 || shape === null || message === undefined) return [];
    const count = shape.reduce((n, m) => n * m, 1);
    const from = new Cursor(message.body, 0, this.image).skip(message.valueAt);
    return await this.among(from.take(count * h5.size), h5.size, spots, `${header.path}" by its attribute "${name}`);
  }

  /** Of a dataset's elements, by blocks. */
  async *ofElements(raw: RawDataset): AsyncGenerator<number> {
    const { stored, path, shape } = raw;
    const spots = spotsOf(stored.type);
    if (spots.length === 0 || shape === null || shape.includes(0)) return;
    const size = shape.reduce((n, m) => n * m, stored.type.size);
    if (
      size > MOST ||
      !stored.filters.every(isPlainFilter) ||
      raw.sources.length > 0 ||
      stored.layout.layout === "external"
    )
      throw unknown(path);
    const elements = new Elements(this.image, stored);
    const row = shape.slice(1).reduce((n, m) => n * m, stored.type.size);
    const step = Math.max(1, Math.floor(BLOCK / row));
    for (let start = 0; start < (shape[0] ?? 1); start += step) {
      const ranges = shape.map((n, i) => ({
        start: i === 0 ? start : 0,
        step: 1,
        count: i === 0 ? Math.min(step, n - start) : n,
        keep: true,
      }));
      yield* await this.among(await elements.read(ranges), stored.type.size, spots, path);
    }
  }

  private async among(bytes: Uint8Array, size: number, spots: readonly Spot[], path: string): Promise<number[]> {
    const out: number[] = [];
    const { image } = this;
    for (let start = 0; start + size <= bytes.length; start += size)
      for (const { at, to } of spots) {
        const from = new Cursor(bytes, 0, image).skip(start + at);
        if (to === "object") {
          const address = from.address();
          if (address !== undefined && address !== 0) out.push(address);
        } else if (to === "region") {
          const [collection, index] = [from.address(), from.u32()];
          if (collection === undefined || collection === 0) continue;
          const address = new Cursor(await this.heaps.object(collection, index), 0, image).address();
          if (address !== undefined) out.push(address);
        } else if (typeof to === "object") {
          const reference = from.take(this.heaps.referenceBytes);
          const inner = await this.heaps.sequence(reference, to.of.size);
          for (const one of await this.among(inner, to.of.size, spotsOf(to.of), path)) out.push(one);
        } else throw unknown(path);
      }
    return out;
  }
}

const unknown = (path: string): CapabilityError =>
  new CapabilityError(
    "hdf5",
    "append",
    `"${quoteText(path, 100)}" holds references that are not followed, and may point to what would get another place; write the file anew, and add to that`,
  );
