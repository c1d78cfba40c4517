import {
  type AnyArray,
  type AnyFormat,
  type Bundle,
  Bundle as BundleClass,
  type Capabilities,
  type Codec,
  type DecodeOptions,
  type EncodeOptions,
  type Format,
  isBundle,
  isMaskedArray,
  type MaskedArray,
  type NdArray,
} from "@masquerade/core";
import type { ConformanceConfig } from "../../src/index.ts";
import { codec as good, right } from "./right.ts";

type Value = AnyArray | Bundle;

/** One wrong adapter: a small realistic mutation of the right one, and the law that must catch it. */
export interface Wrong {
  readonly name: string;
  /** Laws of which at least the first must fail. */
  readonly breaks: string;
  readonly format: AnyFormat;
  /** What the run is given beside it. */
  readonly config: ConformanceConfig;
}

export interface Mutation {
  readonly encode?: (value: Value, options: EncodeOptions) => Uint8Array;
  readonly decode?: (bytes: Uint8Array, options: DecodeOptions) => Value;
  readonly open?: Codec["open"];
  readonly create?: Codec["create"];
  readonly codec?: Partial<Codec<"sync">>;
  readonly config?: ConformanceConfig;
  readonly capabilities?: Partial<Capabilities>;
  readonly descriptor?: Partial<Format<"right", "sync">>;
}

export function wrong(name: string, breaks: string, mutation: Mutation): Wrong {
  const codec: Codec<"sync"> = {
    ...good,
    ...mutation.codec,
    encode: (value, options = {}) => (mutation.encode ?? good.encode)(value, options),
    decode: (bytes, options = {}) => (mutation.decode ?? good.decode)(bytes, options),
    ...("open" in mutation ? { open: mutation.open } : {}),
    ...("create" in mutation ? { create: mutation.create } : {}),
  } as Codec<"sync">;
  const capabilities: Capabilities = { ...right.capabilities, ...mutation.capabilities };
  const format: Format<"right", "sync"> = { ...right, capabilities, codec: async () => codec, ...mutation.descriptor };
  return { name, breaks, format, config: mutation.config ?? {} };
}

/** Applies a change to every array of a value, bundles included. */
export function eachArray(value: Value, change: (array: AnyArray) => AnyArray): Value {
  if (!isBundle(value)) return change(value);
  return new BundleClass({
    kind: value.kind,
    attrs: value.attrs,
    entries: [...value.entries].map(([name, member]) => [name, eachArray(member, change)]),
  });
}

/** Changes the data of plain and masked arrays alike. */
export function onData(array: AnyArray, change: (data: NdArray) => NdArray): AnyArray {
  return isMaskedArray(array) ? array.with({ data: change(array.data) }) : change(array);
}

/** Changes masked arrays only. */
export function onMasked(array: AnyArray, change: (array: MaskedArray) => AnyArray): AnyArray {
  return isMaskedArray(array) ? change(array) : array;
}

/** A mutation that writes a changed array. */
export const writes = (change: (array: AnyArray) => AnyArray): Mutation => ({
  encode: (value, options) => good.encode(eachArray(value, change), options),
});

/** A mutation that changes what was read. */
export const reads = (change: (array: AnyArray) => AnyArray): Mutation => ({
  decode: (bytes, options) => eachArray(good.decode(bytes, options), change),
});

export { good };
