import { isMasqueradeError, UnknownFormatError } from "../errors.ts";
import type { AnyFormat } from "./format.ts";
import { type Limits, resolveLimits } from "./limits.ts";
import { peel } from "./peel.ts";
import { readWhole } from "./read-whole.ts";
import { type ByteSource, plainBytes } from "./source.ts";
import type { Stranger } from "./stranger.ts";
import type { Wrapper } from "./wrapper.ts";

/**
 * What loading a file with its usual reader would run. "safe": nothing but the constructors arrays are made of, and none of them used
 * otherwise than writers do. "dangerous": something on a documented list. "unknown": everything else.
 */
export type Verdict = "safe" | "unknown" | "dangerous";

/** A name that a file would have its reader import. */
export interface ScannedName {
  /** Undefined where the name is not a constant of the file. */
  readonly module: string | undefined;
  readonly name: string | undefined;
  /** Offset of the opcode that names it, in the (uncompressed) file or member. */
  readonly offset: number;
  readonly opcode: string;
  /** How it is used: REDUCE, NEWOBJ, INST, OBJ, BUILD, argument. Empty: it is only named. */
  readonly uses: readonly string[];
  /** Member of an archive, or array it belongs to; "" for the file itself. */
  readonly where: string;
  readonly verdict: Verdict;
}

/** Anything else that keeps a file from being safe. */
export interface ScanFinding {
  readonly verdict: Verdict;
  readonly where: string;
  readonly offset: number | undefined;
  readonly message: string;
}

/** What a format's `scan` found in the pickles of one file. */
export interface Scanned {
  /** Pickles looked at. */
  readonly pickles: number;
  readonly names: readonly ScannedName[];
  readonly findings: readonly ScanFinding[];
}

/** What loading a file with its usual reader would run, and why that is the verdict. */
export interface ScanReport extends Scanned {
  /** The worst of all names and findings. */
  readonly verdict: Verdict;
  /** Formats the file may be; outer compression has been taken off. */
  readonly formats: readonly string[];
}

/** How a file is looked through. */
export interface ScanOptions {
  readonly limits?: Partial<Limits> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For choosing a format by extension. */
  readonly name?: string | undefined;
}

const RANK: readonly Verdict[] = ["safe", "unknown", "dangerous"];

/** The worst of verdicts. */
export function worstVerdict(verdicts: Iterable<Verdict>): Verdict {
  let worst = 0;
  for (const verdict of verdicts) worst = Math.max(worst, RANK.indexOf(verdict));
  return RANK[worst] as Verdict;
}

/** Nothing found, and no pickle in it. */
const nothing: Scanned = { pickles: 0, names: [], findings: [] };

/**
 * Looks through a file for what loading it would run. Nothing is run or built: names are listed from the opcodes. Formats that hold no
 * pickles are safe; a file no format claims is "unknown". Throws LimitError, SourceError, and FormatError for damaged compression.
 */
export async function scanWith(
  registry: {
    readonly formats: readonly AnyFormat[];
    readonly wrappers: readonly Wrapper[];
    readonly strangers?: readonly Stranger[];
  },
  input: Uint8Array | ByteSource,
  options: ScanOptions = {},
): Promise<ScanReport> {
  const limits = resolveLimits(options.limits);
  const { signal } = options;
  const inMemory = ArrayBuffer.isView(input);
  const bytes = inMemory ? plainBytes(input) : await readWhole(input, limits.maxBytes, { signal });
  const name = options.name ?? (inMemory ? undefined : input.name);
  let candidates: readonly AnyFormat[];
  let inner = bytes;
  try {
    const peeled = await peel(registry.formats, registry.wrappers, bytes, name, {
      limits,
      signal,
      strangers: registry.strangers,
    });
    candidates = [peeled.format];
    inner = peeled.bytes;
  } catch (error) {
    if (!(error instanceof UnknownFormatError)) throw error;
    candidates = registry.formats.filter((format) => error.candidates.includes(format.id));
    if (candidates.length === 0) return report([unclear(error.message)], []);
  }
  const found: Scanned[] = [];
  const tried = new Set<AnyFormat>();
  for (const first of candidates)
    for (let format: AnyFormat | undefined = first; format !== undefined && !tried.has(format); ) {
      tried.add(format);
      try {
        found.push(await scanAs(format, inner, { limits, signal }));
        break;
      } catch (error) {
        if (!isMasqueradeError(error, "FORMAT_OTHER")) throw error;
        const other: string | undefined = error.redirect;
        format = registry.formats.find((one) => one.id === other);
        if (format === undefined) found.push(unclear(error.message));
      }
    }
  return report(
    found,
    [...tried].map((format) => format.id),
  );
}

async function scanAs(
  format: AnyFormat,
  bytes: Uint8Array,
  options: { readonly limits: Limits; readonly signal: AbortSignal | undefined },
): Promise<Scanned> {
  if (format.scan !== undefined) return await format.scan(bytes, options);
  // Only a format that says so can be trusted to hold no pickle.
  return format.runsCode === true ? unclear(`the pickles of a ${format.id} file cannot be looked through`) : nothing;
}

function unclear(message: string): Scanned {
  return { ...nothing, findings: [{ verdict: "unknown", where: "", offset: undefined, message }] };
}

function report(found: readonly Scanned[], formats: readonly string[]): ScanReport {
  const names = found.flatMap((one) => one.names);
  const findings = found.flatMap((one) => one.findings);
  return {
    verdict: worstVerdict([...names, ...findings].map((one) => one.verdict)),
    formats,
    pickles: found.reduce((sum, one) => sum + one.pickles, 0),
    names,
    findings,
  };
}
