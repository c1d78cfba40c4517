import {
  type AnyArray,
  type AnyFormat,
  type Bundle,
  type ByteSource,
  describe,
  isMasqueradeError,
  type Limits,
  type RecognisedFile,
} from "@masquerade/core";
import { save } from "masquerade";
import { type Fidelity, type Policy, refuse, type Verified } from "./fidelity.ts";
import { openInput } from "./input.ts";
import type { Io } from "./io.ts";
import { demandFree, openOutput } from "./output.ts";
import { meter } from "./progress.ts";
import { registry } from "./registry.ts";
import { verifyFile, verifyValue } from "./verify.ts";

/** Files larger than this are converted block by block where both formats can. */
const STREAM_BYTES = 2 ** 26;
/** Bytes a format recognises itself by. */
const HEAD_BYTES = 4096;

export interface Conversion {
  readonly input: string;
  readonly output: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The formats' own options. */
  readonly read: Record<string, unknown>;
  readonly write: (format: AnyFormat) => Record<string, unknown>;
  readonly policy: Policy;
  readonly force: boolean;
  readonly select: string | undefined;
  readonly slice: string | undefined;
  readonly dryRun: boolean;
  readonly verify: boolean;
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
  if (plan.output !== "-" && !plan.dryRun) await demandFree(plan.output, plan.force);
  const source = await openInput(plan.input, io, plan.limits);
  try {
    if (await isStreamed(plan, format, source)) {
      await using file = await registry.open(source, reading(plan));
      return await write(plan, format, file, io);
    }
    return await write(plan, format, await loadPart(plan, source), io);
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

function reading({ read, from, limits }: Conversion): object {
  return { ...read, limits, ...(from !== undefined && { format: from }) };
}

/** Large, and both sides work by blocks: then the whole need never be in memory. */
async function isStreamed(plan: Conversion, format: AnyFormat, source: ByteSource): Promise<boolean> {
  if (plan.select !== undefined || plan.slice !== undefined || !format.capabilities.streamed) return false;
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

/** What is to be written, in memory: all of the file, one member, or a part of an array (of which no more is read, where the format can). */
async function loadPart(plan: Conversion, source: ByteSource): Promise<AnyArray | Bundle> {
  const options = reading(plan);
  if (plan.slice === undefined)
    return await registry.load(source, plan.select === undefined ? options : { ...options, select: plan.select });
  await using file = await registry.open(source, options);
  return await file.array(plan.select).read(plan.slice);
}

async function write(
  plan: Conversion,
  format: AnyFormat,
  what: AnyArray | Bundle | RecognisedFile,
  io: Io,
): Promise<Converted> {
  const options = plan.write(format);
  const isFile = "names" in what && "array" in what;
  const losses = format.losses(isFile ? what.header : describe(what), options as never);
  refuse(format, losses, plan.policy);
  const report = { out: plan.output, format: format.id, losses };
  if (plan.dryRun) return { ...report, bytes: undefined, verified: undefined, data: undefined };
  const destination = await openOutput(plan.output, plan.force);
  const streamed = isFile && format.capabilities.streamed;
  using progress = meter(io, { label: plan.output, unit: streamed ? "elements" : "bytes", quiet: plan.quiet });
  try {
    const saving = { ...options, format: format.id, ...plan.policy, onProgress: progress.update };
    const { bytes } = await save(destination.sink, what, saving as object);
    let verified: Verified | undefined;
    if (plan.verify) {
      await using back = await destination.reopen();
      const written = { format: format.id, losses, limits: plan.limits, read: readable(plan.read, format) };
      verified = isFile ? await verifyFile(what, back, written) : await verifyValue(what, back, written);
    }
    return { ...report, bytes, verified, data: await destination.commit() };
  } catch (error) {
    await destination.abort();
    throw error;
  }
}

/** The reading options given that the format written has too. */
function readable(read: Record<string, unknown>, format: AnyFormat): Record<string, unknown> {
  return Object.fromEntries(Object.entries(read).filter(([name]) => Object.hasOwn(format.options.read, name)));
}
