import type { AnyFormat, Codec } from "@masquerade/core";
import type { ConformanceConfig, Subject } from "./law.ts";

/** Loads the codec and wraps it so that sync and async adapters are called alike. */
export async function makeSubject(format: AnyFormat, config: ConformanceConfig): Promise<Subject> {
  const codec = (await format.codec()) as unknown as Codec;
  return {
    format,
    codec,
    config,
    encode: async (value, options) => codec.encode(value, { ...config.writeOptions, ...options }),
    decode: async (bytes, options) => codec.decode(bytes, { ...config.readOptions, ...options }),
  };
}
