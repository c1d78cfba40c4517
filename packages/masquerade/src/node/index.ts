/** The same as the portable entry, where a string may also be a path. `import … from "masquerade"` gives this one in Node. */
import type {
  AnyArray,
  AppendOptions,
  Bundle,
  ByteSource,
  ExactAppend,
  ExactLoad,
  ExactOpen,
  ExactSave,
  Loaded,
  LoadOptions,
  OpenFile,
  OpenOptions,
  SaveOptions,
  ScanOptions,
  ScanReport,
} from "@masquerade/core";
import { fileSink, fromFile } from "@masquerade/core/node";
import type { Official } from "../formats.ts";
import { type Aim, aim as aimAnywhere, type Input, type Opener, openInput, type Target } from "../input.ts";
import type { OpenedFile, OpenFileExtra, ReadExtra, Saved, SaveExtra } from "../options.ts";
import { appendTo, loadFrom, openFrom, saveTo, scanFrom } from "../work.ts";

export * from "@masquerade/core/node";
export * from "../index.ts";
export type { OpenFileExtra } from "../options.ts";

/** Where `save` writes in Node: a path or file: URL, or what it takes everywhere. */
export type NodeTarget = string | URL | Target;

const REMOTE = /^(https?|data|blob):/i;
const LOCAL_URL = /^file:\/\//i;

/** A path or file: URL as one of the two, undefined for anything that is not a local file. */
function local(input: unknown): string | URL | undefined {
  if (typeof input === "string") return REMOTE.test(input) ? undefined : LOCAL_URL.test(input) ? new URL(input) : input;
  return input instanceof URL && input.protocol === "file:" ? input : undefined;
}

const openAny: Opener<Input> = async (input, options) => {
  const path = local(input);
  if (path === undefined) return await openInput(input, options);
  return { source: await fromFile(path, { mode: options.mode }), owned: true, remote: false };
};

const aimAny: Aim<NodeTarget> = (target, options) => {
  const path = local(target);
  if (path !== undefined) return { name: String(path), make: () => fileSink(path, options) };
  return aimAnywhere(target as Target, options);
};

/**
 * Everything in a file, of whatever format it turns out to be; outer compression (gzip, zlib, bzip2, xz, LZMA, LZ4) is taken off. `as` and `dtype` type the result and are
 * checked: another class or dtype is an OptionError DTYPE_MISMATCH. Throws a MasqueradeError for whatever the bytes are.
 */
export async function load<const O extends LoadOptions<Official, ReadExtra> = object>(
  input: Input,
  options?: ExactLoad<Official, O, ReadExtra>,
): Promise<Loaded<O>> {
  return (await loadFrom(openAny(input, options ?? {}), options ?? {})) as Loaded<O>;
}

/** A file whose header has been read and whose arrays are read by parts. `await using` or `close()` ends it. */
export async function open<const O extends OpenOptions<Official, OpenFileExtra> = object>(
  input: Input,
  options?: ExactOpen<Official, O, OpenFileExtra>,
): Promise<OpenedFile> {
  return await openFrom(openAny(input, options ?? {}), options ?? {});
}

/**
 * Writes an array, a bundle, or an open file (block by block where the format can). A file appears whole or not at all and is not replaced
 * without `force` (SOURCE_EXISTS). The format is `format`, or that of the name. Content the format cannot hold is refused with a
 * CapabilityError unless `lossy` accepts it; traits too under `exact`.
 */
export async function save<const O extends SaveOptions<Official, SaveExtra> = object>(
  target: NodeTarget,
  value: AnyArray | Bundle | OpenFile,
  options?: ExactSave<Official, O, SaveExtra>,
): Promise<Saved> {
  return await saveTo(aimAny(target, options ?? {}), value, options ?? {});
}

/**
 * Adds to a file in place: arrays it has grow, others are added, and what is there is not written anew. The file is a path, a file: URL, or a
 * source that can be written. Formats that can are `appendable`, and each states what a crash leaves. Throws CapabilityError for those that cannot.
 */
export async function append<const O extends AppendOptions<Official> = object>(
  file: string | URL | ByteSource,
  value: AnyArray | Bundle,
  options?: ExactAppend<Official, O>,
): Promise<Saved> {
  return await appendTo(openAny(file, { mode: "r+" }), value, options ?? {});
}

/**
 * Whether loading a file with its usual reader would be safe, and every name it would have that reader import: pickles in joblib files, NPY
 * object arrays, archives and compressed files included. Nothing in it is run. Throws a MasqueradeError when the file cannot be had or unpacked.
 */
export async function scan(input: Input, options?: ScanOptions): Promise<ScanReport> {
  return await scanFrom(openAny(input, options ?? {}), options ?? {});
}
