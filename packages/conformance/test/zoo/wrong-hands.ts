import {
  type AnyArray,
  arrayFromBytes,
  CapabilityError,
  describe,
  isBundle,
  isMaskedArray,
  type NdArray,
  openDecoded,
  zeros,
} from "@masquerade/core";
import { eachArray, good, onMasked, type Wrong, wrong } from "./mutant.ts";
import { right } from "./right.ts";

const readAll = async (source: {
  readonly size: number | undefined;
  read(o: number, n: number): Promise<Uint8Array>;
}) => await source.read(0, source.size ?? 0);

/** The array, over the bytes as `slice` gives them. */
const sliced = (array: AnyArray, bytes: Uint8Array): AnyArray => {
  const data = isMaskedArray(array) ? array.data : array;
  const raw = data.toBytes(data.order);
  if (raw.length === 0) return array;
  let at = bytes.length - raw.length;
  while (at > 0 && !raw.every((b, i) => b === bytes[at + i])) at--;
  const own = bytes.slice(at, at + raw.length);
  const over = new Uint8Array(own.buffer, own.byteOffset, own.length);
  const made = arrayFromBytes(over, data.dtype, data.shape, data.order) as NdArray;
  return isMaskedArray(array) ? array.with({ data: made.with({ attrs: data.attrs }) }) : made;
};

/** Adapters that take what they are handed for what it usually is. */
export const wrongHands: readonly Wrong[] = [
  wrong("bytes copied by slice, which a Buffer's is no copy", "purity/pooled-bytes", {
    decode: (bytes, options) => eachArray(good.decode(bytes, options), (array) => sliced(array, bytes)),
  }),
  wrong("shared memory refused with a TypeError", "purity/shared-memory", {
    decode: (bytes, options) => {
      if (!(bytes.buffer instanceof ArrayBuffer)) throw new TypeError("not an ArrayBuffer");
      return good.decode(bytes, options);
    },
  }),
  wrong("an async decode that throws at once", "descriptor/timing-of-decode", {
    descriptor: {
      timing: "async" as never,
      codec: async () =>
        ({
          ...good,
          encode: async (...args: Parameters<typeof good.encode>) => good.encode(...args),
          decode: (...args: Parameters<typeof good.decode>) => {
            const value = good.decode(...args);
            return Promise.resolve(value);
          },
        }) as never,
    },
  }),
  wrong("out of another dtype is filled with what comes", "options/out-of-another-dtype", {
    decode: (bytes, { out, ...options }) => {
      const value = good.decode(bytes, options);
      if (out === undefined || isBundle(value) || out.shape.join() !== value.shape.join())
        return good.decode(bytes, { ...options, ...(out && { out }) });
      return out.dtype.kind === value.dtype.kind ? good.decode(bytes, { ...options, out }) : value;
    },
  }),
  wrong("pieces of bundles lack the last member", "options/parts-of-every-sort", {
    codec: {
      *encodeParts(value, options) {
        const bytes = good.encode(value, options);
        yield isBundle(value) ? bytes.subarray(0, -8) : bytes;
      },
    },
  }),
  wrong("pieces are written without asking for losses", "options/parts-of-every-sort", {
    codec: {
      *encodeParts(value, options) {
        const lost = right.losses(describe(value)).some((l) => l.grade === "content");
        yield lost ? new Uint8Array(3) : good.encode(value, options);
      },
    },
  }),
  wrong("what was accepted as lost takes the fill value along", "losses/accepted-and-no-more", {
    capabilities: { hardMask: false, attrs: false, fieldMasks: false },
    descriptor: {
      losses: (header, options) =>
        "mask" in header && header.mask === "mask" && header.shape.length === 2
          ? [
              ...right.losses(header, options as never),
              { id: "names", grade: "content", what: "names", why: "there is no room for them" } as never,
            ]
          : right.losses(header, options as never),
    },
    encode: (value, options) => {
      const header = describe(value);
      const doomed = "mask" in header && header.mask === "mask" && header.shape.length === 2;
      if (doomed && !(Array.isArray(options.lossy) && options.lossy.includes("names")))
        throw new CapabilityError("right", "names", "there is no room for names");
      return good.encode(
        doomed ? eachArray(value, (array) => onMasked(array, (one) => one.with({ fillValue: undefined }))) : value,
        options,
      );
    },
  }),
  wrong("reads beyond the end of a view", "hostile/truncated-view", {
    decode: (bytes, options) => good.decode(new Uint8Array(bytes.buffer, bytes.byteOffset, whole(bytes)), options),
  }),
  wrong("zeros after the end are padding", "hostile/trailing-zeros", {
    decode: (bytes, options) => {
      let end = bytes.length;
      for (;;)
        try {
          return good.decode(bytes.subarray(0, end), options);
        } catch (error) {
          if (end === 0 || bytes[end - 1] !== 0 || !String(error).includes("after the end")) throw error;
          end--;
        }
    },
  }),
  wrong("a second file in one is passed over", "hostile/trailing-zeros", {
    decode: (bytes, options) => {
      const half = bytes.length >> 1;
      const twice = bytes.length % 2 === 0 && bytes.subarray(0, half).every((b, i) => b === bytes[half + i]);
      return good.decode(twice && half > 0 ? bytes.subarray(0, half) : bytes, options);
    },
  }),
  wrong("the limit for all arrays is not looked at", "hostile/limit-of-all", {
    decode: (bytes, { limits, ...options }) => {
      const { maxTotalBytes: _, ...rest } = limits ?? {};
      return good.decode(bytes, { ...options, limits: rest });
    },
  }),
  wrong("opened, what is missing is zeros", "lazy/truncation", {
    open: async (source, options) => {
      const bytes = await readAll(source);
      for (let more = 0; ; more++) {
        const padded = new Uint8Array(bytes.length + more);
        padded.set(bytes);
        try {
          return openDecoded(good.decode(padded, { signal: options?.signal }));
        } catch (error) {
          if (more === 64 || (error as { readonly code?: string }).code !== "FORMAT_TRUNCATED") throw error;
        }
      }
    },
  }),
  wrong("opened, a bundle that is cut lacks its last array", "lazy/bundle-truncation", {
    open: async (source, options) => {
      const bytes = await readAll(source);
      try {
        return openDecoded(good.decode(bytes, { signal: options?.signal }));
      } catch (error) {
        if ((error as { readonly code?: string }).code === "FORMAT_TRUNCATED" && bytes.length > 40)
          return openDecoded(zeros("int8", [1]) as AnyArray);
        throw error;
      }
    },
  }),
  wrong("opened, a broken header is a TypeError", "lazy/mutations", {
    open: async (source, options) => {
      const bytes = await readAll(source);
      try {
        return (await good.open?.(source, options)) as never;
      } catch (error) {
        if ((error as { readonly code?: string }).code === "FORMAT_CHECKSUM") throw new TypeError(`${bytes.length}`);
        throw error;
      }
    },
  }),
  wrong("opened, allocates what the header claims", "lazy/nothing-on-a-claim", {
    open: async (source, options) => {
      const head = await source.read(0, Math.min(15, source.size ?? 0));
      if (head.length === 15) {
        const claim = new DataView(head.buffer, head.byteOffset).getUint32(7, true);
        if (claim > 1e6) new Uint8Array(Math.min(claim, 2 ** 28));
      }
      return (await good.open?.(source, options)) as never;
    },
  }),
  wrong("opened, limits are not looked at", "lazy/limits", {
    open: async (source, options) => (await good.open?.(source, { ...options, limits: undefined })) as never,
  }),
  wrong("opened, options are not looked at", "lazy/options", {
    open: async (source) => (await good.open?.(source, {})) as never,
  }),
  wrong("the header of an open file has no fill value", "lazy/header-complete", {
    open: async (source, options) => {
      const file = (await good.open?.(source, options)) as NonNullable<
        Awaited<ReturnType<NonNullable<typeof good.open>>>
      >;
      return { ...file, header: { ...file.header, fillValue: undefined } as never };
    },
  }),
  wrong("blocks of the mask are those of the values", "lazy/blocks-of-planes", {
    open: async (source, options) => {
      const file = (await good.open?.(source, options)) as NonNullable<
        Awaited<ReturnType<NonNullable<typeof good.open>>>
      >;
      return {
        ...file,
        array: (name) => {
          const lazy = file.array(name);
          return {
            ...lazy,
            blocks: (how) => lazy.blocks({ ...how, plane: how?.plane === "mask" ? "data" : (how?.plane ?? "both") }),
          };
        },
      };
    },
  }),
  wrong("disposing a file disposes its source", "lazy/source-stays", {
    open: async (source, options) => {
      const file = (await good.open?.(source, options)) as NonNullable<
        Awaited<ReturnType<NonNullable<typeof good.open>>>
      >;
      return { ...file, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
    },
  }),
  wrong("a source without a size is one of no bytes", "lazy/unknown-size", {
    open: async (source, options) =>
      source.size === undefined
        ? openDecoded(zeros("int8", [0]) as AnyArray)
        : ((await good.open?.(source, options)) as never),
  }),
];

/** As many bytes as the memory beneath a view has from its beginning. */
const whole = (bytes: Uint8Array): number => bytes.buffer.byteLength - bytes.byteOffset;
