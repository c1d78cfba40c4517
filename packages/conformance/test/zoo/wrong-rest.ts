import {
  type AnyArray,
  type Capabilities,
  describe,
  isBundle,
  lossesFromCapabilities,
  nomask,
  openDecoded,
  refuseLosses,
  zeros,
} from "@masquerade/core";
import { eachArray, good, type Mutation, onData, onMasked, type Wrong, writes, wrong } from "./mutant.ts";
import { right } from "./right.ts";

/** Declares flags and announces nothing of them. */
export const silent = (flags: Partial<Capabilities>, mutation: Mutation = {}): Mutation => ({
  capabilities: flags,
  ...mutation,
});

/** Right about other flags in what it announces, and then wrong in what it writes. */
function lying(flags: Partial<Capabilities>, change: (array: AnyArray) => AnyArray): Mutation {
  const losses: typeof right.losses = (header) =>
    lossesFromCapabilities({ ...right.capabilities, ...flags }, header, { keeps: ["layout", "bundle-kind", "names"] });
  return {
    capabilities: flags,
    encode: (value, options) => {
      refuseLosses("right", losses(describe(value)), { lossy: options.lossy });
      return good.encode(eachArray(value, change), { lossy: true });
    },
    descriptor: { losses },
  };
}

const shared = new Uint8Array(1 << 20);

/** Faults that the laws of flags set to false, of concurrency and of plain hostility must catch. */
export const wrongRest: readonly Wrong[] = [
  wrong("no nomask declared, and exact takes it", "mask/nomask-announced", {
    ...lying({ nomask: false }, (a) => onMasked(a, (m) => m.with({ mask: m.maskArray() }))),
  }),
  wrong("no fill values declared, and nothing said", "mask/fill-value-refused", silent({ fillValue: false })),
  wrong("no hard masks declared, and exact takes them", "mask/hard-mask-announced", {
    ...lying({ hardMask: false }, (a) => onMasked(a, (m) => m.with({ hardMask: false }))),
  }),
  wrong("masked members of a bundle come plain", "bundle/masked-members", {
    encode: (value, options) =>
      good.encode(isBundle(value) ? eachArray(value, (a) => onMasked(a, (m) => m.data)) : value, options),
  }),
  wrong("one array declared, and the first of two written", "bundle/refused", {
    ...silent({ bundle: false }),
    encode: (value, options) => good.encode(isBundle(value) ? (value.get("one") as AnyArray) : value, options),
  }),
  wrong("no attributes declared, and dropped in silence", "attrs/refused", {
    ...silent(
      { attrs: false },
      writes((a) => onData(a, (d) => d.with({ attrs: new Map() }))),
    ),
  }),
  wrong("no names of dimensions declared, and exact takes them", "dims/announced", {
    ...lying({ dims: false }, (a) => onData(a, (d) => d.with({ dims: undefined }))),
  }),
  wrong("encode hands out one buffer for all", "purity/concurrent", {
    encode: (value, options) => {
      const bytes = good.encode(value, options);
      shared.set(bytes);
      return shared.subarray(0, bytes.length);
    },
  }),
  wrong("opened, what is beneath the mask is gone", "lazy/whole", {
    open: async (source, options) => {
      const value = good.decode(await source.read(0, source.size ?? 0), options);
      return openDecoded(
        eachArray(value, (a) =>
          onMasked(a, (m) => (m.mask === nomask ? m : m.with({ data: zeros(m.dtype, m.shape) as typeof m.data }))),
        ),
      );
    },
  }),
  wrong("blocks that overlap", "lazy/blocks", {
    open: async (source, options) => {
      const file = openDecoded(good.decode(await source.read(0, source.size ?? 0), options));
      const lazy = file.array();
      return {
        ...file,
        array: () => ({
          ...lazy,
          async *blocks(o) {
            for await (const block of lazy.blocks(o)) yield { ...block, start: Math.max(0, block.start - 1) };
          },
        }),
      };
    },
  }),
  wrong("any name opens the only array", "lazy/unknown-array", {
    open: async (source, options) => {
      const file = openDecoded(good.decode(await source.read(0, source.size ?? 0), options));
      return { ...file, array: () => file.array("") };
    },
  }),
  wrong("the last block is written twice", "stream/blocks-of-any-size", {
    create: async (sink, plan, options) => {
      const file = await good.create?.(sink, plan, options);
      return { ...file, finish: async () => sink.write(new Uint8Array(4)).then(() => file?.finish()) } as never;
    },
  }),
  wrong("a byte out of its range is a TypeError", "hostile/every-header-bit", {
    decode: (bytes, options) => {
      if ((bytes[30] ?? 0) > 127) throw new TypeError("Cannot read properties of undefined (reading 'kind')");
      return good.decode(bytes, options);
    },
  }),
  wrong("a length of minus one is believed", "hostile/length-fields", {
    decode: (bytes, options) => {
      if (bytes.length > 40 && new DataView(bytes.buffer, bytes.byteOffset).getInt32(20, true) === -1)
        throw new RangeError("Invalid array length");
      return good.decode(bytes, options);
    },
  }),
  wrong("a large byte at the end is a TypeError", "hostile/mutations", {
    decode: (bytes, options) => {
      const value = good.decode(bytes, options);
      if ((bytes.at(-1) as number) > 250) throw new TypeError("value is not iterable");
      return value;
    },
  }),
];
