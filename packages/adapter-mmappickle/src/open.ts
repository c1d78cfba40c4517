import {
  type ByteSource,
  checkOptions,
  type DecodeOptions,
  isMaskedArray,
  type LazyArray,
  LimitError,
  type Limits,
  MaskedArray,
  makeHeader,
  NdArray,
  nomask,
  normalizeSelection,
  type OpenFile,
  openDecoded,
  readWhole,
  resolveLimits,
} from "@masquerade/core";
import { DeferredArray, DeferredMaskedArray, type DeferredPayload, openModel } from "@masquerade/numpy-pickle";
import { DeferredBytes } from "@masquerade/pickle";
import { readChain } from "./chain.ts";
import { chosenEntries, decode, modelOf } from "./decode.ts";
import { FORMAT } from "./forms.ts";
import { type MmappickleReadOptions, readOptions } from "./options.ts";
import { writable } from "./overwrite.ts";
import { fillFromPlain, type PlainOptions, readPlain } from "./plain.ts";
import { readStored, type StoredArray, type StoredPlane, storedHeader } from "./stored.ts";
import { readSoon, Window } from "./window.ts";

/**
 * Opens a mmapdict: keys and headers are read from the ends of the entries, the elements stay where they are and are read by position.
 * Throws as `decode` does, and SourceError.
 */
export async function openMmappickle(
  source: ByteSource,
  options: MmappickleReadOptions & DecodeOptions = {},
): Promise<OpenFile> {
  checkOptions(FORMAT, readOptions, options);
  const limits = resolveLimits(options.limits);
  const { signal, select } = options;
  if (source.size === undefined) {
    const { select: _, out: __, ...rest } = options;
    return openDecoded(decode(await readWhole(source, limits.maxTotalBytes, options), rest));
  }
  const window = new Window(source.size);
  const chain = await readSoon(readChain(window, limits), source, signal);
  const values = new Map<string, unknown>();
  const mapped = new Map<string, StoredArray>();
  for (const entry of chosenEntries(chain, select)) {
    const stored = await readSoon(readStored(window, entry, limits), source, signal);
    if (stored !== undefined) mapped.set(entry.key, stored);
    values.set(
      entry.key,
      stored === undefined
        ? await readPlain(source, entry.valueAt, entry.valueEnd, { ...options, limits })
        : await leafOf(stored, source, { ...options, limits }),
    );
  }
  const file = openModel(modelOf(values), source);
  const [only] = file.names.length === 1 ? file.names : [];
  return {
    ...file,
    array(name) {
      const lazy = limited(withoutMask(file.array(name)), limits);
      const stored = mapped.get(name ?? only ?? "");
      return stored === undefined ? lazy : writable(lazy, stored, source);
    },
  };
}

/** An array of which no more than `maxBytes` are read at once. */
function limited(array: LazyArray, { maxBytes }: Limits): LazyArray {
  return {
    ...array,
    async read(selection, options) {
      const { shape, dtype } = array.header;
      const bytes = normalizeSelection(selection, shape).shape.reduce((n, dim) => n * dim, dtype.itemsize);
      if (bytes > maxBytes)
        throw new LimitError("maxBytes", `${bytes} bytes of an array at once are more than ${maxBytes}`, {
          format: FORMAT,
        });
      return await array.read(selection, options);
    },
  };
}

const payload = ({ at, bytes }: StoredPlane): DeferredPayload => ({
  at: new DeferredBytes(at, bytes),
  encoding: "raw",
});

/** An array whose elements stay in the file. */
export async function leafOf(
  stored: StoredArray,
  source: ByteSource,
  options: PlainOptions,
): Promise<DeferredArray | DeferredMaskedArray> {
  const { data, mask, fill } = stored;
  const value = fill && (await readPlain(source, fill.offset, fill.offset + fill.length, options));
  const fillValue = fill && fillFromPlain(value, fill.offset);
  const header = storedHeader(stored, fillValue);
  if (mask === undefined) return new DeferredArray(makeHeader({ dtype: data.dtype, shape: data.shape }), payload(data));
  if (mask !== "nomask") return new DeferredMaskedArray(header, payload(data), payload(mask), undefined);
  // One False, wherever one looks.
  const none = new NdArray({
    dtype: { kind: "bool", itemsize: 1, byteOrder: "none" },
    shape: data.shape,
    storage: new Uint8Array(1),
    strides: data.shape.map(() => 0),
  });
  return new DeferredMaskedArray(header, payload(data), none, undefined);
}

/** An array whose header says nomask gives nomask, not a mask of False. */
export function withoutMask(array: LazyArray): LazyArray {
  if (array.header.mask !== "nomask") return array;
  return {
    ...array,
    async read(selection, options) {
      const value = await array.read(selection, options);
      return isMaskedArray(value)
        ? new MaskedArray({ data: value.data, mask: nomask, fillValue: value.fillValue })
        : value;
    },
    async *blocks(options) {
      for await (const block of array.blocks(options)) {
        const { value } = block;
        yield isMaskedArray(value)
          ? { ...block, value: new MaskedArray({ data: value.data, mask: nomask, fillValue: value.fillValue }) }
          : block;
      }
    },
  };
}
