import {
  type AnyArray,
  type ByteSource,
  CapabilityError,
  FormatError,
  isBundle,
  lazyFromArray,
  makeOpenFile,
  type NdArray,
  OptionError,
  openDecoded,
  zeros,
} from "@masquerade/core";
import { good, type Wrong, wrong } from "./mutant.ts";

const readAll = async (source: ByteSource): Promise<Uint8Array> => source.read(0, source.size ?? 0);
const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code;

/** An opening that decodes everything and changes what it made. */
const opens =
  (change: (array: AnyArray) => AnyArray): NonNullable<typeof good.open> =>
  async (source, options) => {
    const value = good.decode(await readAll(source), options);
    return openDecoded(isBundle(value) ? value : change(value));
  };

/** A decoder that rewrites the errors of the right one. */
const fails = (change: (error: FormatError, bytes: Uint8Array) => unknown): typeof good.decode =>
  ((bytes: Uint8Array, options: object) => {
    try {
      return good.decode(bytes, options);
    } catch (error) {
      throw String(codeOf(error)).startsWith("FORMAT") ? change(error as FormatError, bytes) : error;
    }
  }) as typeof good.decode;

/** Reads the first number of a right file's shape, without asking whether the bytes for it are there. */
function claimed(bytes: Uint8Array): number {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 400));
  return Number(/"shape":\[(\d{1,9})/.exec(text)?.[1] ?? 0);
}

let broken = 0;

/** Faults with sources, sinks, memory, errors and importing. */
export const wrongIo: readonly Wrong[] = [
  wrong("importing it changes a prototype", "import/pure", {
    config: {
      importProbe: async () => ({ effects: ["adds Array.prototype.last"], atImport: [], byCodec: ["codec.js"] }),
    },
  }),
  wrong("importing it loads its library", "import/lazy", {
    config: {
      importProbe: async () => ({
        effects: [],
        atImport: ["/a/node_modules/@masquerade/core/dist/index.js", "/a/node_modules/huge/index.js"],
        byCodec: ["codec.js"],
      }),
    },
  }),
  wrong("the codec is there from the start", "import/lazy", {
    config: { importProbe: async () => ({ effects: [], atImport: ["/a/src/index.js"], byCodec: [] }) },
  }),
  wrong("opened, Fortran arrays are C arrays", "lazy/covering", { open: opens((array) => array.copy("C")) }),
  wrong("a short read is padded", "lazy/short-reads", {
    open: async (source, options) => {
      const size = source.size ?? 0;
      const whole = new Uint8Array(size);
      const first = await source.read(0, 250);
      whole.set(first);
      if (first.length === 250) whole.set((await source.read(250, size - 250)).subarray(0, size - 250), 250);
      const value = first.length === 250 ? good.decode(whole, options) : zeros("float64", [2, 3]);
      return openDecoded(value as NdArray);
    },
  }),
  wrong("a source is asked for the wrong place when it is slow", "lazy/slow-source", {
    open: async (source, options) => {
      const file = await good.open?.(source, options);
      const lazy = file?.array();
      let busy = false;
      return makeOpenFile(file?.header as never, () => ({
        ...(lazy as NonNullable<typeof lazy>),
        async read(selection, o) {
          if (busy) return zeros("float64", [2, 3]) as AnyArray;
          busy = true;
          try {
            return (await lazy?.read(selection, o)) as AnyArray;
          } finally {
            busy = false;
          }
        },
      }));
    },
  }),
  wrong("swaps bytes in the source's own memory", "lazy/views-of-a-source", {
    open: async (source, options) => {
      const bytes = await readAll(source);
      const file = openDecoded(good.decode(bytes, options));
      bytes.reverse();
      return file;
    },
  }),
  wrong("reads everything to open", "lazy/header-only", {
    open: async (source, options) => {
      await readAll(source);
      return good.open?.(source, options) as never;
    },
  }),
  wrong("out is ignored when opened", "lazy/out", {
    open: async (source, options) => {
      const lazy = lazyFromArray(good.decode(await readAll(source), options) as AnyArray);
      return makeOpenFile(lazy.header, () => ({ ...lazy, read: (sel, { out: _out, ...o } = {}) => lazy.read(sel, o) }));
    },
  }),
  wrong("opened, a bundle has its first array only", "lazy/bundle", {
    open: async (source, options) => {
      const value = good.decode(await readAll(source), options);
      return openDecoded(isBundle(value) ? (value.get(value.names[0] as string) as AnyArray) : value);
    },
  }),
  wrong("in place declared, and a write goes nowhere", "lazy/in-place", {
    capabilities: { inPlace: true },
    open: async (source, options) => {
      const file = await good.open?.(source, options);
      const lazy = file?.array();
      return makeOpenFile(file?.header as never, () => ({
        ...(lazy as NonNullable<typeof lazy>),
        write: async () => {},
      }));
    },
  }),
  wrong("not in place declared, and there is a write", "lazy/read-only", {
    open: async (source, options) => {
      const file = await good.open?.(source, options);
      const lazy = file?.array();
      return makeOpenFile(file?.header as never, () => ({
        ...(lazy as NonNullable<typeof lazy>),
        write: async () => {},
      }));
    },
  }),
  wrong("streamed, Fortran arrays are C arrays", "stream/covering", {
    create: async (sink, plan, options) => {
      const file = await good.create?.(sink, { ...plan, order: "C" } as never, options);
      return { ...file, order: "C" } as never;
    },
  }),
  wrong("a failing sink is committed all the same", "stream/every-write-fails", {
    create: async (sink, plan, options) => {
      const tolerant = {
        position: 0,
        write: (bytes: Uint8Array) => sink.write(bytes).catch(() => {}),
        commit: () => sink.commit(),
        abort: () => sink.abort(),
      };
      return good.create?.(tolerant, plan, options) as never;
    },
  }),
  wrong("blocks are put down as they come", "stream/wrong-blocks", {
    create: async (sink, plan, options) => {
      const file = await good.create?.(sink, plan, options);
      let next = 0;
      return {
        ...file,
        write: async (block: { readonly value: AnyArray }) => {
          await file?.write({ ...block, start: next } as never);
          next += block.value.shape[0] ?? 1;
        },
      } as never;
    },
  }),
  wrong("streams first and refuses later", "stream/losses-first", {
    create: async (sink, plan, options) => {
      await sink.write(new Uint8Array(7));
      return good.create?.(sink, plan, options) as never;
    },
  }),
  wrong("abort half-way leaves the sink open", "stream/abort-midway", {
    create: async (sink, plan, options) =>
      ({ ...(await good.create?.(sink, plan, options)), abort: async () => {} }) as never,
  }),
  wrong("a message quotes the file raw", "errors/one-line", {
    decode: fails((error, bytes) => {
      error.message = `no file of ours: ${String.fromCharCode(...bytes.subarray(0, 20))}`;
      return error;
    }),
  }),
  wrong("an offset beyond the file", "errors/offset", {
    decode: fails(() => new FormatError("FORMAT_TRUNCATED", "right", "more was expected", { offset: 1e6 })),
  }),
  wrong("errors under a library's name", "errors/own-id", {
    decode: fails(({ message }) => new FormatError("FORMAT_MALFORMED", "somelib", message, { offset: 0 })),
  }),
  wrong("a negative length is a RangeError", "hostile/lengths-multiplied", {
    decode: (bytes, options) => {
      if (claimed(bytes) > 1e6) throw new RangeError("Invalid typed array length");
      const shape = /"shape":\[-/.test(new TextDecoder("latin1").decode(bytes.subarray(0, 400)));
      if (shape || claimed(bytes) >= 2000) throw new RangeError("Invalid typed array length: -2");
      return good.decode(bytes, options);
    },
  }),
  wrong("a bundle whose last array may be missing", "hostile/bundle-truncation", {
    decode: (bytes, options) => {
      try {
        return good.decode(bytes, options);
      } catch (error) {
        if (codeOf(error) !== "FORMAT_TRUNCATED" || bytes.length < 300) throw error;
        return zeros("float64", [0]) as NdArray;
      }
    },
  }),
  wrong("broken files are remembered", "hostile/no-after-effects", {
    decode: (bytes, options) => {
      try {
        const value = good.decode(bytes, options);
        return broken > 50 ? (zeros("float64", [1]) as NdArray) : value;
      } catch (error) {
        broken++;
        throw error;
      }
    },
  }),
  wrong("allocates what the header claims", "memory/nothing-on-a-claim", {
    decode: (bytes, options) => {
      const room = new Uint8Array(Math.min(claimed(bytes) * 8, 2 ** 26));
      return room.length < 0 ? (zeros("float64", [0]) as NdArray) : good.decode(bytes, options);
    },
  }),
  wrong("allocates before it looks at the limit", "memory/limit-probe", {
    decode: (bytes, options) => {
      const length = bytes.length < 11 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(7, true);
      if (new Float64Array(Math.min(length, 2 ** 23)).length < 0) throw new CapabilityError("right", "x", "x");
      return good.decode(bytes, options);
    },
  }),
  wrong("a table of sixteen megabytes for any file", "memory/own-size", {
    decode: (bytes, options) => {
      if (new Uint8Array(1 << 24).length === 0) throw new OptionError("OPTION_INVALID", "x");
      return good.decode(bytes, options);
    },
  }),
];
