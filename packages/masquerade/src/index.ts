/** NumPy masked arrays in TypeScript: every official format behind `load`, `save`, `open` and `choose`. This entry needs no Node. */
import type {
  AnyArray,
  Bundle,
  Choice,
  ExactLoad,
  ExactOpen,
  ExactSave,
  Loaded,
  LoadOptions,
  OpenFile,
  OpenOptions,
  Requirements,
  SaveOptions,
  ScanOptions,
  ScanReport,
} from "@masquerade/core";
import { type Official, registry } from "./formats.ts";
import { aim, type Input, openInput, type Target } from "./input.ts";
import type { OpenedFile, ReadExtra, Saved, SaveExtra } from "./options.ts";
import { loadFrom, openFrom, saveTo, scanFrom } from "./work.ts";

export * from "@masquerade/core";
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

/** Every official format, best first for the use described, each with its reasons. */
export function choose(requirements?: Requirements): readonly Choice<Official[number]>[] {
  return registry.choose(requirements);
}

/**
 * Whether loading a file with its usual reader would be safe, and every name it would have that reader import: pickles in joblib files, NPY
 * object arrays, archives and compressed files included. Nothing in it is run. Throws a MasqueradeError when the file cannot be had or unpacked.
 */
export async function scan(input: Input, options?: ScanOptions): Promise<ScanReport> {
  return await scanFrom(openInput(input, options ?? {}), options ?? {});
}
