import {
  type AnyArray,
  type Block,
  type ByteSource,
  CapabilityError,
  checkOptions,
  type DecodeOptions,
  FormatError,
  type Header,
  hasObjects,
  isMaskedArray,
  type LazyArray,
  makeHeader,
  type OpenFile,
  OptionError,
  resolveLimits,
} from "@masquerade/core";
import {
  type NpyHeader,
  type NpyHeaderOptions,
  npyHeaderLength,
  npyPrefixLength,
  readNpyHeader,
} from "@masquerade/numpy";
import { plainPlane, readStored, rowsPerBlock, type StoredArray, storedBlocks, writeStored } from "../lazy/array.ts";
import { positional } from "../lazy/data.ts";
import { type Reading, readSource } from "../reading.ts";
import { type NpyPlace, refuseObjects } from "./decode.ts";
import { type NpyReadOptions, npy } from "./format.ts";

/** What is asked for first where the end is known: most headers take 128 bytes. */
const HEAD = 256;

/** Reads the header of an NPY file of `size` bytes (undefined: nobody knows). */
export function* readHeader(size: number | undefined, options: NpyHeaderOptions = {}): Reading<NpyHeader> {
  let head = yield { offset: 0, length: size === undefined ? npyPrefixLength : Math.min(size, HEAD) };
  const length = npyHeaderLength(head, options);
  if (length > head.length) {
    const end = size === undefined ? length : Math.min(size, length);
    const rest = yield { offset: head.length, length: end - head.length };
    const whole = new Uint8Array(end);
    whole.set(head);
    whole.set(rest, head.length);
    head = whole;
  }
  return readNpyHeader(head, options);
}

/** An array of a file as {@link LazyArray}. */
export function lazyPlain(header: Header, stored: StoredArray, path: string): LazyArray {
  const lazy: LazyArray = {
    header,
    async read(selection, options): Promise<AnyArray> {
      plainPlane(options);
      return await readStored(stored, selection, options?.signal, options?.out);
    },
    async *blocks(options): AsyncGenerator<Block> {
      plainPlane(options);
      const plane = options?.plane ?? "both";
      const perBlock = rowsPerBlock(stored, options?.maxBytes);
      for await (const [start, value] of storedBlocks(stored, perBlock, options?.signal))
        yield { array: path, plane, start, value };
    },
  };
  if (stored.data.write === undefined) return lazy;
  return {
    ...lazy,
    async write(selection, value) {
      if (isMaskedArray(value))
        throw new CapabilityError("npy", "mask", "the array in the file has no mask; write filled() values");
      await writeStored(stored, selection, value);
    },
  };
}

/** {@link npy}'s open: reads the header only. */
export async function openNpy(source: ByteSource, options: NpyReadOptions & DecodeOptions = {}): Promise<OpenFile> {
  checkOptions("npy", npy.options.read, options);
  const limits = resolveLimits(options.limits);
  const { size } = source;
  const head = await readSource(readHeader(size, { limits }), source, options.signal);
  if (hasObjects(head.dtype)) return openObjects(head, options);
  const end = head.dataOffset + head.size * head.dtype.itemsize;
  if (size !== undefined && size < end)
    throw new FormatError("FORMAT_TRUNCATED", "npy", `the data end at byte ${end}, the file at ${size}`, {
      offset: size,
    });
  if (size !== undefined && size > end && (options.trailing ?? "refuse") === "refuse")
    throw new FormatError(
      "FORMAT_MALFORMED",
      "npy",
      `${size - end} bytes follow the array; open the first array alone with trailing: "ignore"`,
      { offset: end },
    );
  const { dtype, shape, order } = head;
  const header = makeHeader({ dtype, shape, order });
  const data = positional(source, head.dataOffset);
  return fileOf(lazyPlain(header, { dtype, shape, order, data, maxBytes: limits.maxBytes }, ""));
}

/** The file of an object array: its header. The elements are a pickle, which has no parts to read, and is read on request only. */
function openObjects({ dtype, shape, order, dataOffset }: NpyHeader, options: NpyReadOptions): OpenFile {
  refuseObjectParts("npy", options.objects);
  return fileOf(refusing(makeHeader({ dtype, shape, order }), { format: "npy", offset: dataOffset }));
}

/** Who asked for the objects has them by reading the whole file. Throws CapabilityError then. */
export function refuseObjectParts(format: string, objects: boolean | undefined): void {
  if (objects === true)
    throw new CapabilityError(
      format,
      "lazy",
      "object elements are a pickle, which has no parts to read; decode the whole file",
    );
}

/** An object array whose header is known and whose elements are refused. */
export function refusing(header: Header, place: NpyPlace): LazyArray {
  const refuse = (): never => {
    throw refuseObjects(place);
  };
  return {
    header,
    read: async () => refuse(),
    // biome-ignore lint/correctness/useYield: there is nothing to yield
    async *blocks() {
      refuse();
    },
  };
}

function fileOf(array: LazyArray): OpenFile {
  return {
    header: array.header,
    names: [""],
    array(name = "") {
      if (name !== "") throw new OptionError("INDEX_INVALID", "an .npy file holds one array without a name");
      return array;
    },
    // The source stays the caller's.
    [Symbol.asyncDispose]: async () => {},
  };
}
