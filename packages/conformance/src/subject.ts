import { type AnyArray, type AnyFormat, type Bundle, type Codec, describe } from "@masquerade/core";
import type { ConformanceConfig, Subject } from "./law.ts";

/** Loads the codec and wraps it so that sync and async adapters are called alike. */
export async function makeSubject(format: AnyFormat, config: ConformanceConfig): Promise<Subject> {
  const codec = (await format.codec()) as unknown as Codec;
  const tell = codec.readOptionsFor?.bind(codec);
  const describeFor =
    config.describeFor ??
    (tell && ((value: AnyArray | Bundle, options?: object) => tell(describe(value), options as never) as object));
  return {
    format,
    codec,
    config: { ...config, describeFor },
    encode: async (value, options) => codec.encode(value, { ...config.writeOptions, ...options }),
    decode: async (bytes, options) => codec.decode(bytes, { ...config.readOptions, ...options }),
  };
}
