import {
  type AnyArray,
  type Bundle,
  type ByteSource,
  type Capabilities,
  type Codec,
  isBundle,
  isMaskedArray,
  type MaskedArray,
  type NdArray,
} from "@masquerade/core";
import type { ConformanceConfig } from "../../src/index.ts";
import { appendWith, decodeWith, log, logCodec, type Merge, merged, type Steps, steps } from "./log.ts";
import { eachArray, onMasked, type Wrong } from "./mutant.ts";

export type Value = AnyArray | Bundle;

export interface LogMutation {
  readonly steps?: Partial<Steps>;
  readonly merge?: Merge;
  readonly codec?: Partial<Codec<"sync">>;
  readonly capabilities?: Partial<Capabilities>;
  readonly config?: ConformanceConfig;
}

/** A wrong adapter made of the right format that files can be added to. */
export function wrongLog(name: string, breaks: string, mutation: LogMutation): Wrong {
  const { merge } = mutation;
  const codec: Codec<"sync"> = {
    ...logCodec,
    append: appendWith(mutation.steps ?? {}),
    ...(merge === undefined ? {} : { decode: (bytes, options) => decodeWith(merge, bytes, options) }),
    ...mutation.codec,
  };
  const capabilities: Capabilities = { ...log.capabilities, ...mutation.capabilities };
  return { name, breaks, format: { ...log, capabilities, codec: async () => codec }, config: mutation.config ?? {} };
}

/** Writes something else than it was given. */
export const puts = (change: (value: Value) => Value): LogMutation => ({
  steps: { put: (file, end, value) => steps.put(file, end, change(value)) },
});

/** The same of masked arrays, wherever they are. */
export const putsMasked = (change: (array: MaskedArray) => AnyArray): LogMutation =>
  puts((value) => eachArray(value, (array) => onMasked(array, change)));

/** Makes one array of two in another way. */
export const grows = (grow: (a: AnyArray, b: AnyArray) => AnyArray): LogMutation => ({
  merge: (value, more) => merged(value, more, grow),
});

/** Asks for more or less before it writes. */
export const demands = (demand: Steps["demand"]): LogMutation => ({ steps: { demand } });

/** Makes another value of two bundles. */
export const mergesBundles = (change: (value: Bundle, more: Bundle) => Bundle): LogMutation => ({
  merge: (value, more) => (isBundle(value) && isBundle(more) ? change(value, more) : merged(value, more)),
});

type Writable = ByteSource & Required<Pick<ByteSource, "write">>;

/** Appends through a source some of whose functions are others. */
export const through = (change: (file: Writable) => Partial<ByteSource>): LogMutation => ({
  codec: {
    async append(file, value, options) {
      const altered: ByteSource = {
        get size() {
          return file.size;
        },
        read: (offset, length, signal) => file.read(offset, length, signal),
        write: (offset, bytes) => (file as Writable).write(offset, bytes),
        sync: async () => await file.sync?.(),
        [Symbol.asyncDispose]: async () => {},
        ...change(file as Writable),
      };
      await logCodec.append?.(altered, value, options);
    },
  },
});

/** What is in a file now. */
export const held = async (file: ByteSource): Promise<Value> =>
  logCodec.decode((await file.read(0, file.size ?? 0)).slice());

export const dataOf = (array: AnyArray): NdArray => (isMaskedArray(array) ? array.data : array);
