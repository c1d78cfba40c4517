import {
  type AnyArray,
  Bundle,
  type ByteSource,
  type Capabilities,
  CapabilityError,
  type Codec,
  checkOptions,
  type DecodeOptions,
  describe,
  type EncodeOptions,
  type Format,
  FormatError,
  headerOf,
  isBundle,
  isMaskedArray,
  isMasqueradeError,
  MaskedArray,
  nomask,
  OptionError,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { concatenateBlocks } from "./join.ts";
import { right, codec as rightCodec } from "./right.ts";

/**
 * A complete small format that files can be added to: "LOG1\n", the end of the file and its sum, then records, each a mark, its length and a
 * RIGHT1 file. The first is what was written at once, each further one was added. An append writes a record behind the end, and then the end:
 * until that is there, the file is as it was, and what begins with the mark behind its end is no damage.
 */
const MAGIC = new TextEncoder().encode("LOG1\n");
export const START = 16;
const MARK = new TextEncoder().encode("RECORD\n");
const BODY = MARK.length + 4;

const capabilities: Capabilities = { ...right.capabilities, lazy: false, streamed: false, appendable: true };
type Value = AnyArray | Bundle;

const fail = (message: string, offset: number): FormatError =>
  new FormatError("FORMAT_MALFORMED", "log", message, { offset });
const refuse = (message: string): CapabilityError => new CapabilityError("log", "append", message);

export function head(end: number): Uint8Array {
  const out = new Uint8Array(START);
  out.set(MAGIC);
  const view = new DataView(out.buffer);
  view.setUint32(5, end, true);
  view.setUint32(9, ~end, true);
  return out;
}

export function record(value: Value): Uint8Array {
  const body = rightCodec.encode(value);
  const out = new Uint8Array(BODY + body.length);
  out.set(MARK);
  new DataView(out.buffer).setUint32(MARK.length, body.length, true);
  out.set(body, BODY);
  return out;
}

/** The end a file claims. Throws FormatError. */
function endOf(bytes: Uint8Array, size: number): number {
  if (bytes.length < START || MAGIC.some((b, i) => bytes[i] !== b)) throw fail("no LOG1 file", 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = view.getUint32(5, true);
  if (end !== ~view.getUint32(9, true) >>> 0 || bytes[13] !== 0 || bytes[14] !== 0 || bytes[15] !== 0)
    throw new FormatError("FORMAT_CHECKSUM", "log", "the end's sum does not match", { offset: 5 });
  if (end > size) throw new FormatError("FORMAT_TRUNCATED", "log", "the file is cut", { offset: size });
  return end;
}

/** One array after the other, with what the first has beside its elements. */
export function grown(a: AnyArray, more: AnyArray): AnyArray {
  const header = headerOf(a);
  const b = isMaskedArray(a) && !isMaskedArray(more) ? new MaskedArray({ data: more }) : more;
  const axis = a.order === "F" ? a.shape.length - 1 : 0;
  const shape = a.shape.map((n, i) => (i === axis ? n + (b.shape[axis] as number) : n));
  const none = header.mask === "nomask" && (!isMaskedArray(b) || b.mask === nomask);
  const mask = header.mask === "plain" ? "plain" : none ? "nomask" : "mask";
  return concatenateBlocks({ ...header, shape, mask }, [a, b]);
}

/** A value with more of it. Throws CapabilityError for what does not fit. */
export function merged(value: Value, more: Value, grow: typeof grown = grown): Value {
  if (isBundle(value) && isBundle(more)) {
    const entries = new Map<string, Value>(value.entries);
    for (const [name, member] of more.entries) {
      const there = entries.get(name);
      entries.set(name, there === undefined ? member : merged(there, member, grow));
    }
    return new Bundle({ kind: value.kind, attrs: new Map([...value.attrs, ...more.attrs]), entries: [...entries] });
  }
  if (isBundle(value) || isBundle(more)) throw refuse("a group is no array");
  return grow(value, more);
}

/** Whether more fits, by what the file says of what it holds. */
function demandFit(there: Value, more: Value): void {
  if (isBundle(there) && isBundle(more)) {
    if (there.kind !== "dict" || more.kind !== "dict") throw refuse("lists have no names to add to");
    for (const [name, member] of more.entries) {
      const old = there.entries.get(name);
      if (old !== undefined) demandFit(old, member);
    }
    return;
  }
  if (isBundle(there) || isBundle(more)) throw refuse("a group is no array");
  const [a, b] = [headerOf(there), headerOf(more)];
  const axis = a.order === "F" ? a.shape.length - 1 : 0;
  const shape = (of: readonly number[]): string => of.filter((_, i) => i !== axis).join();
  if (a.shape.length === 0 || a.shape.length !== b.shape.length || shape(a.shape) !== shape(b.shape))
    throw new OptionError("SHAPE_MISMATCH", "the rows have another length");
  if (JSON.stringify(a.dtype) !== JSON.stringify(b.dtype)) throw new OptionError("DTYPE_MISMATCH", "another dtype");
  if (a.mask === "plain" && b.mask !== "plain") throw new CapabilityError("log", "mask", "there is no room for a mask");
}

/** Values of the records of a file. */
function records(bytes: Uint8Array, end: number, options: DecodeOptions): Value[] {
  const found: Value[] = [];
  const { limits } = options;
  for (let at = START; at < end; ) {
    if (at + BODY > end || MARK.some((b, i) => bytes[at + i] !== b)) throw fail("no record", at);
    const length = new DataView(bytes.buffer, bytes.byteOffset + at, BODY).getUint32(MARK.length, true);
    if (length > end - at - BODY) throw fail("a record is longer than the file", at);
    try {
      found.push(rightCodec.decode(bytes.subarray(at + BODY, at + BODY + length), { limits }));
    } catch (error) {
      if (!isMasqueradeError(error, "FORMAT_MALFORMED", "FORMAT_TRUNCATED", "FORMAT_CHECKSUM")) throw error;
      throw new FormatError(error.code, "log", "a record is broken", { offset: at + BODY + (error.offset ?? 0) });
    }
    at += BODY + length;
  }
  return found;
}

/** A change of how records become a value. */
export type Merge = (value: Value, more: Value) => Value;

export function decodeWith(merge: Merge, bytes: Uint8Array, options: DecodeOptions = {}): Value {
  checkOptions("log", {}, options);
  throwIfAborted(options.signal);
  const end = endOf(bytes, bytes.length);
  const rest = bytes.subarray(end, end + MARK.length);
  if (rest.some((b, i) => b !== MARK[i])) throw fail(`${bytes.length - end} bytes after the end`, end);
  const [first, ...more] = records(bytes, end, options);
  if (first === undefined) throw fail("there is no array", START);
  const value = more.reduce((all, one) => merge(all, one), first);
  // The options that are for what was decoded: the toy has them by writing it once more.
  return rightCodec.decode(rightCodec.encode(value), { ...options, signal: undefined });
}

/** What of a file is looked at before it is added to: each record's RIGHT1 header, and arrays of no elements in the place of theirs. */
async function headersIn(file: ByteSource, end: number): Promise<Value[]> {
  const found: Value[] = [];
  for (let at = START; at < end; ) {
    const start = (await file.read(at, BODY + 15)).slice();
    const view = new DataView(start.buffer);
    const [length, json] = [view.getUint32(MARK.length, true), view.getUint32(BODY + 7, true)];
    const text = new TextDecoder().decode(await file.read(at + BODY + 15, json));
    found.push(emptied(JSON.parse(text)));
    at += BODY + length;
  }
  return found;
}

/** The value of a RIGHT1 header in which arrays have no elements. */
function emptied(json: { readonly [key: string]: never }): Value {
  const strip = (node: Record<string, unknown>): Record<string, unknown> =>
    "bundle" in node
      ? { ...node, entries: (node["entries"] as [string, Record<string, unknown>][]).map(([n, m]) => [n, strip(m)]) }
      : {
          ...node,
          fill: null,
          shape: (node["shape"] as number[]).map((n, i, all) =>
            node["order"] === "F" ? (i === all.length - 1 ? 0 : n) : i === 0 ? 0 : n,
          ),
        };
  const header = new TextEncoder().encode(JSON.stringify(strip(json)));
  const sum = header.reduce((a, b) => (a * 31 + b) >>> 0, 7);
  const out = new Uint8Array(15 + header.length);
  out.set(new TextEncoder().encode("RIGHT1\n"));
  const view = new DataView(out.buffer);
  view.setUint32(7, header.length, true);
  view.setUint32(11, sum, true);
  out.set(header, 15);
  return rightCodec.decode(out);
}

/** The parts of an append that are done differently by those that do it wrongly. */
export interface Steps {
  /** What is looked at before anything is written. */
  readonly demand: (file: ByteSource, value: Value, options: EncodeOptions) => Promise<number>;
  /** What is written, and in which order. */
  readonly put: (file: Required<Pick<ByteSource, "write" | "sync">>, end: number, value: Value) => Promise<void>;
}

export const steps: Steps = {
  async demand(file, value, options) {
    checkOptions("log", {}, options);
    throwIfAborted(options.signal);
    refuseLosses("log", log.losses(describe(value)), options);
    if (file.write === undefined || file.size === undefined) throw new OptionError("READ_ONLY", "it cannot be written");
    const end = endOf((await file.read(0, Math.min(START, file.size))).slice(), file.size);
    const there = await headersIn(file, end);
    demandFit(
      there.reduce((all, one) => merged(all, one)),
      value,
    );
    return end;
  },
  async put(file, end, value) {
    const added = record(value);
    await file.write(end, added);
    await file.sync();
    await file.write(0, head(end + added.length));
    await file.sync();
  },
};

export function appendWith(changed: Partial<Steps>): NonNullable<Codec["append"]> {
  const { demand, put } = { ...steps, ...changed };
  return async (file, value, options = {}) => {
    const end = await demand(file, value, options);
    if (isBundle(value) && value.entries.size + value.attrs.size === 0) return;
    await put({ write: file.write?.bind(file) as never, sync: async () => await file.sync?.() }, end, value);
  };
}

export const logCodec: Codec<"sync"> = {
  encode(value, options = {}) {
    checkOptions("log", {}, options);
    throwIfAborted(options.signal);
    refuseLosses("log", log.losses(describe(value)), options);
    const first = record(value);
    const out = new Uint8Array(START + first.length);
    out.set(head(out.length));
    out.set(first, START);
    return out;
  },
  decode: (bytes, options) => decodeWith(merged, bytes, options),
  append: appendWith({}),
};

export const log: Format<"log", "sync"> = {
  ...right,
  id: "log",
  title: "A right small format that files can be added to",
  extensions: [".log"],
  mediaTypes: ["application/x-log"],
  capabilities,
  losses: right.losses,
  sniff: (start) => (start.length >= MAGIC.length && MAGIC.every((b, i) => start[i] === b) ? "yes" : "no"),
  codec: async () => logCodec,
};
