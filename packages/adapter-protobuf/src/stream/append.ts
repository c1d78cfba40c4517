import {
  type AnyArray,
  type Bundle,
  type ByteSource,
  CapabilityError,
  checkOptions,
  type EncodeOptions,
  eachArray,
  isBundle,
  isMaskedArray,
  lazyFromArray,
  nomask,
  OptionError,
  quoteText,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { type BlocksWriteOptions, blocks } from "../blocks/format.ts";
import { blockMessage, endMessage, growthMessage, IndexBuilder } from "./block-message.ts";
import { blockCodec } from "./compress.ts";
import { Cutter } from "./cutter.ts";
import { BlockFile } from "./file.ts";
import { framed } from "./frames.ts";
import { type StreamArray, slowestAxis } from "./plan.ts";
import { Digest, lengthPrefix, type Sealed } from "./seal.ts";

/** Options of `append`. */
export interface AppendOptions extends Pick<EncodeOptions, "signal" | "onProgress"> {
  /** Path of the array that grows; may be left out when there is one only. */
  readonly array?: string | undefined;
  /** Effort of the file's codec. */
  readonly level?: number | undefined;
}

/**
 * Makes an array of a file of blocks longer along its slowest axis (the first in C order, the last in Fortran order) by `value`, which has
 * the same shape along the others. Nothing of the file is changed: what is new comes after it, so that a crash leaves what was there
 * (the read option `recover` reads it). The source must be writable. Returns the new length. Throws OptionError, SourceError, FormatError.
 */
export async function appendBlocks(
  source: ByteSource,
  value: AnyArray,
  options: AppendOptions = {},
): Promise<{ readonly length: number }> {
  const { write, size } = source;
  if (write === undefined || size === undefined) throw new OptionError("READ_ONLY", "the source cannot be written");
  const file = await BlockFile.open(source, resolveLimits({}), { signal: options.signal });
  const { envelope, plan, arrays } = file.head;
  const number = numberOf(
    arrays.map((one) => one.path),
    options.array,
  );
  const before = plan.arrays[number] as StreamArray;
  const axis = slowestAxis(before.shape, before.order);
  if (axis < 0) throw new OptionError("SHAPE_MISMATCH", "an array of no dimensions cannot grow");
  const { said } = arrays[number] as (typeof arrays)[number];
  if (isMaskedArray(value) && value.mask !== nomask && !before.masked)
    throw new CapabilityError("blocks", "mask", "the array in the file has no mask, and what is appended has one");
  const old = before.shape[axis] as number;
  const length = old + (value.shape[axis] ?? 0);
  const first = plan.total;
  const index = new IndexBuilder();
  for (let i = 0; i < first; i++) {
    const { offset, size: bytes } = file.place(i);
    index.add(i, offset, bytes);
  }
  plan.grow(number, length);
  const cutter = new Cutter(
    plan,
    paths(arrays.length, number),
    { mask: envelope.mask, dropHidden: said.dropped },
    first,
    number,
    old,
  );
  const dataCodec = await blockCodec(envelope.codec, options.level, before.dtype);
  const maskCodec = await blockCodec(envelope.codec, options.level);
  const digest = new Digest(envelope.checksum);
  digest.value = file.end.digest;
  let at = size;
  const put = async (message: Sealed): Promise<number> => {
    throwIfAborted(options.signal);
    const start = at + lengthPrefix(message.length).length;
    for (const part of framed(message)) {
      await write.call(source, at, part);
      at += part.length;
    }
    return start;
  };
  // The growth is written when the first part has proved to fit.
  let begun = false;
  const growths = [...file.growths, { array: number, length }];
  for await (const part of lazyFromArray(value, "array").blocks()) {
    for (const { block, bytes } of cutter.push({ ...part, array: "array", start: part.start + old })) {
      if (!begun) await put(growthMessage(number, length, envelope.checksum));
      begun = true;
      const codec = block.plane === "data" ? dataCodec : maskCodec;
      const message = blockMessage(block, bytes.length, await codec.compress(bytes), envelope.checksum);
      digest.add(message.sum);
      index.add(block.index, await put(message), message.length);
      options.onProgress?.(block.index + 1 - first, plan.total - first);
    }
  }
  if (length === old) return { length };
  if (!begun) await put(growthMessage(number, length, envelope.checksum));
  cutter.finish(number);
  const indexAt = await put(index.message(growths, envelope.checksum));
  await put(endMessage(plan.total, indexAt, digest.value, envelope.checksum));
  await source.sync?.();
  return { length };
}

/** Paths of which only the growing array's is ever due. */
const paths = (count: number, number: number): string[] =>
  Array.from({ length: count }, (_, i) => (i === number ? "array" : ""));

/**
 * The format's `append`: an array grows the file's only one; the members of a bundle each the array of the same path. Throws CapabilityError for
 * members that the file has not got: they cannot be added.
 */
export async function appendToFile(
  source: ByteSource,
  value: AnyArray | Bundle,
  options: BlocksWriteOptions & EncodeOptions = {},
): Promise<void> {
  checkOptions("blocks", blocks.options.write, options);
  for (const name of ["codec", "blockBytes", "mask", "hidden", "checksum"] as const)
    if (options[name] !== undefined)
      throw new OptionError("OPTION_INVALID", `${name} is the file's own when something is appended to it`, name);
  const { level, signal, onProgress } = options;
  const common = { level, signal, onProgress };
  if (!isBundle(value)) {
    await appendBlocks(source, value, common);
    return;
  }
  const file = await BlockFile.open(source, resolveLimits({}), { signal });
  const known = new Set(file.head.arrays.map((one) => one.path));
  const members = [...eachArray(value)];
  for (const [path] of members)
    if (!known.has(path))
      throw new CapabilityError(
        "blocks",
        "arrays",
        `the file has no array "${quoteText(path)}", and none can be added`,
      );
  for (const [array, one] of members) await appendBlocks(source, one, { ...common, array });
}

function numberOf(known: readonly string[], path: string | undefined): number {
  const number = path === undefined && known.length === 1 ? 0 : known.lastIndexOf(path ?? "");
  if (number >= 0) return number;
  throw new OptionError(
    "INDEX_INVALID",
    path === undefined ? "name the array that is to grow" : `there is no array "${quoteText(path)}"`,
    "array",
  );
}
