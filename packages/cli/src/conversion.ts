import {
  type AnyArray,
  type AnyFormat,
  type Bundle,
  type ByteSource,
  describe,
  isMasqueradeError,
  type Limits,
  type OpenFile,
  readFile,
} from "@masquerade/core";
import { append, save } from "masquerade";
import { type Fidelity, keptOf, type Policy, refuse, type Verified } from "./fidelity.ts";
import { openInput } from "./input.ts";
import type { Io } from "./io.ts";
import { demandFree, exists, openOutput } from "./output.ts";
import { type Meter, meter } from "./progress.ts";
import { openWholeIfNeeded } from "./reading.ts";
import { registry } from "./registry.ts";
import { type Changes, isTransformed, type Transform, transformed } from "./transform/transform.ts";
import { verifyFile, verifyValue } from "./verify.ts";

/** Files larger than this are converted block by block where both formats can. */
const STREAM_BYTES = 2 ** 26;
/** Bytes a format recognises itself by. */
const HEAD_BYTES = 4096;

export interface Conversion {
  readonly input: string;
  readonly output: string;
  readonly from: string | undefined;
  /** The formats' own options. */
  readonly read: Record<string, unknown>;
  readonly write: (format: AnyFormat) => Record<string, unknown>;
  readonly policy: Policy;
  readonly force: boolean;
  readonly transform: Transform;
  readonly dryRun: boolean;
  readonly verify: boolean;
  /** Add to the output, where it exists. */
  readonly append?: boolean;
  /** No progress on a terminal. */
  readonly quiet: boolean;
  readonly limits: Partial<Limits>;
}

export interface Converted extends Fidelity {
  /** What was to go to stdout. */
  readonly data: Uint8Array | undefined;
}

/** Converts one file. Throws before anything is written, or leaves nothing behind. `format` is the one to write. */
export async function convert(plan: Conversion, format: AnyFormat, io: Io): Promise<Converted> {
  if (plan.output !== "-" && !plan.dryRun) await demandFree(plan.output, plan.force || plan.append === true);
  using progress = meter(io, { label: plan.input, quiet: plan.quiet });
  const source = await openInput(plan.input, io, plan.limits);
  try {
    const options = reading(plan);
    const changes: Changes = { cast: 0, filled: 0 };
    const work = { plan, format, changes, progress };
    if (await isStreamed(plan, format, source)) {
      await using file = await registry.open(source, options);
      return await write(work, transformed(file, plan.transform, changes));
    }
    const loading = { ...options, onProgress: progress.update };
    if (!isTransformed(plan.transform)) return await write(work, await registry.load(source, loading));
    await using file = await openWholeIfNeeded(source, options);
    const changed = transformed(file, plan.transform, changes);
    // What is only to be described is not read.
    return await write(work, plan.dryRun ? changed : await readFile(changed));
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

function reading({ read, from, limits }: Conversion): object {
  return { ...read, limits, ...(from !== undefined && { format: from }) };
}

/** Large, and both sides work by blocks: then the whole need never be in memory. */
async function isStreamed(plan: Conversion, format: AnyFormat, source: ByteSource): Promise<boolean> {
  if (!format.capabilities.streamed) return false;
  if (source.size === undefined || (!plan.dryRun && source.size <= STREAM_BYTES)) return false;
  if (plan.from !== undefined) return registry.get(plan.from).capabilities.lazy;
  try {
    return registry.identify(await source.read(0, Math.min(source.size, HEAD_BYTES)), source.name).capabilities.lazy;
  } catch (error) {
    // Compressed around: not to be read by parts. What else is wrong, loading will say.
    if (isMasqueradeError(error, "FORMAT_UNKNOWN", "FORMAT_AMBIGUOUS")) return false;
    throw error;
  }
}

interface Work {
  readonly plan: Conversion;
  readonly format: AnyFormat;
  readonly changes: Changes;
  readonly progress: Meter;
}

async function write(
  { plan, format, changes, progress }: Work,
  what: AnyArray | Bundle | OpenFile,
): Promise<Converted> {
  const options = plan.write(format);
  const isFile = "names" in what && "array" in what;
  const header = isFile ? what.header : describe(what);
  const losses = format.losses(header, options as never);
  refuse(format, losses, plan.policy);
  const report = { in: plan.input, out: plan.output, format: format.id, kept: keptOf(header, losses), losses };
  if (plan.dryRun)
    return { ...report, changes: told(plan.transform), bytes: undefined, verified: undefined, data: undefined };
  if (plan.append === true && (await exists(plan.output))) {
    const value = isFile ? await readFile(what) : what;
    const { bytes } = await append(plan.output, value, { ...options, ...plan.policy, format: format.id } as object);
    return {
      ...report,
      changes: [...told(plan.transform, changes), "added to what was there"],
      bytes,
      verified: undefined,
      data: undefined,
    };
  }
  const destination = await openOutput(plan.output, plan.force);
  try {
    progress.restart(plan.output, isFile && format.capabilities.streamed ? "elements" : "bytes");
    const saving = { ...options, format: format.id, ...plan.policy, onProgress: progress.update };
    const { bytes } = await save(destination.sink, what, saving as object);
    // Before verifying reads, and changes, everything once more.
    const done = told(plan.transform, { ...changes });
    let verified: Verified | undefined;
    if (plan.verify) {
      await using back = await destination.reopen();
      const written = { format: format.id, losses, limits: plan.limits, read: readable(plan.read, format) };
      progress.restart(`${plan.output} (verifying)`, "elements");
      verified = isFile
        ? await verifyFile(what, back, written, progress.update)
        : await verifyValue(what, back, written);
    }
    return { ...report, changes: done, bytes, verified, data: await destination.commit() };
  } catch (error) {
    await destination.abort();
    throw error;
  }
}

/** What was done at the user's wish, with what came of it where that is known. */
function told({ astype, fill }: Transform, changes?: Changes): string[] {
  const lines: string[] = [];
  const count = (n: number): string => (n === 1 ? "1 element" : `${n} elements`);
  if (astype !== undefined) {
    const lost =
      changes === undefined
        ? ""
        : `: ${changes.cast === 0 ? "no visible value changed" : `${count(changes.cast)} changed their value`}`;
    lines.push(`cast to ${astype.kind}${lost}`);
  }
  if (fill !== undefined)
    lines.push(`masked elements filled${changes === undefined ? "" : `: ${count(changes.filled)}`}`);
  return lines;
}

/** The reading options given that the format written has too. */
function readable(read: Record<string, unknown>, format: AnyFormat): Record<string, unknown> {
  return Object.fromEntries(Object.entries(read).filter(([name]) => Object.hasOwn(format.options.read, name)));
}
