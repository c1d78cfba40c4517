import {
  eachArray as arraysOf,
  type Block,
  Bundle,
  type BundleMember,
  type ByteSource,
  dtypes,
  type EncodeOptions,
  isBundle,
  lazyFromArray,
  makeOpenFile,
  memorySink,
  NdArray,
  OptionError,
  openDecoded,
} from "@masquerade/core";
import { good, onData, reads, type Wrong, writes, wrong } from "./mutant.ts";
import { right } from "./right.ts";

const readAll = async (source: ByteSource): Promise<Uint8Array> => source.read(0, source.size ?? 0);

/** Faults with hostile input, sniffing, options, bundles, lazy reads and streams. */
export const wrongFiles: readonly Wrong[] = [
  wrong("truncation accepted, the tail is zeros", "hostile/every-truncation", {
    decode: (bytes, options) => {
      try {
        return good.decode(bytes, options);
      } catch (error) {
        if ((error as { code?: string }).code !== "FORMAT_TRUNCATED" || bytes.length < 200) throw error;
        const padded = new Uint8Array(bytes.length + 1024);
        padded.set(bytes);
        for (let n = bytes.length; n < padded.length; n++) {
          try {
            return good.decode(padded.subarray(0, n), options);
          } catch {}
        }
        throw error;
      }
    },
  }),
  wrong("trailing bytes accepted", "hostile/trailing-bytes", {
    decode: (bytes, options) => {
      for (let n = bytes.length; n > bytes.length - 16 && n > 0; n--) {
        try {
          return good.decode(bytes.subarray(0, n), options);
        } catch (error) {
          if (!String(error).includes("after the end")) throw error;
        }
      }
      return good.decode(bytes, options);
    },
  }),
  wrong("an error without a code", "hostile/every-truncation", {
    decode: (bytes, options) => {
      if (bytes.length < 100) throw new RangeError("Offset is outside the bounds of the DataView");
      return good.decode(bytes, options);
    },
  }),
  wrong("a message of many lines", "hostile/every-truncation", {
    decode: (bytes, options) => {
      if (bytes.length < 50) {
        const error = new OptionError("OPTION_INVALID", "x");
        error.message = "HDF5-DIAG: Error detected\n  #000: somewhere";
        throw error;
      }
      return good.decode(bytes, options);
    },
  }),
  wrong("garbage is an empty array", "hostile/garbage", {
    decode: (bytes, options) =>
      bytes.length === 0 ? good.decode(good.encode(sampleZero()), options) : good.decode(bytes, options),
  }),
  wrong("the error depends on the time of day", "hostile/stable-errors", { decode: moody() }),
  wrong("limits ignored", "hostile/limits", {
    decode: (bytes, options) => good.decode(bytes, { ...options, limits: undefined }),
  }),
  wrong(
    "__proto__ among the attributes is assigned",
    "hostile/prototypes",
    reads((a) =>
      onData(a, (d) =>
        d.with({
          attrs: new Map(
            Object.entries(Object.assign({}, ...[...d.attrs].map(([k, v]) => (k === "__proto__" ? {} : { [k]: v })))),
          ) as never,
        }),
      ),
    ),
  ),
  wrong("sniff too greedy", "sniff/not-greedy", {
    descriptor: { sniff: (head) => (head.length > 0 && (head[0] as number) >= 0x52 ? "yes" : "no") },
  }),
  wrong("sniff throws on short input", "sniff/never-throws", {
    descriptor: {
      sniff: (head) =>
        new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0) === 0x52494748 ? "yes" : "no",
    },
  }),
  wrong("sniff does not know its own files", "sniff/own-output", { descriptor: { sniff: () => "no" } }),
  wrong("unknown options ignored", "options/unknown-refused", {
    encode: (value, { exact, lossy, signal }) => good.encode(value, { exact, lossy, signal }),
  }),
  wrong("wrong option values taken", "options/wrong-value-refused", {
    descriptor: {
      options: {
        read: {},
        write: { level: { type: "integer", about: "How hard to try, from 0 to 9.", minimum: 0, maximum: 9 } },
      },
    },
    encode: (value, options) => {
      const { level: _level, ...rest } = options as EncodeOptions & { readonly level?: unknown };
      return good.encode(value, rest);
    },
  }),
  wrong("an aborted signal is ignored", "abort/decode", {
    decode: (bytes, { signal: _signal, ...options }) => good.decode(bytes, options),
  }),
  wrong("a descriptor that says nothing about its option", "descriptor/well-formed", {
    descriptor: { options: { read: {}, write: { x: { type: "string", about: "x" } } } },
  }),
  wrong("a sync format that returns promises", "descriptor/timing", {
    encode: ((value: never, options: never) => Promise.resolve(good.encode(value, options))) as never,
  }),
  wrong("declares lazy without open", "descriptor/lazy-flags", { open: undefined as never }),
  wrong("open there, and lazy not declared", "descriptor/lazy-flags", { capabilities: { lazy: false } }),
  wrong("create there, and streamed not declared", "descriptor/lazy-flags", { capabilities: { streamed: false } }),
  wrong("a bundle of one comes back as an array", "bundle/round-trip", {
    decode: (bytes, options) => single(good.decode(bytes, options)),
  }),
  wrong("names sorted", "bundle/round-trip", { decode: (bytes, options) => sorted(good.decode(bytes, options)) }),
  wrong("the second array dropped", "bundle/round-trip", {
    encode: (value, options) =>
      good.encode(isBundle(value) ? new Bundle({ entries: [...value.entries].slice(0, 1) }) : value, options),
  }),
  wrong("groups flattened", "bundle/nested", { encode: (value, options) => good.encode(flat(value), options) }),
  wrong("lists come back as dicts in silence", "bundle/kinds", {
    decode: (bytes, options) => asDict(good.decode(bytes, options)),
  }),
  wrong("keys that were no text dropped in silence", "bundle/keys", {
    descriptor: { losses: (header, options) => right.losses(header, options).filter(({ id }) => id !== "keys") },
  }),
  wrong("names through a plain object", "bundle/names", {
    decode: (bytes, options) => throughObject(good.decode(bytes, options)),
  }),
  wrong("select ignored", "bundle/select", {
    decode: (bytes, { select: _select, ...options }) => good.decode(bytes, options),
  }),
  wrong(
    "integer attributes become floats",
    "attrs/round-trip",
    writes((a) =>
      onData(a, (d) =>
        d.with({ attrs: new Map([...d.attrs].map(([k, v]) => [k, typeof v === "bigint" ? Number(v) : v])) }),
      ),
    ),
  ),
  wrong(
    "attributes dropped",
    "attrs/round-trip",
    writes((a) => onData(a, (d) => d.with({ attrs: new Map() }))),
  ),
  wrong(
    "dimension names dropped",
    "dims/round-trip",
    writes((a) => onData(a, (d) => d.with({ dims: undefined }))),
  ),
  wrong("lazy reads everything", "lazy/bytes-bounded", {
    open: async (source, options) => openDecoded(good.decode(await readAll(source), options)),
  }),
  wrong("lazy slices ignore negative indices", "lazy/slices", {
    open: async (source, options) => {
      const file = openDecoded(good.decode(await readAll(source), options));
      return makeOpenFile(file.header, (name) => {
        const lazy = file.array(name);
        return {
          ...lazy,
          read: (selection, o) =>
            lazy.read(typeof selection === "string" ? selection.replaceAll("-1", "0") : selection, o),
        };
      });
    },
  }),
  wrong("a header that forgets the mask", "lazy/header", {
    open: async (source, options) => {
      const file = openDecoded(good.decode(await readAll(source), options));
      return makeOpenFile({ ...file.header, mask: "plain" } as never, (name) => file.array(name));
    },
  }),
  wrong("plane data comes back masked", "lazy/planes", {
    open: async (source, options) => {
      const value = good.decode(await readAll(source), options);
      const lazy = lazyFromArray(value as never);
      return makeOpenFile(lazy.header, () => ({
        ...lazy,
        read: (selection, o) => lazy.read(selection, { ...o, plane: "both" }),
      }));
    },
  }),
  wrong("an aborted read goes on", "lazy/abort", {
    open: async (source, options) => {
      const lazy = lazyFromArray(good.decode(await readAll(source), options) as never);
      return makeOpenFile(lazy.header, () => ({
        ...lazy,
        read: (selection, o) => lazy.read(selection, { ...o, signal: undefined }),
      }));
    },
  }),
  wrong("short reads padded with zeros", "lazy/failing-source", {
    open: async (source, options) => {
      const bytes = await readAll(source).catch(() => new Uint8Array(0));
      const whole = bytes.length === 0 ? good.encode(sampleZero()) : bytes;
      const lazy = lazyFromArray(tolerant(whole, options) as never);
      return makeOpenFile(lazy.header, () => lazy);
    },
  }),
  wrong("a stream with missing blocks is finished", "stream/missing-blocks", {
    create: async (sink, plan, options) => {
      const inner = memorySink();
      const file = await good.create?.(inner, plan, options);
      return {
        planes: "together",
        write: async (block: Block) => file?.write(block),
        finish: async () => {
          await file?.finish().catch(() => {});
          await sink.commit();
        },
        abort: () => sink.abort(),
      } as never;
    },
  }),
  wrong("a stream that never waits", "stream/back-pressure", {
    create: async (sink, plan, options) => {
      const inner = memorySink();
      const file = await good.create?.(inner, plan, options);
      return {
        planes: "together",
        write: async (block: Block) => file?.write(block),
        finish: async () => {
          await file?.finish();
          const bytes = inner.bytes();
          await Promise.all([sink.write(bytes.subarray(0, 10)), sink.write(bytes.subarray(10))]);
          await sink.commit();
        },
        abort: () => sink.abort(),
      } as never;
    },
  }),
  wrong("a full disk is ignored", "stream/sink-failure", {
    create: async (sink, plan, options) =>
      good.create?.(
        { position: 0, write: (b) => sink.write(b).catch(() => {}), commit: async () => {}, abort: () => sink.abort() },
        plan,
        options,
      ) as never,
  }),
  wrong("an aborted stream is committed", "stream/abort", {
    create: async (sink, plan, options) =>
      ({ ...((await good.create?.(sink, plan, options)) as object), abort: () => sink.commit() }) as never,
  }),
];

type Value = ReturnType<typeof good.decode>;

const sampleZero = (): Value =>
  new NdArray({ dtype: dtypes.simple("float64"), shape: [0], storage: new Float64Array(0) }) as NdArray;

/** Decodes what is there and makes up the rest. */
function tolerant(bytes: Uint8Array, options: object | undefined): Value {
  for (let extra = 0; extra < 4096; extra++) {
    try {
      const padded = new Uint8Array(bytes.length + extra);
      padded.set(bytes);
      return good.decode(padded, options);
    } catch (error) {
      if ((error as { code?: string }).code !== "FORMAT_TRUNCATED") return sampleZero();
    }
  }
  return sampleZero();
}

function moody(): (bytes: Uint8Array, options: object) => Value {
  let times = 0;
  return (bytes, options) => {
    try {
      return good.decode(bytes, options);
    } catch (error) {
      if (times++ % 2 === 0) throw error;
      throw new OptionError("OPTION_INVALID", "something else");
    }
  };
}

function single(value: Value): Value {
  return isBundle(value) && value.entries.size === 1 ? (value.get(value.names[0] as string) as Value) : value;
}

function sorted(value: Value): Value {
  return isBundle(value)
    ? new Bundle({
        kind: value.kind,
        attrs: value.attrs,
        entries: [...value.entries].sort(([a], [b]) => (a < b ? -1 : 1)),
      })
    : value;
}

function asDict(value: Value): Value {
  return isBundle(value) ? new Bundle({ attrs: value.attrs, entries: value.entries }) : value;
}

function flat(value: Value): Value {
  if (!isBundle(value)) return value;
  return new Bundle({ kind: value.kind, attrs: value.attrs, entries: [...arraysOf(value)] });
}

function throughObject(value: Value): Value {
  if (!isBundle(value)) return value;
  const plain: Record<string, BundleMember> = {};
  for (const [name, member] of value.entries) plain[name] = member;
  return new Bundle({ kind: value.kind, attrs: value.attrs, entries: Object.entries(plain) });
}
