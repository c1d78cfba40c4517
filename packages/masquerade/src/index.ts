/** NumPy masked arrays in TypeScript: every official format behind `load`, `save`, `open` and `choose`. This entry needs no Node. */
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
import { type Recommendation, recommend, type Wishes } from "./expected.ts";
import { figures } from "./figures.ts";
import { type Official, registry } from "./formats.ts";
import { aim, type Input, openInput, type Target } from "./input.ts";
import type { OpenedFile, ReadExtra, Saved, SaveExtra } from "./options.ts";
import { appendTo, loadFrom, openFrom, saveTo, scanFrom } from "./work.ts";

export * from "@masquerade/core";
export type { Expected, Figures, Recommendation, Wishes } from "./expected.ts";
export { figures } from "./figures.ts";
export { type Official, registry } from "./formats.ts";
export type { Input, Target, WritableHandle } from "./input.ts";
export type { OpenedFile, ReadExtra, Saved, SaveExtra } from "./options.ts";

/**
 * Everything in a file, of whatever format it turns out to be; outer compression (gzip, zlib, bzip2, xz, LZMA, LZ4) is taken off. `as` and `dtype` type the result and are
 * checked: another class or dtype is an OptionError DTYPE_MISMATCH. Throws a MasqueradeError for whatever the bytes are.
 */
export async function load<const O extends LoadOptions<Official, ReadExtra> = object>(
  input: Input,
  options?: ExactLoad<Official, O, ReadExtra>,
): Promise<Loaded<O>> {
  return (await loadFrom(openInput(input, options ?? {}), options ?? {})) as Loaded<O>;
}

/** A file whose header has been read and whose arrays are read by parts. `await using` or `close()` ends it. */
export async function open<const O extends OpenOptions<Official, ReadExtra> = object>(
  input: Input,
  options?: ExactOpen<Official, O, ReadExtra>,
): Promise<OpenedFile> {
  return await openFrom(openInput(input, options ?? {}), options ?? {});
}

/**
 * Writes an array, a bundle, or an open file (block by block where the format can). The format is `format`, or that of the target's name.
 * Content the format cannot hold is refused with a CapabilityError unless `lossy` accepts it; traits too under `exact`.
 */
export async function save<const O extends SaveOptions<Official, SaveExtra> = object>(
  target: Target,
  value: AnyArray | Bundle | OpenFile,
  options?: ExactSave<Official, O, SaveExtra>,
): Promise<Saved> {
  return await saveTo(aim(target, options ?? {}), value, options ?? {});
}

/**
 * Adds to a file in place: arrays it has grow, others are added, and what is there is not written anew. The file is a source that can be
 * written (it has `write`). Formats that can are `appendable`, and each states what a crash leaves. Throws CapabilityError for those that cannot.
 */
export async function append<const O extends AppendOptions<Official> = object>(
  file: ByteSource,
  value: AnyArray | Bundle,
  options?: ExactAppend<Official, O>,
): Promise<Saved> {
  return await appendTo(openInput(file, {}), value, options ?? {});
}

/**
 * Every official format, best first for the use described, each with its reasons and with the size and speed to be expected, from measured
 * figures that are part of this package. `prefer` settles what is otherwise equally good.
 */
export function choose(wishes: Wishes = {}): readonly Recommendation<Official[number]>[] {
  return recommend(registry.choose, wishes, figures);
}

/**
 * Whether loading a file with its usual reader would be safe, and every name it would have that reader import: pickles in joblib files, NPY
 * object arrays, archives and compressed files included. Nothing in it is run. Throws a MasqueradeError when the file cannot be had or unpacked.
 */
export async function scan(input: Input, options?: ScanOptions): Promise<ScanReport> {
  return await scanFrom(openInput(input, options ?? {}), options ?? {});
}
