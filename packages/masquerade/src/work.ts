import {
  type AnyArray,
  type Bundle,
  type ByteSink,
  cached,
  type EncodeOptions,
  isArray,
  isBundle,
  type LoadCommon,
  type OpenFile,
  OptionError,
  pipe,
  type RecognisedFile,
  readFile,
  refuseLosses,
  type ScanOptions,
  type ScanReport,
  scanWith,
  throwIfAborted,
} from "@masquerade/core";
import { type Official, registry } from "./formats.ts";
import type { Destination, Opened, SourceOptions } from "./input.ts";
import type { OpenedFile, Saved, SaveExtra } from "./options.ts";

/** Bytes of one block of a remote file kept in memory; smaller than a page of a header would cost one request more each. */
const REMOTE_BLOCK = 16_384;
/** Bytes handed to the sink at once, unless one piece is larger. */
const BATCH_BYTES = 2 ** 23;
const BATCH_PARTS = 256;

type Reading = LoadCommon & SourceOptions;
type Writing = EncodeOptions & SaveExtra & { readonly format?: string | undefined };

/** The options without those that are about the source. */
function forFormat({ http: _http, mode: _mode, ...options }: Reading): LoadCommon {
  return options;
}

/** Loads, then disposes the source if it was made for this. */
export async function loadFrom(opening: Promise<Opened>, options: Reading): Promise<AnyArray | Bundle> {
  const { source, owned, bytes } = await opening;
  try {
    return await registry.load(bytes ?? source, { name: source.name, ...forFormat(options) } as object);
  } finally {
    if (owned) await source[Symbol.asyncDispose]();
  }
}

/** Scans, then disposes the source if it was made for this. */
export async function scanFrom(opening: Promise<Opened>, options: ScanOptions): Promise<ScanReport> {
  const { source, owned, bytes } = await opening;
  try {
    return await scanWith(registry, bytes ?? source, { name: source.name, ...options });
  } finally {
    if (owned) await source[Symbol.asyncDispose]();
  }
}

/** Opens; the file disposes the source if it was made for this. */
export async function openFrom(opening: Promise<Opened>, options: Reading): Promise<OpenedFile> {
  const { source: raw, owned, remote } = await opening;
  const source = remote ? cached(raw, { blockSize: REMOTE_BLOCK }) : raw;
  const dispose = async (): Promise<void> => {
    if (owned) await source[Symbol.asyncDispose]();
  };
  let file: RecognisedFile;
  try {
    file = await registry.open(source, forFormat(options) as object);
  } catch (error) {
    await dispose();
    throw error;
  }
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      try {
        await file[Symbol.asyncDispose]();
      } finally {
        await dispose();
      }
    })();
    return closing;
  };
  return {
    format: file.format,
    header: file.header,
    names: file.names,
    ...(file.unreadable && { unreadable: file.unreadable }),
    array: (name) => file.array(name),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Adds to a file, then disposes the source if it was made for this. */
export async function appendTo(
  opening: Promise<Opened>,
  value: AnyArray | Bundle,
  options: EncodeOptions,
): Promise<Saved> {
  const { source, owned } = await opening;
  try {
    const { format, losses } = await registry.append(source, value, options as object);
    return { format, bytes: source.size ?? 0, losses };
  } finally {
    if (owned) await source[Symbol.asyncDispose]();
  }
}

/** Saves a value, or an open file block by block where the format can. Nothing is made before the losses are known to be accepted. */
export async function saveTo(
  { name, make }: Destination,
  value: AnyArray | Bundle | OpenFile,
  { force: _force, format, ...options }: Writing,
): Promise<Saved> {
  throwIfAborted(options.signal);
  const id = formatFor(name, format);
  if (!isArray(value) && !isBundle(value)) {
    if (!isOpenFile(value))
      throw new OptionError("OPTION_INVALID", "save takes an array, a Bundle or an open file", "value");
    if (registry.get(id).capabilities.streamed) return await streamTo(make, value, id, options);
    value = await readFile(value, { signal: options.signal });
  }
  const { onProgress, ...encoding } = options;
  const { parts, losses } = await registry.encodeParts(id, value, encoding);
  const sink = await make();
  return await committing(sink, async () => {
    await writeAll(parts, sink, options);
    await sink.commit();
    return { format: id, bytes: sink.position, losses };
  });
}

async function streamTo(
  make: Destination["make"],
  file: OpenFile,
  id: Official[number]["id"],
  { onProgress, ...options }: EncodeOptions,
): Promise<Saved> {
  const format = registry.get(id);
  refuseLosses(id, format.losses(file.header, options as never), options);
  const sink = await make();
  return await committing(sink, async () => {
    const { writer, losses } = await registry.create(id, sink, file.header, options);
    await pipe(file, writer, { signal: options.signal, onProgress });
    return { format: id, bytes: sink.position, losses };
  });
}

/** Runs `work`, which ends by committing the sink; if it fails, the sink is aborted. */
async function committing(sink: ByteSink, work: () => Promise<Saved>): Promise<Saved> {
  try {
    return await work();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

async function writeAll(parts: Iterable<Uint8Array>, sink: ByteSink, options: EncodeOptions): Promise<void> {
  let batch: Uint8Array[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (sink.writev !== undefined) await sink.writev(batch);
    else for (const part of batch) await sink.write(part);
    batch = [];
    bytes = 0;
    options.onProgress?.(sink.position, undefined);
    throwIfAborted(options.signal);
  };
  for (const part of parts) {
    batch.push(part);
    bytes += part.length;
    if (bytes >= BATCH_BYTES || batch.length === BATCH_PARTS) await flush();
  }
  await flush();
}

function formatFor(name: string | undefined, format: string | undefined): Official[number]["id"] {
  if (format !== undefined) return registry.get(format as Official[number]["id"]).id;
  if (name !== undefined) return registry.forName(name).id;
  throw new OptionError("OPTION_INVALID", "the target has no name that tells the format: pass format", "format");
}

function isOpenFile(value: unknown): value is OpenFile {
  const file = value as Partial<OpenFile> | null;
  return typeof file === "object" && file !== null && typeof file.array === "function" && Array.isArray(file.names);
}
