import {
  type AnyArray,
  arrayFromBytes,
  Bundle,
  type BundleMember,
  type DecodeOptions,
  type DType,
  type FullMask,
  type Limits,
  MaskedArray,
  maskDType,
  NdArray,
  type PlainValue,
  sizeOf,
  throwIfAborted,
} from "@masquerade/core";
import { finished } from "../message/finished.ts";
import { decodeMaskInto } from "../message/mask.ts";
import { readObjects } from "./block-bytes.ts";
import { type BlockCodec, blockCodec } from "./compress.ts";
import type { SaidArray, SaidBundle } from "./envelope-read.ts";
import { checkWhole } from "./frames.ts";
import { dataSubclasses, headerOfArray, type StreamHead } from "./head.ts";
import { isObjects } from "./outline.ts";
import { boolsOf, type StreamArray } from "./plan.ts";
import type { ReadBlock } from "./read-messages.ts";
import { FORMAT } from "./tables.ts";

/** Bytes that are set aside at once before anything has come. */
const FIRST_BYTES = 1 << 24;

/** Bytes that come in order and become more as they come: what is claimed is not set aside before its half is there. */
class Growing {
  bytes: Uint8Array;
  readonly #total: number;

  constructor(total: number, known: boolean) {
    this.#total = total;
    this.bytes = new Uint8Array(known ? total : Math.min(total, FIRST_BYTES));
  }

  set(part: Uint8Array, at: number): void {
    this.room(at + part.length);
    this.bytes.set(part, at);
  }

  /** Makes room for bytes up to `end`. */
  room(end: number): void {
    if (end > this.bytes.length) {
      const room = this.bytes.length * 2 >= this.#total / 2 ? this.#total : this.bytes.length * 2;
      const larger = new Uint8Array(Math.max(end, room));
      larger.set(this.bytes);
      this.bytes = larger;
    }
  }
}

/** Bytes of compressed arrays at most that are put together late: until then, and while they are, they take twice their memory. */
const LATE_BYTES = 1 << 25;

/** How an {@link Assembler} works. */
export interface AssemblerOptions {
  /** All blocks are there already, so that what they need may be set aside at once. */
  readonly known?: boolean | undefined;
  /** The bytes of blocks may be kept: values are put together when an array's elements are first asked for, unless they were compressed and are many. */
  readonly keep?: boolean | undefined;
  /** Whether an array is wanted. Default: all are. */
  readonly wanted?: ((array: number) => boolean) | undefined;
}

const all = (): boolean => true;

/** Puts the blocks of a stream together, each array's in the order of their numbers. */
export class Assembler {
  readonly #head: StreamHead;
  readonly #limits: Limits;
  readonly #codec: BlockCodec;
  readonly #wanted: (array: number) => boolean;
  /** Values in the pieces they came in, where those are kept. */
  readonly #pieces: Map<number, Uint8Array[]> = new Map();
  readonly #data: Map<number, Growing> = new Map();
  readonly #masks: Map<number, Growing> = new Map();
  readonly #items: Map<number, PlainValue[]> = new Map();
  readonly #known: boolean;
  #keep: boolean;

  private constructor(head: StreamHead, limits: Limits, codec: BlockCodec, options: AssemblerOptions) {
    this.#head = head;
    this.#limits = limits;
    this.#codec = codec;
    this.#known = options.known === true;
    this.#keep = options.keep === true;
    this.#wanted = options.wanted ?? all;
  }

  static async begin(head: StreamHead, limits: Limits, options: AssemblerOptions): Promise<Assembler> {
    return new Assembler(head, limits, await blockCodec(head.envelope.codec), options);
  }

  /** To be called before blocks are put. Throws LimitError when the arrays, as long as they are now, are larger than what is read whole. */
  check(): void {
    let total = 0;
    for (const [i, { dtype, shape, masked }] of this.#head.plan.arrays.entries()) {
      if (!this.#wanted(i)) continue;
      const size = sizeOf(shape);
      const bytes = size * dtype.itemsize;
      const bools = masked ? size * boolsOf(dtype) : 0;
      total += bytes + bools;
      checkWhole(Math.max(bytes, bools), total, this.#limits);
    }
    if (this.#head.envelope.codec !== "none" && total > LATE_BYTES) this.#keep = false;
  }

  async put(block: ReadBlock): Promise<void> {
    if (!this.#wanted(block.array)) return;
    const array = this.#head.plan.arrays[block.array] as StreamArray;
    const { dtype } = array;
    const bytes = await this.#codec.uncompress(block.data, block.length, block.at);
    if (block.plane === "mask") {
      const each = boolsOf(dtype);
      const place = { format: FORMAT, offset: block.at };
      const [start, count] = [block.start * each, block.count * each];
      const mask = this.#growing(this.#masks, block.array, array, each);
      mask.room(start + count);
      decodeMaskInto(mask.bytes, start, bytes, this.#head.envelope.mask, count, place);
    } else if (isObjects(dtype)) {
      const items = this.#items.get(block.array) ?? [];
      for (const item of readObjects(bytes, dtype, block.count, this.#limits, block.at)) items.push(item);
      this.#items.set(block.array, items);
    } else if (this.#keep) {
      const pieces = this.#pieces.get(block.array);
      if (pieces === undefined) this.#pieces.set(block.array, [bytes]);
      else pieces.push(bytes);
    } else this.#growing(this.#data, block.array, array, dtype.itemsize).set(bytes, block.start * dtype.itemsize);
  }

  #growing(of: Map<number, Growing>, number: number, array: StreamArray, each: number): Growing {
    const known = of.get(number);
    if (known !== undefined && known.bytes.length <= sizeOf(array.shape) * each) return known;
    const made = new Growing(sizeOf(array.shape) * each, this.#known);
    of.set(number, made);
    return made;
  }

  /** The value, once all blocks have come: of a bundle the members that are wanted. */
  value(): AnyArray | Bundle {
    let next = 0;
    const of = (content: SaidArray | SaidBundle): BundleMember | undefined => {
      if (!("entries" in content)) return this.#wanted(next++) ? this.array(next - 1) : undefined;
      const entries: (readonly [string, BundleMember])[] = [];
      for (const [name, inner] of content.entries) {
        const member = of(inner);
        if (member !== undefined) entries.push([name, member]);
      }
      return new Bundle({ kind: content.kind, entries, attrs: content.attrs, keys: content.keys });
    };
    return of(this.#head.envelope.content) as BundleMember;
  }

  array(number: number): AnyArray {
    const { dtype, shape, order, mask, fillValue, hardMask, attrs, dims, subclass } = headerOfArray(this.#head, number);
    const data = this.#values(number, dtype, shape, order).with({
      attrs,
      dims,
      subclass: mask === "plain" ? subclass : dataSubclasses(this.#head)[number],
    });
    if (mask === "plain") return data;
    const flags = maskDType(dtype);
    const bools = exact(this.#masks.get(number)?.bytes, sizeOf(shape) * flags.itemsize);
    return new MaskedArray({
      data,
      mask: mask === "mask" ? (arrayFromBytes(bools, flags as DType<"bool">, shape, order) as FullMask) : undefined,
      fillValue,
      hardMask,
      subclass,
    });
  }

  #values(number: number, dtype: DType, shape: readonly number[], order: "C" | "F"): NdArray {
    if (isObjects(dtype)) {
      const storage = (this.#items.get(number) ?? []) as never;
      return new NdArray({ dtype, shape, order, storage });
    }
    const pieces = this.#pieces.get(number);
    if (pieces !== undefined) return arrayFromBytes(pieces, dtype, shape, order);
    return arrayFromBytes(exact(this.#data.get(number)?.bytes, sizeOf(shape) * dtype.itemsize), dtype, shape, order);
  }
}

/** The value of a stream of which all blocks are there, each in its place. `select`: the path of what is wanted of a bundle. */
export async function assembled(
  head: StreamHead,
  blocks: readonly ReadBlock[],
  limits: Limits,
  options: Pick<DecodeOptions, "select" | "signal" | "onProgress" | "copy" | "out"> = {},
): Promise<AnyArray | Bundle> {
  const { select, signal, onProgress } = options;
  const single = !("entries" in head.envelope.content);
  const wanted = single ? undefined : selected(head, select);
  const assembler = await Assembler.begin(head, limits, { known: true, keep: options.copy !== true, wanted });
  assembler.check();
  for (const [i, block] of blocks.entries()) {
    throwIfAborted(signal);
    await assembler.put(block);
    onProgress?.(i + 1, blocks.length);
  }
  return finished(assembler.value(), options);
}

/** Which arrays are below a path. */
function selected(head: StreamHead, select: string | undefined): ((array: number) => boolean) | undefined {
  if (select === undefined || select === "") return undefined;
  return (array) => {
    const path = head.arrays[array]?.path as string;
    return path === select || path.startsWith(`${select}/`);
  };
}

function exact(bytes: Uint8Array | undefined, length: number): Uint8Array {
  if (bytes === undefined) return new Uint8Array(length);
  return bytes.length === length ? bytes : bytes.subarray(0, length);
}
