import {
  type AnyArray,
  type Bundle,
  type ByteSource,
  CapabilityError,
  describe,
  type EncodeOptions,
  eachArray,
  isArray,
  isBundle,
  type LazyArray,
  lazyFromArray,
  type OpenFile,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { dataSubclassesOf } from "../blocks/encode.ts";
import type { BlocksWriteOptions } from "../blocks/format.ts";
import { endMessage, growthMessage } from "./block-message.ts";
import { finder, type NumberRun } from "./block-set.ts";
import { StreamEncoder } from "./encoder.ts";
import { BlockFile } from "./file.ts";

/** A message in pieces, nothing joined. */
export type MessageParts = readonly Uint8Array[];

/** Something that can be sent as a stream of blocks, as often as it is asked for. */
export interface BlockSource {
  /** How many blocks there are. */
  readonly blocks: number;
  /** Bytes of the arrays as they are in memory, both planes: for telling progress. */
  readonly bytes: number;
  /**
   * The messages of the stream: envelope and headers, the blocks asked for (default: all) in order, the end. What is asked for is made
   * when it is asked for, one block at a time. Throws what reading the arrays throws; AbortedError.
   */
  messages(options?: {
    readonly runs?: readonly NumberRun[] | undefined;
    readonly signal?: AbortSignal | undefined;
    /** Called with the number of each block, sent or passed over. */
    readonly onBlock?: ((index: number, sent: boolean) => void) | undefined;
  }): AsyncGenerator<MessageParts>;
  /** Digest of all blocks, known once a stream has been made. */
  digest(): number;
}

/**
 * A value, or an open file of any format, as a stream of blocks. A file is read block by block, so that it may be larger than memory.
 * Throws CapabilityError, OptionError.
 */
export function blockSource(
  from: AnyArray | Bundle | OpenFile,
  options: BlocksWriteOptions & EncodeOptions = {},
): BlockSource {
  const inMemory = isArray(from) || isBundle(from);
  const header = inMemory ? describe(from) : from.header;
  const subclasses = inMemory ? dataSubclassesOf(from) : [];
  const arrays = inMemory
    ? [...eachArray(from)].map(([path, array]) => [path, lazyFromArray(array, path)] as const)
    : from.names.map((path) => [path, from.array(path)] as const);
  const first = new StreamEncoder(header, options, subclasses);
  if (first.arrays.length !== arrays.length)
    throw new CapabilityError("blocks", "names", "two arrays of the file have the same path");
  let digest = 0;
  return {
    blocks: first.plan.total,
    bytes: first.arrays.reduce((sum, one) => sum + bytesOf(one.shape, one.dtype.itemsize + (one.masked ? 1 : 0)), 0),
    digest: () => digest,
    async *messages({ runs, signal, onBlock } = {}) {
      const encoder = new StreamEncoder(header, options, subclasses);
      const wanted = finder(runs);
      for (const message of encoder.head()) yield message.parts;
      for (const [path, array] of arrays)
        for await (const part of partsOf(array, signal))
          for await (const block of encoder.push({ ...part, array: path })) {
            throwIfAborted(signal);
            const sent = wanted(block.index);
            if (sent) yield block.parts;
            onBlock?.(block.index, sent);
          }
      encoder.finish();
      digest = encoder.digest;
      yield encoder.end().parts;
    },
  };
}

const partsOf = (array: LazyArray, signal: AbortSignal | undefined): ReturnType<LazyArray["blocks"]> =>
  array.blocks({ ...(signal && { signal }) });

const bytesOf = (shape: readonly number[], each: number): number => shape.reduce((n, dim) => n * dim, each);

/** A file of blocks as a stream, its messages passed on as they are. Throws FormatError, LimitError, SourceError. */
export async function blockFileSource(source: ByteSource, signal?: AbortSignal): Promise<BlockSource> {
  if (source.size === undefined)
    throw new CapabilityError("blocks", "lazy", "the index is at the end, and the source does not know its size");
  const file = await BlockFile.open(source, resolveLimits({}), { signal });
  const { checksum } = file.head.envelope;
  return {
    blocks: file.end.blocks,
    bytes: file.head.plan.arrays.reduce(
      (sum, one) => sum + bytesOf(one.shape, one.dtype.itemsize + (one.masked ? 1 : 0)),
      0,
    ),
    digest: () => file.end.digest,
    async *messages(options = {}) {
      const wanted = finder(options.runs);
      for (const message of file.headMessages) yield [message];
      for (const { array, length } of file.growths) yield growthMessage(array, length, checksum).parts;
      for (let index = 0; index < file.end.blocks; index++) {
        const sent = wanted(index);
        if (sent) yield [(await file.message(index, options.signal)).message];
        options.onBlock?.(index, sent);
      }
      yield endMessage(file.end.blocks, 0, file.end.digest, checksum).parts;
    },
  };
}
