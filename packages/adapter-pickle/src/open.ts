import {
  type Bundle,
  type BundleHeader,
  type BundleMember,
  type ByteSource,
  checkOptions,
  type DecodeOptions,
  type Header,
  headerOf,
  isBundle,
  type LazyArray,
  LimitError,
  type Limits,
  lazyFromArray,
  makeOpenFile,
  type OpenFile,
  openDecoded,
  readWhole,
  resolveLimits,
  SourceError,
} from "@masquerade/core";
import { DeferredArray, DeferredMaskedArray } from "@masquerade/numpy-pickle";
import { finishValue, NeedBytes, PickleMachine, PickleReader } from "@masquerade/pickle";
import { isLeaf, type Leaf } from "./convert.ts";
import { chosen, decode, otherFormat, pickleGlobals } from "./decode.ts";
import { deferredLazyArray } from "./lazy-array.ts";
import { type PickleReadOptions, readOptions } from "./options.ts";

/** Bytes of the file read at once while looking for arrays: few at first and behind each payload, more where there is none for long. */
const WINDOW = 4096;
const LARGEST_WINDOW = 256 * 1024;
/** Payloads from this size on stay in the file. */
const DEFER = 4096;

/**
 * Opens a pickle: the opcodes are executed, the data of arrays stay in the file and are read by position. The file stays open until it is
 * disposed of. Throws as `decode` does, and SourceError.
 */
export async function openPickle(
  source: ByteSource,
  options: PickleReadOptions & DecodeOptions = {},
): Promise<OpenFile> {
  checkOptions("pickle", readOptions, options);
  const limits = resolveLimits(options.limits);
  try {
    if (source.size === undefined) {
      const all = await readWhole(source, limits.maxTotalBytes, options);
      const { select: _, out: __, ...rest } = options;
      await source[Symbol.asyncDispose]();
      return openDecoded(decode(all, rest));
    }
    const values: unknown[] = [];
    let start = 0;
    do {
      const one = await readPickle(source, start, values.length === 0, limits, options);
      values.push(one.value);
      start = one.end;
    } while (start < (source.size ?? start) && (options.index === undefined || values.length <= options.index));
    return openModel(chosen(values, options.index), source);
  } catch (e) {
    throw otherFormat(e);
  }
}

async function readPickle(
  source: ByteSource,
  start: number,
  first: boolean,
  limits: Limits,
  options: PickleReadOptions & DecodeOptions,
): Promise<{ readonly value: unknown; readonly end: number }> {
  const { signal } = options;
  const reader = new PickleReader(new Uint8Array(0), { base: start, size: source.size, deferAbove: DEFER });
  const buffers = first ? options.buffers : undefined;
  const machine = new PickleMachine(reader, { globals: pickleGlobals(options), limits, buffers });
  let raw: unknown;
  for (;;) {
    try {
      raw = machine.run();
      break;
    } catch (e) {
      if (!(e instanceof NeedBytes)) throw e;
      await refill(source, reader, e, limits, signal);
    }
  }
  let held = 0;
  for (const payload of machine.payloads) {
    if (payload.claimed) continue;
    held += payload.length;
    if (held > limits.maxMetadataBytes)
      throw new LimitError("maxMetadataBytes", `${held} bytes of texts and bytes beside the arrays`, {
        format: "pickle",
        offset: payload.offset,
      });
    payload.bytes = await source.read(payload.offset, payload.length, signal);
  }
  return { value: finishValue(raw, limits, { format: "pickle" }), end: reader.offset };
}

/** Moves the window on to the opcode that could not be read, with at least as many bytes as it wants. */
async function refill(
  source: ByteSource,
  reader: PickleReader,
  need: NeedBytes,
  limits: Limits,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (need.count === 0) {
    const from = Math.max(need.from, reader.base + reader.bytes.length);
    reader.knownLine = { from: need.from, end: await lineEnd(source, from, reader.size, signal) };
    return;
  }
  const from = reader.offset;
  // What was wanted is counted from the beginning of the old window.
  const wanted = reader.base + need.count - from;
  if (wanted > limits.maxMetadataBytes)
    throw new LimitError("maxMetadataBytes", `an argument of ${wanted} bytes`, { format: "pickle", offset: from });
  const goesOn = from <= reader.base + reader.bytes.length || reader.bytes.length === 0;
  const window = goesOn ? Math.min(LARGEST_WINDOW, Math.max(WINDOW, reader.bytes.length * 2)) : WINDOW;
  const length = Math.min(Math.max(window, wanted), reader.remaining);
  reader.bytes = await source.read(from, length, signal);
  reader.base = from;
  reader.pos = 0;
}

/** Offset of the first line feed from `from` on. Throws SourceError when there is none. */
async function lineEnd(
  source: ByteSource,
  from: number,
  size: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  for (let at = from; at < size; ) {
    const bytes = await source.read(at, Math.min(LARGEST_WINDOW, size - at), signal);
    const found = bytes.indexOf(10);
    if (found >= 0) return at + found;
    at += bytes.length;
  }
  throw new SourceError("SOURCE_SHORT", "a line of the pickle does not end", { offset: from });
}

function openModel(model: Leaf | Bundle, source: ByteSource): OpenFile {
  const leaves = new Map<string, Leaf>();
  const header = headerOfModel(model, "", leaves);
  return makeOpenFile(
    header,
    (path): LazyArray => {
      const leaf = leaves.get(path) as Leaf;
      if (leaf instanceof DeferredArray || leaf instanceof DeferredMaskedArray)
        return deferredLazyArray(source, leaf, path);
      return lazyFromArray(leaf, path);
    },
    async () => await source[Symbol.asyncDispose](),
  );
}

/** The depth of a bundle is bounded by `maxDepth`. */
function headerOfModel(model: Leaf | Bundle, path: string, leaves: Map<string, Leaf>): Header | BundleHeader {
  if (!isBundle(model) || isLeaf(model)) {
    const leaf = model as Leaf;
    leaves.set(path, leaf);
    return leaf instanceof DeferredArray || leaf instanceof DeferredMaskedArray ? leaf.header : headerOf(leaf);
  }
  const entries = new Map<string, Header | BundleHeader>();
  for (const [name, member] of model.entries)
    entries.set(name, headerOfModel(member as BundleMember, path === "" ? name : `${path}/${name}`, leaves));
  return { kind: model.kind, entries, attrs: model.attrs };
}
