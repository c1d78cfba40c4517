import {
  isMasqueradeError,
  type Limits,
  resolveLimits,
  type ScanFinding,
  type Scanned,
  type ScannedName,
  type Verdict,
} from "@masquerade/core";
import { type EmulatorTable, globalKey, PickleMachine, PickleReader, scanPickle } from "@masquerade/pickle";
import { isDangerousGlobal } from "./scan-dangerous.ts";

export interface ScanPickleOptions {
  /** Format id for errors. */
  readonly format: string;
  /** The names that are safe, with the emulators that know how they are used. */
  readonly globals: EmulatorTable;
  readonly limits?: Partial<Limits> | undefined;
  /** Member or array the pickle belongs to; default "". */
  readonly where?: string | undefined;
}

/** The verdict on a name. */
export function verdictOf(module: string | undefined, name: string | undefined, globals: EmulatorTable): Verdict {
  if (module === undefined || name === undefined) return "unknown";
  if (globals.has(globalKey(module, name))) return "safe";
  return isDangerousGlobal(module, name) ? "dangerous" : "unknown";
}

/**
 * What one pickle, from `start` on, would have Python import and call. The names are read off the opcodes. Where all of them are on the
 * allow-list the pickle is also tried on the machine that runs nothing, so that "safe" means: used as writers use them. Throws nothing but
 * what is not of this project.
 */
export function scanOnePickle(
  bytes: Uint8Array,
  start: number,
  options: ScanPickleOptions,
): Scanned & { readonly end: number; readonly complete: boolean } {
  const { globals, format, where = "" } = options;
  const limits = resolveLimits(options.limits);
  const scan = scanPickle(bytes, { start, format, maxOpcodes: limits.maxOpcodes, lenient: true });
  const names = scan.globals.map(
    (one): ScannedName => ({ ...one, where, verdict: verdictOf(one.module, one.name, globals) }),
  );
  const findings = scan.external.map(
    ({ opcode, offset }): ScanFinding => ({
      verdict: "unknown",
      where,
      offset,
      message: `${opcode} refers to something outside of the file`,
    }),
  );
  if (scan.failure !== undefined) findings.push(problem(scan.failure, where, scan.end));
  else if (names.every((one) => one.verdict === "safe") && findings.length === 0) {
    const refusal = tryOut(bytes.subarray(0, scan.end), start, format, globals, limits);
    if (refusal !== undefined) findings.push(problem(refusal, where, start));
  }
  return { pickles: 1, names, findings, end: scan.end, complete: scan.failure === undefined };
}

/** Why the machine refuses a pickle, whose values are not finished: no array is made. */
function tryOut(bytes: Uint8Array, start: number, format: string, globals: EmulatorTable, limits: Limits): unknown {
  const reader = new PickleReader(bytes, { format });
  reader.pos = start;
  try {
    new PickleMachine(reader, { globals, limits, buffers: outOfBand() }).run();
    return undefined;
  } catch (e) {
    return e;
  }
}

/** Out-of-band buffers are somewhere else, and only data. */
function* outOfBand(): Generator<Uint8Array> {
  for (;;) yield new Uint8Array(0);
}

/** A finding for an error. Errors of no class of this project are passed on. */
export function problem(e: unknown, where: string, offset: number | undefined): ScanFinding {
  if (!isMasqueradeError(e)) throw e;
  const at = (e as { readonly offset?: number | undefined }).offset;
  return { verdict: "unknown", where, offset: at ?? offset, message: e.message };
}

/** All the pickles of a file, one after another. What follows them and is none is a finding. */
export function scanPickles(bytes: Uint8Array, options: ScanPickleOptions): Scanned {
  const found: Scanned[] = [];
  let at = 0;
  do {
    const one = scanOnePickle(bytes, at, options);
    found.push(one);
    if (!one.complete) break;
    at = one.end;
  } while (at < bytes.length);
  return joinScans(found);
}

/** Several scans as one. */
export function joinScans(scans: readonly Scanned[]): Scanned {
  return {
    pickles: scans.reduce((sum, one) => sum + one.pickles, 0),
    names: scans.flatMap((one) => one.names),
    findings: scans.flatMap((one) => one.findings),
  };
}
