import {
  type AnyArray,
  arrayFromBytes,
  Bundle,
  type ByteSink,
  type Capabilities,
  type Codec,
  checkOptions,
  checkShape,
  type DecodeOptions,
  describe,
  type EncodeOptions,
  type FileWriter,
  type Format,
  FormatError,
  type FullMask,
  fillOut,
  type Header,
  headerOf,
  isBundle,
  isBundleHeader,
  isMaskedArray,
  type Kind,
  type LazyArray,
  LimitError,
  type Limits,
  lossesFromCapabilities,
  MaskedArray,
  makeOpenFile,
  maskDType,
  type NdArray,
  nomask,
  OptionError,
  openDecoded,
  refuseLosses,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { bad, type Json, packAttrs, packDType, unpackAttrs, unpackDType } from "./right-header.ts";

/**
 * A complete small format for the zoo to be mutated from: "RIGHT1\n", the length and the sum of a JSON header, the header, then for each array
 * its data, mask and fill value, and nothing after them.
 */
const MAGIC = new TextEncoder().encode("RIGHT1\n");
const START = MAGIC.length + 8;
const kinds: readonly Kind[] = [
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float16",
  "float32",
  "float64",
  "longdouble",
  "complex64",
  "complex128",
  "clongdouble",
  "bytes",
  "str",
  "void",
  "datetime64",
  "timedelta64",
  "struct",
];

export const capabilities: Capabilities = {
  kinds,
  mask: true,
  fieldMasks: true,
  hiddenValues: true,
  nomask: true,
  fillValue: true,
  hardMask: true,
  memoryOrder: true,
  byteOrder: true,
  attrs: true,
  dims: true,
  bundle: true,
  nested: true,
  lazy: true,
  streamed: true,
  appendable: false,
  inPlace: false,
  text: false,
  selfDescribing: true,
  compressed: false,
  aliasing: false,
};

interface Node {
  readonly json: Json;
  readonly parts: readonly Uint8Array[];
}

function packArray(array: AnyArray): Node {
  const data = isMaskedArray(array) ? array.data : array;
  const parts = [data.toBytes(data.order)];
  let mask: Json = "plain";
  let fill: Json = null;
  if (isMaskedArray(array)) {
    mask = array.mask === nomask ? "nomask" : "mask";
    if (array.mask !== nomask) parts.push(array.mask.toBytes(data.order));
    if (array.fillValue !== undefined) {
      fill = packDType(array.fillValue.dtype);
      parts.push(array.fillValue.toBytes());
    }
  }
  const header = headerOf(array);
  return {
    json: {
      dtype: packDType(data.dtype),
      shape: [...data.shape],
      order: data.order,
      mask,
      fill,
      hard: header.hardMask,
      attrs: packAttrs(data.attrs),
      dims: data.dims === undefined ? null : [...data.dims],
    },
    parts,
  };
}

function pack(value: AnyArray | Bundle): Node {
  if (!isBundle(value)) return packArray(value);
  const members = [...value.entries].map(([name, member]) => [name, pack(member)] as const);
  return {
    json: {
      bundle: value.kind,
      entries: members.map(([name, node]) => [name, node.json]),
      attrs: packAttrs(value.attrs),
    },
    parts: members.flatMap(([, node]) => node.parts),
  };
}

const sum = (bytes: Uint8Array): number => bytes.reduce((a, b) => (a * 31 + b) >>> 0, 7);

function assemble(node: Node): Uint8Array {
  const header = new TextEncoder().encode(JSON.stringify(node.json));
  const out = new Uint8Array(START + header.length + node.parts.reduce((n, p) => n + p.length, 0));
  out.set(MAGIC);
  const view = new DataView(out.buffer);
  view.setUint32(MAGIC.length, header.length, true);
  view.setUint32(MAGIC.length + 4, sum(header), true);
  out.set(header, START);
  let at = START + header.length;
  for (const part of node.parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

class Cursor {
  readonly bytes: Uint8Array;
  readonly limits: Limits;
  at: number;
  total = 0;

  constructor(bytes: Uint8Array, at: number, limits: Limits) {
    this.bytes = bytes;
    this.at = at;
    this.limits = limits;
  }

  take(n: number): Uint8Array {
    const where = { format: "right", offset: this.at };
    this.total += n;
    if (n > this.limits.maxBytes) throw new LimitError("maxBytes", `an array of ${n} bytes`, where);
    if (this.total > this.limits.maxTotalBytes) throw new LimitError("maxTotalBytes", `${this.total} bytes`, where);
    if (n > this.bytes.length - this.at)
      throw new FormatError("FORMAT_TRUNCATED", "right", `${n} bytes are missing`, { offset: this.at });
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }
}

function unpack(json: Json, cursor: Cursor, depth = 0): AnyArray | Bundle {
  if (typeof json !== "object" || json === null || Array.isArray(json) || depth > 100) throw bad("no array");
  const o = json as { readonly [key: string]: Json };
  if (o.bundle !== undefined) {
    if (!Array.isArray(o.entries) || !["dict", "list", "tuple"].includes(String(o.bundle))) throw bad("no bundle");
    const entries = (o.entries as readonly Json[]).map((e) => {
      if (!Array.isArray(e) || typeof e[0] !== "string") throw bad("a member has no name");
      return [e[0], unpack(e[1] as Json, cursor, depth + 1)] as const;
    });
    return new Bundle({ kind: o.bundle as "dict", entries, attrs: unpackAttrs(o.attrs) });
  }
  const dtype = unpackDType(o.dtype);
  if (!Array.isArray(o.shape) || (o.order !== "C" && o.order !== "F")) throw bad("no shape");
  const shape = o.shape as readonly number[];
  const where = { format: "right", offset: cursor.at };
  const size = checkShape(shape, dtype.itemsize, resolveLimits(undefined), where);
  if (o.dims !== null && (!Array.isArray(o.dims) || o.dims.length !== shape.length)) throw bad("no dimension names");
  const made = arrayFromBytes(cursor.take(size * dtype.itemsize), dtype, shape, o.order, { copy: true }) as NdArray;
  const data = made.with({
    attrs: unpackAttrs(o.attrs),
    dims: o.dims === null ? undefined : (o.dims as readonly string[]),
  });
  if (o.mask === "plain") return data;
  if (o.mask !== "nomask" && o.mask !== "mask") throw bad("no mask state");
  const maskType = maskDType(dtype);
  const mask =
    o.mask === "nomask"
      ? nomask
      : (arrayFromBytes(cursor.take(size * maskType.itemsize), maskType, shape, o.order, { copy: true }) as FullMask);
  const fillType = o.fill === null ? undefined : unpackDType(o.fill);
  const fillValue =
    fillType === undefined
      ? undefined
      : (arrayFromBytes(cursor.take(fillType.itemsize), fillType, [], "C", { copy: true }) as NdArray);
  return new MaskedArray({ data, mask, fillValue, hardMask: o.hard === true });
}

function readHeader(bytes: Uint8Array): { readonly json: Json; readonly end: number } {
  if (bytes.length < START || MAGIC.some((b, i) => bytes[i] !== b))
    throw new FormatError("FORMAT_MALFORMED", "right", "no RIGHT1 file", { offset: 0 });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(MAGIC.length, true);
  if (length > bytes.length - START)
    throw new FormatError("FORMAT_TRUNCATED", "right", "the header is cut", { offset: bytes.length });
  const header = bytes.subarray(START, START + length);
  if (sum(header) !== view.getUint32(MAGIC.length + 4, true))
    throw new FormatError("FORMAT_CHECKSUM", "right", "the header's sum does not match", { offset: START });
  try {
    return { json: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header)) as Json, end: START + length };
  } catch (cause) {
    throw new FormatError("FORMAT_MALFORMED", "right", "the header is no JSON", { offset: START, cause });
  }
}

function decode(bytes: Uint8Array, options: DecodeOptions = {}): AnyArray | Bundle {
  checkOptions("right", {}, options);
  throwIfAborted(options.signal);
  const { json, end } = readHeader(bytes);
  const cursor = new Cursor(bytes, end, resolveLimits(options.limits));
  const value = unpack(json, cursor);
  if (cursor.at !== bytes.length)
    throw new FormatError("FORMAT_MALFORMED", "right", `${bytes.length - cursor.at} bytes after the end`, {
      offset: cursor.at,
    });
  if (options.select === undefined) return isBundle(value) ? value : intoOut(value, options.out);
  if (!isBundle(value)) throw new OptionError("INDEX_INVALID", "there is one array only", "select");
  return value.get(options.select);
}

/** The `out` option. */
function intoOut(array: AnyArray, out: NdArray | undefined): AnyArray {
  if (out === undefined) return array;
  const data = isMaskedArray(array) ? array.data : array;
  const filled = fillOut(data, out).with({ attrs: data.attrs, dims: data.dims });
  return isMaskedArray(array) ? array.with({ data: filled }) : filled;
}

function encode(value: AnyArray | Bundle, options: EncodeOptions = {}): Uint8Array {
  checkOptions("right", {}, options);
  throwIfAborted(options.signal);
  refuseLosses("right", right.losses(describe(value)), options);
  return assemble(pack(value));
}

/** Buffers blocks until the plan is full; enough for a toy. */
function writer(sink: ByteSink, plan: Header, options: EncodeOptions): FileWriter {
  const done = plan.shape.length === 0 ? 1 : (plan.shape[plan.order === "F" ? plan.shape.length - 1 : 0] as number);
  const axis = plan.order === "F" ? plan.shape.length - 1 : 0;
  const blocks: { readonly start: number; readonly value: AnyArray }[] = [];
  return {
    planes: "together",
    async write(block) {
      const last = blocks.at(-1);
      const at = last === undefined ? 0 : last.start + (last.value.shape[axis] ?? 1);
      if (block.start !== at) throw bad(`a block at ${block.start} where ${at} was expected`);
      blocks.push({ start: block.start, value: block.value.copy() });
    },
    async finish() {
      const covered = blocks.reduce((n, b) => n + (plan.shape.length === 0 ? 1 : (b.value.shape[axis] as number)), 0);
      if (covered !== done) throw bad(`${covered} of ${done} rows were written`);
      const { concatenateBlocks } = await import("./join.ts");
      await sink.write(
        encode(
          concatenateBlocks(
            plan,
            blocks.map((b) => b.value),
          ),
          options,
        ),
      );
      await sink.commit();
    },
    abort: () => sink.abort(),
  };
}

export const codec: Codec<"sync", object, object> = {
  encode,
  decode,
  async open(source, options) {
    checkOptions("right", {}, options);
    throwIfAborted(options?.signal);
    const limits = resolveLimits(options?.limits);
    const head = await source.read(0, START, options?.signal);
    const length = new DataView(head.buffer, head.byteOffset, START).getUint32(MAGIC.length, true);
    const headed = await source.read(0, Math.min(START + length, source.size ?? 0), options?.signal);
    const { json, end } = readHeader(headed);
    if (isBundleJson(json)) return openDecoded(decode(await source.read(0, source.size ?? 0), options));
    const { openOne } = await import("./right-open.ts");
    const array = await openOne(json, end, source, limits);
    return makeOpenFile(array.header, (): LazyArray => array);
  },
  async create(sink, plan, options) {
    if (isBundleHeader(plan)) throw bad("bundles are not streamed");
    refuseLosses("right", right.losses(plan), options ?? {});
    return writer(sink, plan, options ?? {});
  },
};

const isBundleJson = (json: Json): boolean => typeof json === "object" && json !== null && "bundle" in json;

export const right: Format<"right", "sync"> = {
  id: "right",
  title: "A right small format",
  extensions: [".right"],
  mediaTypes: ["application/x-right"],
  timing: "sync",
  capabilities,
  options: { read: {}, write: {} },
  losses: (header) => lossesFromCapabilities(capabilities, header, { keeps: ["layout", "bundle-kind", "names"] }),
  sniff: (head) => (head.length >= MAGIC.length && MAGIC.every((b, i) => head[i] === b) ? "yes" : "no"),
  codec: async () => codec,
};
