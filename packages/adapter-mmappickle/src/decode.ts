import {
  type AnyArray,
  arrayFromBytes,
  type Bundle,
  checkOptions,
  type DecodeOptions,
  type FullMask,
  isBundle,
  LimitError,
  type Limits,
  MaskedArray,
  type NdArray,
  nomask,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { picked, toModel } from "@masquerade/numpy-pickle";
import { type Chain, type Entry, liveEntries, readChain } from "./chain.ts";
import { FORMAT } from "./forms.ts";
import { type MmappickleReadOptions, readOptions } from "./options.ts";
import { decodePlain, fillFromPlain } from "./plain.ts";
import { readStored, type StoredArray, type StoredPlane } from "./stored.ts";
import { readNow, Window } from "./window.ts";

/**
 * The dictionary a file holds: arrays as entries, other values as attributes; a single array under the empty key is that array. Nothing
 * is imported or run. Throws FormatError, LimitError, UnsafeContentError; CapabilityError when there is no array.
 */
export function decode(bytes: Uint8Array, options: MmappickleReadOptions & DecodeOptions = {}): AnyArray | Bundle {
  checkOptions(FORMAT, readOptions, options);
  throwIfAborted(options.signal);
  const limits = resolveLimits(options.limits);
  const window = new Window(bytes.length, bytes.length);
  const read = (offset: number, length: number): Uint8Array => bytes.subarray(offset, offset + length);
  const chain: Chain = readNow(readChain(window, limits), read);
  const budget = new Budget(limits);
  const values = new Map<string, unknown>();
  for (const entry of chosenEntries(chain, options.select)) {
    throwIfAborted(options.signal);
    const stored = readNow(readStored(window, entry, limits), read);
    const value =
      stored === undefined
        ? decodePlain(bytes.subarray(entry.valueAt, entry.valueEnd), entry.valueAt, { ...options, limits })
        : arrayOf(stored, bytes, budget, { ...options, limits });
    values.set(entry.key, value);
  }
  options.onProgress?.(bytes.length, bytes.length);
  return picked(modelOf(values) as AnyArray | Bundle, options);
}

/** A dictionary as the model has it; a single array under the empty key is that array. */
export function modelOf(values: ReadonlyMap<string, unknown>): ReturnType<typeof toModel> {
  const model = toModel(values, FORMAT);
  if (values.size !== 1 || !isBundle(model)) return model;
  const only = model.entries.get("");
  return only === undefined || isBundle(only) ? model : only;
}

/** The entries `select` needs; all of them where it names none. */
export function chosenEntries(chain: Chain, select: string | undefined): readonly Entry[] {
  const all = [...liveEntries(chain).values()];
  if (select === undefined || select === "") return all;
  const chosen = all.filter(({ key }) => select === key || select.startsWith(`${key}/`));
  return chosen.length === 0 ? all : chosen;
}

/** Counts the bytes of the arrays taken. */
class Budget {
  private readonly limits: Limits;
  private total = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  charge({ bytes, at }: StoredPlane): void {
    const { maxBytes, maxTotalBytes } = this.limits;
    const where = { format: FORMAT, offset: at };
    if (bytes > maxBytes)
      throw new LimitError("maxBytes", `an array of ${bytes} bytes is more than ${maxBytes}`, where);
    this.total += bytes;
    if (this.total > maxTotalBytes)
      throw new LimitError("maxTotalBytes", `the arrays take more than ${maxTotalBytes} bytes`, where);
  }
}

function arrayOf(
  stored: StoredArray,
  bytes: Uint8Array,
  budget: Budget,
  options: MmappickleReadOptions & DecodeOptions & { readonly limits: Limits },
): AnyArray {
  const plane = (one: StoredPlane): NdArray => {
    budget.charge(one);
    const raw = bytes.subarray(one.at, one.at + one.bytes);
    return arrayFromBytes(raw, one.dtype, one.shape, "C", { copy: options.copy === true });
  };
  const data = plane(stored.data);
  if (stored.mask === undefined) return data;
  const mask = stored.mask === "nomask" ? nomask : (plane(stored.mask) as unknown as FullMask);
  return new MaskedArray({ data, mask, fillValue: fillOf(stored, bytes, options) });
}

function fillOf(
  { fill }: StoredArray,
  bytes: Uint8Array,
  options: MmappickleReadOptions & DecodeOptions & { readonly limits: Limits },
): NdArray | undefined {
  if (fill === undefined) return undefined;
  const { offset, length } = fill;
  return fillFromPlain(decodePlain(bytes.subarray(offset, offset + length), offset, options), offset);
}
