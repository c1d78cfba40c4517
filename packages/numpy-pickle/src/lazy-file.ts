import {
  type Bundle,
  type BundleHeader,
  type BundleMember,
  type ByteSource,
  type Header,
  headerOf,
  isBundle,
  type LazyArray,
  LimitError,
  type Limits,
  lazyFromArray,
  makeOpenFile,
  type OpenFile,
  SourceError,
} from "@masquerade/core";
import { type EmulatorTable, finishValue, NeedBytes, PickleMachine, PickleReader } from "@masquerade/pickle";
import { DeferredArray } from "./decode-array.ts";
import { DeferredMaskedArray } from "./decode-masked.ts";
import { isLeaf, type Leaf } from "./decode-model.ts";
import { deferredLazyArray } from "./lazy-array.ts";

/** Bytes of the file read at once while looking for arrays: few at first and behind each payload, more where there is none for long. */
const WINDOW = 4096;
const LARGEST_WINDOW = 256 * 1024;
/** Payloads from this size on stay in the file. */
const DEFER = 4096;

export interface ReadPickleOptions {
  /** Format id for errors. */
  readonly format: string;
  /** The exact names the pickle may use. */
  readonly globals: EmulatorTable;
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
  /** Out-of-band buffers (protocol 5), in order. */
  readonly buffers?: Iterable<Uint8Array> | undefined;
}

/**
 * The value of the pickle that begins at `start` of a source, and the offset behind it. The data of large arrays stay in the file: they
 * are {@link DeferredArray} and {@link DeferredMaskedArray}. Throws as `decodePickleAt` does, and SourceError.
 */
export async function readPickle(
  source: ByteSource,
  start: number,
  options: ReadPickleOptions,
): Promise<{ readonly value: unknown; readonly end: number }> {
  const { signal, format, globals, limits, buffers } = options;
  const reader = new PickleReader(new Uint8Array(0), { format, base: start, size: source.size, deferAbove: DEFER });
  const machine = new PickleMachine(reader, { globals, limits, buffers });
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
        format,
        offset: payload.offset,
      });
    payload.bytes = await source.read(payload.offset, payload.length, signal);
  }
  return { value: finishValue(raw, limits, { format }), end: reader.offset };
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
    throw new LimitError("maxMetadataBytes", `an argument of ${wanted} bytes`, { format: reader.format, offset: from });
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

/** The arrays of a pickle behind the interface of open files. The source stays the caller's. */
export function openModel(model: Leaf | Bundle, source: ByteSource): OpenFile {
  const leaves = new Map<string, Leaf>();
  const header = headerOfModel(model, "", leaves);
  return makeOpenFile(header, (path): LazyArray => {
    const leaf = leaves.get(path) as Leaf;
    if (leaf instanceof DeferredArray || leaf instanceof DeferredMaskedArray)
      return deferredLazyArray(source, leaf, path);
    return lazyFromArray(leaf, path);
  });
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
  return { kind: model.kind, entries, attrs: model.attrs, keys: model.keys };
}
