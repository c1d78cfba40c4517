import {
  type AnyArray,
  type Bundle,
  CapabilityError,
  describe,
  type EncodeOptions,
  headerOf,
  isArray,
  isBundle,
  isMaskedArray,
  type LossPolicy,
  type NdArray,
  nomask,
  type PlainValue,
  quoteText,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { ENTRY_TAIL_BYTES, entryHead, entryTail, FORMAT, headerBytes, keyBytes, TERMINATOR } from "./forms.ts";
import { mmappickleLosses } from "./losses.ts";
import { type MmappickleWriteOptions, singleKey } from "./options.ts";
import { arrayPlan, canMap, plainPlan, type ValuePlan } from "./plan.ts";

/** One entry, ready to be written. */
export interface EntryPlan {
  /** FRAME, key, VALUE and end. */
  readonly parts: ValuePlan["parts"];
  readonly length: number;
  /** The first memo index that is free behind it. */
  readonly memo: number;
}

/** An entry around a VALUE. Throws CapabilityError for a key that has no place. */
export function entryPlan(key: string, value: ValuePlan): EntryPlan {
  const bytes = keyBytes(key);
  if (bytes === undefined)
    throw new CapabilityError(
      FORMAT,
      "names",
      `a key has at most 255 bytes of UTF-8 and no lone surrogates, unlike "${quoteText(key, 40)}"`,
    );
  const length = 2 + bytes.length + value.length + ENTRY_TAIL_BYTES;
  return {
    parts: [entryHead(length, bytes), ...value.parts, entryTail(value.memo)],
    length: 9 + length,
    memo: value.memo,
  };
}

/** The VALUE of anything; `memo` is the first index free in the file. The fill value that NumPy could not load is left out (lossy). */
export function valuePlan(value: PlainValue, memo: number): ValuePlan {
  if (!isArray(value)) return plainPlan(value, memo);
  const array = loadable(value);
  const header = headerOf(array);
  const inner = isMaskedArray(array) ? headerOf(array.data) : header;
  return canMap(header) && inner.subclass === undefined ? arrayPlan(header, memo) : plainPlan(inC(array), memo);
}

/** Entries keep no memory order: those that NumPy pickles are in C order like the rest. */
function inC(array: AnyArray): AnyArray {
  return array.order === "F" ? array.copy("C") : array;
}

function loadable(array: AnyArray): AnyArray {
  if (!isMaskedArray(array) || array.fillValue === undefined) return array;
  const refused = mmappickleLosses(headerOf(array)).some(({ id }) => id === "fill-value");
  return refused ? array.with({ fillValue: undefined }) : array;
}

/** The parts with every hole filled by the array's elements. */
export function* filledParts(parts: ValuePlan["parts"], value: PlainValue): Generator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else if (isMaskedArray(value))
      yield* part.plane === "data" ? [value.data.toBytes("C")] : maskBytes(value, part.size);
    else yield (value as NdArray).toBytes("C");
  }
}

/** Bytes of False given out at once. */
const ZEROS = 1 << 20;

function* maskBytes(array: { readonly mask: unknown; maskArray(): unknown }, size: number): Generator<Uint8Array> {
  if (array.mask !== nomask) {
    yield (array.maskArray() as NdArray).toBytes("C");
    return;
  }
  const zeros = new Uint8Array(Math.min(size, ZEROS));
  for (let done = 0; done < size; done += zeros.length) yield zeros.subarray(0, Math.min(zeros.length, size - done));
}

/** What a value consists of, by key: the members of a bundle and its attributes (in the order of `keys`, where they name all), or one array. */
export function entriesOf(
  value: AnyArray | Bundle,
  options: MmappickleWriteOptions | undefined,
): readonly (readonly [key: string, value: PlainValue])[] {
  const key = singleKey(options);
  if (!isBundle(value)) return [[key, value]];
  const all = new Map<string, PlainValue>([...value.entries, ...value.attrs]);
  const order = [...value.keys.keys()];
  const told = order.length === all.size && order.every((name) => all.has(name));
  return told ? order.map((name) => [name, all.get(name) as PlainValue] as const) : [...all];
}

/**
 * The file in parts: what mmappickle writes when the entries are set one after another, with fill values kept. Throws CapabilityError for
 * what a mmapdict cannot hold and the caller does not give up.
 */
export function* encodeParts(
  value: AnyArray | Bundle,
  options: MmappickleWriteOptions & EncodeOptions = {},
): Generator<Uint8Array> {
  const entries = prepared(value, options);
  yield headerBytes(entries.length);
  let memo = 1;
  let done = 0;
  for (const [key, one] of entries) {
    const plan = entryPlan(key, valuePlan(one, memo));
    memo = Math.max(memo, plan.memo);
    for (const part of filledParts(plan.parts, one)) {
      throwIfAborted(options.signal);
      yield part;
      done += part.length;
      options.onProgress?.(done, undefined);
    }
  }
  yield TERMINATOR.slice();
}

/** The entries of a value, once it is sure that they can be held. Throws CapabilityError. */
export function prepared(
  value: AnyArray | Bundle,
  options: MmappickleWriteOptions & LossPolicy & EncodeOptions,
): ReturnType<typeof entriesOf> {
  const entries = entriesOf(value, options);
  throwIfAborted(options.signal);
  refuseLosses(FORMAT, mmappickleLosses(describe(value), options), options);
  return entries;
}

/** The same, joined. */
export function encode(
  value: AnyArray | Bundle,
  options: MmappickleWriteOptions & EncodeOptions = {},
): Uint8Array<ArrayBuffer> {
  const parts = [...encodeParts(value, options)];
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
