import { isMasqueradeError, type MasqueradeError } from "@masquerade/core";
import { decodeRawUnicode, decodeUtf8 } from "./decode-text.ts";
import { type WalkedOpcode, type WalkOptions, walkOpcodes } from "./decode-walk.ts";

/** How a pickle uses a global. */
export type GlobalUse = "REDUCE" | "NEWOBJ" | "NEWOBJ_EX" | "INST" | "OBJ" | "BUILD" | "argument";

/** A global that a pickle names. */
export interface ScannedGlobal {
  /** Undefined where the name is not a constant of the file. */
  readonly module: string | undefined;
  readonly name: string | undefined;
  /** Offset of the opcode that names it. */
  readonly offset: number;
  readonly opcode: "GLOBAL" | "STACK_GLOBAL" | "INST" | "EXT";
  /** How it is used, each way once. Empty: only named. */
  readonly uses: readonly GlobalUse[];
}

export interface PickleScan {
  readonly globals: readonly ScannedGlobal[];
  /** Opcodes that refer to something outside of the file: PERSID, BINPERSID, EXT1, EXT2, EXT4. */
  readonly external: readonly { readonly opcode: string; readonly offset: number }[];
  readonly protocol: number;
  readonly opcodes: number;
  /** Offset behind STOP; or, where the walk did not get so far, behind the last opcode it understood. */
  readonly end: number;
  /** Why the walk ended before STOP; only with `lenient`. */
  readonly failure: MasqueradeError | undefined;
}

/** What is known of a stack item: a constant text, a global, or nothing. */
type Shadow = { readonly text: string } | Found | undefined;
interface Found {
  module: string | undefined;
  name: string | undefined;
  offset: number;
  opcode: ScannedGlobal["opcode"];
  uses: GlobalUse[];
}

const LONGEST_NAME = 4096;

/**
 * Every global one pickle names, with the ways it is used, without building anything. Names of STACK_GLOBAL are followed through the
 * stack and the memo. A stack that runs empty is no reason to stop: what follows is still listed. Throws FormatError and LimitError, or, with
 * `lenient`, gives what was found before (a reader runs the opcodes it meets before those it does not understand).
 */
export function scanPickle(bytes: Uint8Array, options: WalkOptions & { readonly lenient?: boolean } = {}): PickleScan {
  const scanner = new Scanner(bytes, options.format ?? "pickle");
  let opcodes = 0;
  let end = 0;
  let failure: MasqueradeError | undefined;
  try {
    for (const walked of walkOpcodes(bytes, options)) {
      scanner.step(walked);
      opcodes++;
      end = walked.offset + 1;
    }
  } catch (e) {
    if (options.lenient !== true || !isMasqueradeError(e)) throw e;
    failure = e;
  }
  return { globals: scanner.globals, external: scanner.external, protocol: scanner.protocol, opcodes, end, failure };
}

/** Items taken from the stack by opcodes that only take and push a value nobody knows. */
const TAKES: ReadonlyMap<string, number> = new Map([
  ["TUPLE1", 1],
  ["TUPLE2", 2],
  ["TUPLE3", 3],
]);
/** Opcodes that push nothing and take nothing but arguments. */
const SILENT: ReadonlySet<string> = new Set(["PROTO", "FRAME", "STOP", "READONLY_BUFFER"]);
const TEXTS: ReadonlySet<string> = new Set(["UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"]);
const OLD_TEXTS: ReadonlySet<string> = new Set(["STRING", "BINSTRING", "SHORT_BINSTRING"]);

class Scanner {
  readonly globals: Found[] = [];
  readonly external: { opcode: string; offset: number }[] = [];
  protocol = 0;
  private readonly bytes: Uint8Array;
  private readonly format: string;
  private readonly stack: Shadow[] = [];
  private readonly marks: number[] = [];
  private readonly memo: Map<number, Shadow> = new Map();

  constructor(bytes: Uint8Array, format: string) {
    this.bytes = bytes;
    this.format = format;
  }

  step(walked: WalkedOpcode): void {
    const { opcode, offset, value } = walked;
    const { stack } = this;
    const { name } = opcode;
    if (TEXTS.has(name) || OLD_TEXTS.has(name)) {
      stack.push(this.text(walked));
      return;
    }
    if (SILENT.has(name)) {
      if (name === "PROTO") this.protocol = Math.max(this.protocol, value ?? 0);
      return;
    }
    switch (name) {
      case "MARK":
        this.marks.push(stack.length);
        return;
      case "POP":
        if (this.marks.length > 0 && this.marks.at(-1) === stack.length) this.marks.pop();
        else stack.pop();
        return;
      case "DUP":
        stack.push(stack.at(-1));
        return;
      case "POP_MARK":
      case "APPENDS":
      case "SETITEMS":
      case "ADDITEMS":
        this.takeToMark();
        return;
      case "APPEND":
        this.argument(stack.pop());
        return;
      case "SETITEM":
        this.argument(stack.pop());
        this.argument(stack.pop());
        return;
      case "GLOBAL":
        stack.push(this.found(...this.names(walked), offset, "GLOBAL"));
        return;
      case "STACK_GLOBAL": {
        const [second, first] = [stack.pop(), stack.pop()];
        stack.push(this.found(textIn(first), textIn(second), offset, "STACK_GLOBAL"));
        return;
      }
      case "INST":
        this.used(this.found(...this.names(walked), offset, "INST"), "INST");
        this.takeToMark();
        stack.push(undefined);
        return;
      case "OBJ":
        this.used(this.takeToMark(1)[0], "OBJ");
        stack.push(undefined);
        return;
      case "REDUCE":
      case "NEWOBJ":
      case "NEWOBJ_EX":
        this.argument(stack.pop());
        if (name === "NEWOBJ_EX") this.argument(stack.pop());
        this.used(stack.pop(), name);
        stack.push(undefined);
        return;
      case "BUILD":
        this.argument(stack.pop());
        this.used(stack.at(-1), "BUILD");
        return;
      case "GET":
      case "BINGET":
      case "LONG_BINGET":
        stack.push(this.memo.get(value ?? this.number(walked)));
        return;
      case "PUT":
      case "BINPUT":
      case "LONG_BINPUT":
        this.memo.set(value ?? this.number(walked), stack.at(-1));
        return;
      case "MEMOIZE":
        this.memo.set(this.memo.size, stack.at(-1));
        return;
      case "EXT1":
      case "EXT2":
      case "EXT4":
        this.external.push({ opcode: name, offset });
        stack.push(this.found(undefined, undefined, offset, "EXT"));
        return;
      case "PERSID":
      case "BINPERSID":
        this.external.push({ opcode: name, offset });
        if (name === "BINPERSID") stack.pop();
        stack.push(undefined);
        return;
      case "TUPLE":
      case "LIST":
      case "DICT":
      case "FROZENSET":
        this.takeToMark();
        stack.push(undefined);
        return;
      default:
        for (let n = TAKES.get(name) ?? 0; n > 0; n--) this.argument(stack.pop());
        stack.push(undefined);
    }
  }

  private found(module: string | undefined, name: string | undefined, offset: number, opcode: Found["opcode"]): Found {
    const one: Found = { module, name, offset, opcode, uses: [] };
    this.globals.push(one);
    return one;
  }

  private used(item: Shadow, use: GlobalUse): void {
    if (item !== undefined && "uses" in item && !item.uses.includes(use)) item.uses.push(use);
  }

  private argument(item: Shadow): void {
    this.used(item, "argument");
  }

  /** The items above the mark; all but the first `called` are arguments of something. */
  private takeToMark(called = 0): readonly Shadow[] {
    const items = this.stack.splice(this.marks.pop() ?? 0);
    for (const item of items.slice(called)) this.argument(item);
    return items;
  }

  private text({ opcode, offset, start, length }: WalkedOpcode): Shadow {
    if (length > LONGEST_NAME) return undefined;
    const raw = this.bytes.subarray(start, start + length);
    if (opcode.name === "UNICODE") return { text: decodeRawUnicode(raw, this.format, offset) };
    if (opcode.name === "STRING") return { text: asciiOf(raw.subarray(1, -1)) };
    return { text: OLD_TEXTS.has(opcode.name) ? asciiOf(raw) : decodeUtf8(raw, this.format, offset) };
  }

  private names({ start, length, offset }: WalkedOpcode): [string | undefined, string | undefined] {
    const raw = this.bytes.subarray(start, start + length);
    const cut = raw.indexOf(10);
    return [
      decodeUtf8(raw.subarray(0, cut), this.format, offset),
      decodeUtf8(raw.subarray(cut + 1), this.format, offset),
    ];
  }

  private number({ start, length }: WalkedOpcode): number {
    return Number.parseInt(asciiOf(this.bytes.subarray(start, start + Math.min(length, 20))), 10);
  }
}

function textIn(item: Shadow): string | undefined {
  return item !== undefined && "text" in item ? item.text : undefined;
}

function asciiOf(raw: Uint8Array): string {
  let text = "";
  for (const c of raw) text += String.fromCharCode(c);
  return text;
}
