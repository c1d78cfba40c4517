import {
  type Block,
  type BundleHeader,
  checkOptions,
  type EncodeOptions,
  type Header,
  OptionError,
  refuseLosses,
  type Subclass,
  throwIfAborted,
} from "@masquerade/core";
import { type BlocksWriteOptions, blocks } from "../blocks/format.ts";
import { blockMessage, endMessage } from "./block-message.ts";
import { type BlockCodec, blockCodec, checkCodecLevel } from "./compress.ts";
import { Cutter } from "./cutter.ts";
import { envelopeMessage, headerMessage, type OutlinedArray, outlined, type StreamHow } from "./envelope-write.ts";
import { BlockPlan } from "./plan.ts";
import { Digest, type Sealed } from "./seal.ts";

/** A block's message and its number. */
export interface EncodedBlock extends Sealed {
  readonly index: number;
}

/** Throws OptionError for options that do not fit together. */
export function howOf(options: BlocksWriteOptions): StreamHow {
  const { blockBytes, codec = "none" } = options;
  if (blockBytes !== undefined && !(Number.isInteger(blockBytes) && blockBytes >= 1 && blockBytes <= 2 ** 30))
    throw new OptionError("OPTION_INVALID", `blockBytes is an integer from 1 to ${2 ** 30}`, "blockBytes");
  checkCodecLevel(codec, options.level);
  const { checksum = "crc32" } = options;
  return {
    codec,
    checksum: checksum === "none" ? undefined : checksum,
    mask: options.mask ?? "packed",
    dropHidden: options.hidden === "drop",
    blockBytes,
  };
}

/** Makes the messages of one stream: envelope and headers, then blocks as parts of the arrays come, then the end. */
export class StreamEncoder {
  readonly how: StreamHow;
  readonly arrays: readonly OutlinedArray[];
  readonly plan: BlockPlan;
  readonly #content: Header | BundleHeader;
  readonly #subclasses: readonly (Subclass | undefined)[];
  readonly #options: BlocksWriteOptions & EncodeOptions;
  readonly #cutter: Cutter;
  readonly #digest: Digest;
  readonly #codecs: Map<string, BlockCodec> = new Map();

  /** Throws CapabilityError for content that cannot be held, OptionError. */
  constructor(
    content: Header | BundleHeader,
    options: BlocksWriteOptions & EncodeOptions,
    dataSubclasses: readonly (Subclass | undefined)[] = [],
  ) {
    checkOptions("blocks", blocks.options.write, options);
    this.how = howOf(options);
    refuseLosses("blocks", blocks.losses(content, options), options);
    this.#content = content;
    this.#options = options;
    this.#subclasses = dataSubclasses;
    this.arrays = outlined(content, this.how.blockBytes);
    this.plan = new BlockPlan(this.arrays);
    const paths = this.arrays.map((array) => array.path);
    this.#cutter = new Cutter(this.plan, paths, this.how);
    this.#digest = new Digest(this.how.checksum);
  }

  /** Envelope and headers. */
  head(): Sealed[] {
    const { checksum } = this.how;
    return [
      envelopeMessage(this.#content, this.arrays, this.plan.total, this.how, this.#subclasses),
      ...this.arrays.map((array, i) => headerMessage(i, array, checksum)),
    ];
  }

  /** The blocks that are complete with this part of an array. */
  async *push(part: Block): AsyncGenerator<EncodedBlock> {
    for (const { block, bytes } of this.#cutter.push(part)) {
      throwIfAborted(this.#options.signal);
      const codec = await this.#codec(block.array, block.plane);
      const data = await codec.compress(bytes);
      const sealed = blockMessage(block, bytes.length, data, this.how.checksum);
      this.#digest.add(sealed.sum);
      yield { parts: sealed.parts, length: sealed.length, sum: sealed.sum, index: block.index };
    }
  }

  /** Throws FormatError unless everything has come. */
  finish(): void {
    this.#cutter.finish();
  }

  /** The last message; `index`: where the index is. */
  end(index = 0): Sealed {
    return endMessage(this.plan.total, index, this.digest, this.how.checksum);
  }

  get digest(): number {
    return this.#digest.value;
  }

  async #codec(array: number, plane: "data" | "mask"): Promise<BlockCodec> {
    const key = `${array} ${plane}`;
    const known = this.#codecs.get(key);
    if (known !== undefined) return known;
    const dtype = plane === "data" ? this.arrays[array]?.dtype : undefined;
    const made = await blockCodec(this.how.codec, this.#options.level, dtype);
    this.#codecs.set(key, made);
    return made;
  }
}
