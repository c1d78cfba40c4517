import {
  type AnyArray,
  Bundle,
  type Capabilities,
  describe,
  type EncodeOptions,
  FormatError,
  type FullMask,
  isBundle,
  type Loss,
  lossesFromCapabilities,
  type NdArray,
  nomask,
  OptionError,
  refuseLosses,
  withByteOrder,
  zeros,
} from "@masquerade/core";
import { eachArray, good, type Mutation, onData, onMasked, reads, type Wrong, writes, wrong } from "./mutant.ts";
import { right } from "./right.ts";

type Losses = typeof right.losses;
const keeps = ["layout", "bundle-kind", "names"] as const;

/** Losses of a right format with other flags. */
const lossesOf =
  (flags: Partial<Capabilities>): Losses =>
  (header) =>
    lossesFromCapabilities({ ...right.capabilities, ...flags }, header, { keeps });

/** A mutation that declares other flags, announces what follows from them, and refuses accordingly. */
function declares(flags: Partial<Capabilities>, mutation: Mutation = {}, losses: Losses = lossesOf(flags)): Mutation {
  return {
    capabilities: flags,
    ...mutation,
    encode: (value, options) => {
      refuseLosses("right", losses(describe(value)), options);
      return (mutation.encode ?? good.encode)(value, { signal: options.signal, lossy: true });
    },
    descriptor: { losses, ...mutation.descriptor },
  };
}

const add =
  (...more: Loss[]): Losses =>
  (header, options) => [...right.losses(header, options), ...more];
const trait = (id: Loss["id"], why: string): Loss => ({ id, grade: "trait", what: "something", why, array: "" });
const level = {
  options: {
    read: {},
    write: { level: { type: "integer", about: "How hard to try, from 0 to 9.", minimum: 0, maximum: 9 } },
  },
} as const;
const shout = {
  options: { read: { loud: { type: "boolean", about: "Whether to read it aloud." } }, write: {} },
} as const;
const rounding = {
  options: {
    read: {},
    write: { digits: { type: "string", about: "How many digits to write.", choices: ["all", "few"] } },
  },
} as const;
const numpyless = (value: AnyArray | Bundle): AnyArray | Bundle =>
  eachArray(value, (a) => onData(a, (d) => (d.dtype.kind === "float64" ? d.astype("float32").astype("float64") : d)));

/** Faults with what a format promises of itself: flags, losses, options. */
export const wrongPromises: readonly Wrong[] = [
  wrong("announces a loss that does not happen", "losses/really-lost", {
    ...declares({}, {}, (header) => [...right.losses(header), trait("byte-order", "it would come back little-endian")]),
  }),
  wrong("exact is not looked at", "losses/exact-refuses", {
    ...declares(
      { hardMask: false, memoryOrder: false },
      reads((a) => a.copy("C")),
    ),
    encode: (value, options) => good.encode(value, { signal: options.signal, lossy: options.lossy }),
  }),
  wrong("exact refuses what nothing is lost of", "losses/exact-refuses", {
    encode: (value, options) => {
      if (options.exact === true) refuseLosses("right", [trait("dims", "who knows")], options);
      return good.encode(value, options);
    },
  }),
  wrong("any accepted loss accepts them all", "losses/accepted-one-by-one", {
    ...declares({ mask: false }),
    encode: (value, options) => {
      const any = Array.isArray(options.lossy) && options.lossy.length > 0;
      if (!any) refuseLosses("right", lossesOf({ mask: false })(describe(value)), options);
      return good.encode(
        eachArray(value, (a) => onMasked(a, (m) => m.data)),
        { lossy: true },
      );
    },
  }),
  wrong("a loss of a wrong grade", "losses/well-formed", {
    descriptor: { losses: add({ ...trait("dtype", "the dtype goes its own way"), grade: "trait" }) },
  }),
  wrong("a loss without a reason", "losses/well-formed", { descriptor: { losses: add(trait("dims", "")) } }),
  wrong("writes a default into the caller's options", "options/object-untouched", {
    encode: (value, options) => {
      (options as { exact?: boolean }).exact ??= false;
      return good.encode(value, options);
    },
  }),
  wrong("an option just out of range is taken", "options/out-of-range", {
    descriptor: level,
    encode: (value, options) => {
      const { level: asked, ...rest } = options as EncodeOptions & { readonly level?: unknown };
      if (asked !== undefined && typeof asked !== "number") throw new OptionError("OPTION_INVALID", "right: level");
      return good.encode(value, rest);
    },
  }),
  wrong("options for reading are not looked at", "options/read-values-refused", {
    descriptor: shout,
    decode: (bytes, options) => {
      const { loud: _loud, ...rest } = options as { readonly loud?: unknown };
      return good.decode(bytes, rest);
    },
  }),
  wrong("one choice of an option loses digits", "options/every-choice", {
    descriptor: rounding,
    encode: (value, options) => {
      const { digits, ...rest } = options as EncodeOptions & { readonly digits?: string };
      return good.encode(digits === "few" ? numpyless(value) : value, rest);
    },
  }),
  wrong("out is ignored", "options/out", {
    decode: (bytes, { out: _out, ...options }) => good.decode(bytes, options),
  }),
  wrong("progress counts backwards", "options/progress", {
    decode: (bytes, options) => {
      for (const done of [2, 1]) options.onProgress?.(done, 2);
      return good.decode(bytes, options);
    },
  }),
  wrong("pieces that lack the last one", "options/parts", {
    codec: { encodeParts: (value, options) => [good.encode(value, options).subarray(0, 100)] },
  }),
  wrong("declares a kind it refuses", "capability/kinds", {
    capabilities: { kinds: [...right.capabilities.kinds, "string"] },
  }),
  wrong(
    "Fortran order declared and lost",
    "capability/memory-order",
    reads((a) => a.copy("C")),
  ),
  wrong(
    "no memory order declared, yet both come back",
    "capability/memory-order-announced",
    declares({ memoryOrder: false }),
  ),
  wrong(
    "byte order declared and lost",
    "capability/byte-order",
    reads((a) => onData(a, (d) => d.with({ dtype: withByteOrder(d.dtype, "little") }))),
  ),
  wrong(
    "no byte order declared, yet both come back",
    "capability/byte-order-announced",
    declares({ byteOrder: false }),
  ),
  wrong("whole masks declared, masks per field collapsed", "capability/field-masks-refused", {
    ...declares({ fieldMasks: false }),
    ...writes((a) =>
      onMasked(a, (m) =>
        m.dtype.kind === "struct" && m.mask !== nomask
          ? m.with({ mask: m.mask.with({ storage: m.mask.toBytes().map(() => 1) as never }) as FullMask })
          : m,
      ),
    ),
  }),
  wrong("no groups declared, and groups flattened", "capability/nested-refused", {
    capabilities: { nested: false },
    encode: (value, options) =>
      good.encode(isBundle(value) ? new Bundle({ entries: [...value.entries].slice(0, 1) }) : value, options),
  }),
  wrong("declared as text, and is not", "capability/text", { capabilities: { text: true } }),
  wrong("text that is not declared as text", "capability/not-text", {
    encode: (value, options) => new TextEncoder().encode(good.encode(value, options).join(" ")),
  }),
  wrong("declared as describing itself, and asks", "capability/self-describing", {
    decode: (bytes, options) => {
      if (!("dtype" in options)) throw new OptionError("OPTION_INVALID", "right: the dtype is needed");
      return good.decode(bytes, {});
    },
  }),
  wrong("declared as not describing itself, and guesses", "capability/description-demanded", {
    capabilities: { selfDescribing: false },
  }),
  wrong("compression declared, and there is none", "capability/compressed", { capabilities: { compressed: true } }),
  wrong("no compression declared, and zeros left out", "capability/not-compressed", {
    encode: (value, options) => {
      const bytes = good.encode(value, options);
      return bytes.length > 60_000 ? bytes.slice(0, 1000) : bytes;
    },
  }),
  wrong("copy: false gives another dtype", "capability/copy-false", {
    decode: (bytes, options) => {
      const value = good.decode(bytes, options);
      return options.copy === false ? eachArray(value, (a) => onData(a, (d) => d.astype("float32") as NdArray)) : value;
    },
  }),
  wrong("files of its own tools refused", "samples/decode", {
    config: { samples: { "a large one": good.encode(zeros("float64", [2000]) as NdArray) } },
    decode: (bytes, options) => {
      if (bytes.length > 10_000) throw new FormatError("FORMAT_VERSION", "right", "too new", { offset: 0 });
      return good.decode(bytes, options);
    },
  }),
  wrong("a file of its own tools opens as another", "samples/open", {
    config: { samples: { "a small one": good.encode(zeros("float64", [2]) as NdArray) } },
    open: async (source, options) => {
      const file = await good.open?.(source, options);
      return { ...file, names: ["first"] } as never;
    },
  }),
  wrong("claims other formats' files", "sniff/foreign", {
    config: { foreign: { "another format": new Uint8Array(64).fill(9) } },
    descriptor: { sniff: (head) => (head.length > 6 ? "yes" : "no") },
  }),
];
