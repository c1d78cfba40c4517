import {
  type AnyArray,
  arrayFromBytes,
  type Bundle,
  type BundleHeader,
  type ByteSink,
  CapabilityError,
  type Codec,
  checkOptions,
  type DecodeOptions,
  describe,
  type EncodeOptions,
  eachArray,
  eachHeader,
  type FileWriter,
  FormatError,
  fillOut,
  type Header,
  hasObjects,
  isMaskedArray,
  type NdArray,
  OptionError,
  refuseLosses,
  sameDType,
  sizeOf,
  throwIfAborted,
} from "@masquerade/core";
import { type RawReadOptions, type RawWriteOptions, raw } from "./format.ts";
import { checkBytes, layoutOf } from "./layout.ts";
import { openRaw } from "./open.ts";
import { readOptionsFor } from "./read-options-for.ts";

function* encodeRawParts(
  value: AnyArray | Bundle,
  options: RawWriteOptions & EncodeOptions = {},
): Generator<Uint8Array, void, undefined> {
  checkOptions("raw", raw.options.write, options);
  throwIfAborted(options.signal);
  refuseLosses("raw", raw.losses(describe(value), options), options);
  const [first] = eachArray(value);
  if (first === undefined) throw new CapabilityError("raw", "arrays", "there is no array in it");
  const array: NdArray = isMaskedArray(first[1]) ? first[1].data : first[1];
  if (hasObjects(array.dtype)) throw new CapabilityError("raw", "dtype", "Python objects have no bytes");
  yield array.toBytes(options.order === "A" ? array.order : (options.order ?? "C"));
}

function decodeRaw(bytes: Uint8Array, options: RawReadOptions & DecodeOptions = {}): NdArray {
  throwIfAborted(options.signal);
  if (options.select !== undefined && options.select !== "")
    throw new OptionError("INDEX_INVALID", "raw bytes hold one array without a name", "select");
  const { dtype, shape, order, offset, length, limits } = layoutOf(bytes.length, options);
  checkBytes(length, limits);
  const copy = options.copy === true && options.out === undefined;
  const array = arrayFromBytes(bytes.subarray(offset, offset + length), dtype, shape, order, { copy }) as NdArray;
  options.onProgress?.(bytes.length, bytes.length);
  return options.out === undefined ? array : fillOut(array, options.out);
}

/** The data as they come, in the order of the plan or the one asked for. */
async function createRaw(
  sink: ByteSink,
  plan: Header | BundleHeader,
  options: RawWriteOptions & EncodeOptions = {},
): Promise<FileWriter> {
  checkOptions("raw", raw.options.write, options);
  throwIfAborted(options.signal);
  refuseLosses("raw", raw.losses(plan, options), options);
  const [first] = eachHeader(plan);
  if (first === undefined) throw new CapabilityError("raw", "arrays", "there is no array in it");
  const [path, header] = first;
  if (hasObjects(header.dtype)) throw new CapabilityError("raw", "dtype", "Python objects have no bytes");
  const order = options.order === "A" ? header.order : (options.order ?? "C");
  const slow = order === "C" ? 0 : header.shape.length - 1;
  const row = header.shape.reduce((n, dim, axis) => (axis === slow ? n : n * dim), 1);
  const total = sizeOf(header.shape);
  let done = 0;
  return {
    planes: "together",
    pieces: true,
    order,
    async write(block) {
      throwIfAborted(options.signal);
      if (block.array !== path || block.plane === "mask") {
        // Other arrays and the mask: what the caller agreed to lose.
        if (options.lossy === undefined || options.lossy === false)
          throw new OptionError("INDEX_INVALID", `raw: the plan has no block of ${block.plane} of "${block.array}"`);
        return;
      }
      const data: NdArray = isMaskedArray(block.value) ? block.value.data : block.value;
      if (
        !sameDType(data.dtype, header.dtype) ||
        (block.position ?? block.start * row) !== done ||
        done + data.size > total
      )
        throw new OptionError("SHAPE_MISMATCH", `raw: the block at ${block.start} is not what comes next`);
      await sink.write(data.toBytes(order));
      done += data.size;
      options.onProgress?.(done, total);
    },
    async finish() {
      if (done !== total)
        throw new FormatError(
          "FORMAT_TRUNCATED",
          "raw",
          `blocks are missing: ${done} of ${total} elements were written`,
        );
      await sink.commit();
    },
    abort: async () => await sink.abort(),
  };
}

/** Raw bytes in full: at once, by parts, streamed. */
export const rawCodec: Codec<"sync", RawWriteOptions, RawReadOptions> = {
  encode: (value, options) => {
    const [bytes] = encodeRawParts(value, options);
    return (bytes as Uint8Array).slice();
  },
  encodeParts: encodeRawParts,
  decode: decodeRaw,
  open: openRaw,
  create: createRaw,
  readOptionsFor,
};
