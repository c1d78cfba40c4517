import { type Limits, resolveLimits, type ScanFinding, type Scanned, type ScannedName } from "@masquerade/core";
import { numpyGlobals, problem, verdictOf } from "@masquerade/numpy-pickle";
import {
  type Emulator,
  type EmulatorTable,
  type MachineContext,
  PickleInstance,
  PickleMachine,
  PickleReader,
  scanPickle,
} from "@masquerade/pickle";
import { uncompressed } from "./decode.ts";
import { withWrapper } from "./wrapper-read.ts";

interface Found {
  readonly module: string | undefined;
  readonly name: string | undefined;
  readonly offset: number;
  readonly opcode: string;
  readonly uses: string[];
  readonly where: string;
}

/** What stands for the result of a foreign call: takes any state and any items, and does nothing. */
class Inert extends PickleInstance {
  readonly parts: unknown[] = [];
  override build(): void {}
  override setItem(): void {}
  finish(): null {
    return null;
  }
}

/** A table that knows every name: those of arrays as they are, all others inert. Notes what is looked up and how it is used. */
class NotingTable extends Map<string, Emulator> implements EmulatorTable {
  readonly #known: EmulatorTable;
  readonly #found: Found[];
  readonly #reader: PickleReader;

  constructor(known: EmulatorTable, found: Found[], reader: PickleReader) {
    super();
    this.#known = known;
    this.#found = found;
    this.#reader = reader;
  }

  override get(key: string): Emulator {
    const [module = "", name = ""] = key.split("\n");
    const uses: string[] = [];
    this.#found.push({ module, name, ...this.#place(key), uses, where: "" });
    const known = this.#known.get(key);
    const inert = (): Inert => new Inert();
    const noting =
      (use: string, run: (args: readonly unknown[], context: MachineContext) => unknown) =>
      (args: readonly unknown[], context: MachineContext): unknown => {
        if (!uses.includes(use)) uses.push(use);
        return run(args, context);
      };
    if (known === undefined) return { reduce: noting("REDUCE", inert), create: noting("NEWOBJ", inert) };
    return {
      ...(known.reduce && { reduce: noting("REDUCE", known.reduce) }),
      ...(known.create && { create: noting("NEWOBJ", known.create) }),
    };
  }

  /** The opcode just read: STACK_GLOBAL is one byte, the others are followed by both names. */
  #place(key: string): { readonly offset: number; readonly opcode: string } {
    const { bytes, pos } = this.#reader;
    if (bytes[pos - 1] === 0x93) return { offset: pos - 1, opcode: "STACK_GLOBAL" };
    const offset = pos - 2 - new TextEncoder().encode(key).length;
    return { offset, opcode: bytes[offset] === 0x69 ? "INST" : "GLOBAL" };
  }
}

/**
 * What `joblib.load` of a file would import and call. Only its opcodes say where the data of the arrays end, so they are executed on the
 * machine that runs nothing, foreign names standing for nothing; no array is made. Where that ends early, names are read off the opcodes
 * that follow. Throws FormatError and LimitError for damaged compression.
 */
export function scan(given: Uint8Array, options: { readonly limits?: Partial<Limits> | undefined }): Scanned {
  const limits = resolveLimits(options.limits);
  const bytes = uncompressed(given, limits.maxBytes);
  const reader = new PickleReader(bytes, { format: "joblib" });
  const found: Found[] = [];
  const findings: ScanFinding[] = [];
  const inner = new NotingTable(numpyGlobals, found, reader);
  const known = withWrapper(numpyGlobals, inner);
  const machine = new PickleMachine(reader, { globals: new NotingTable(known, found, reader), limits });
  try {
    machine.run();
    const left = bytes.length - reader.pos;
    if (left > 0) findings.push(extra(left, reader.pos));
  } catch (e) {
    findings.push(problem(e, "", machine.offset));
    const rest = scanPickle(bytes, {
      start: machine.offset,
      format: "joblib",
      maxOpcodes: limits.maxOpcodes,
      lenient: true,
    });
    for (const one of rest.globals)
      if (!found.some((other) => other.offset === one.offset)) found.push({ ...one, uses: [...one.uses], where: "" });
  }
  const names = found.map((one): ScannedName => ({ ...one, verdict: verdictOf(one.module, one.name, known) }));
  return { pickles: 1, names, findings };
}

function extra(left: number, offset: number): ScanFinding {
  return { verdict: "unknown", where: "", offset, message: `joblib: ${left} bytes follow the pickle` };
}
