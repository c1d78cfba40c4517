import { LimitError, type Limits, Tuple } from "@masquerade/core";
import { type MachineContext, malformed, unsafe } from "./decode-context.ts";
import { callGlobal, resolveGlobal } from "./decode-globals.ts";
import { asKey } from "./decode-keys.ts";
import { newerOpcode } from "./decode-newer.ts";
import { asciiLine, decimal, floatText, plainDecimal, smallInt } from "./decode-numbers.ts";
import type { PickleReader } from "./decode-reader.ts";
import { NOTHING, Stack } from "./decode-stack.ts";
import { decodeQuoted, decodeRawUnicode, decodeUtf8 } from "./decode-text.ts";
import { DeferredBytes, type EmulatorTable, PickleInstance, PickleText, Python2String } from "./decode-values.ts";

export interface MachineOptions {
  readonly globals: EmulatorTable;
  readonly limits: Limits;
  /** Out-of-band buffers in the order the pickler gave them out. */
  readonly buffers?: Iterable<Uint8Array> | undefined;
}

/** Texts of more bytes than this stay as they lie in the file until somebody wants them as text. */
const LONG_TEXT = 256;
const ONE_DOUBLE: DataView = /* @__PURE__ */ new DataView(new ArrayBuffer(8));

/**
 * One pickle, executed without recursion: the machine of Python's `pickle` for protocols 0 to 5, except that nothing is imported, looked
 * up on an object or run. A name that is not in the table of emulators is refused where it is named.
 * When its reader's window is too short (`NeedBytes` is thrown) nothing has been changed and `run` can be called again.
 */
export class PickleMachine implements MachineContext {
  readonly format: string;
  readonly limits: Limits;
  readonly reader: PickleReader;
  /** Payloads left in the file, in order; see {@link DeferredBytes.claimed}. */
  readonly payloads: DeferredBytes[] = [];
  /** Highest protocol declared by a PROTO opcode. */
  protocol = 0;
  /** Opcodes executed. */
  executed = 0;
  /** Offset of the opcode being executed. */
  offset = 0;
  readonly globals: EmulatorTable;
  readonly buffers: Iterator<Uint8Array> | undefined;
  readonly stack: Stack;

  constructor(reader: PickleReader, options: MachineOptions) {
    this.format = reader.format;
    this.limits = options.limits;
    this.reader = reader;
    this.globals = options.globals;
    this.buffers = options.buffers?.[Symbol.iterator]();
    this.stack = new Stack(reader.format, options.limits);
  }

  /** Runs to STOP and returns the value, not finished yet. Throws FormatError, LimitError, UnsafeContentError. */
  run(): unknown {
    const { reader, limits, stack } = this;
    for (;;) {
      const start = reader.pos;
      this.offset = reader.offset;
      try {
        const code = reader.u8();
        if (++this.executed > limits.maxOpcodes)
          throw new LimitError("maxOpcodes", `more than ${limits.maxOpcodes} opcodes`, this);
        if ((this.executed & 511) === 0) stack.checkSize(this.offset);
        if (code === 0x2e) return stack.pop(this.offset);
        const value = this.step(code);
        if (value !== NOTHING) stack.push(value);
      } catch (e) {
        reader.pos = start;
        throw e;
      }
    }
  }

  private step(code: number): unknown {
    const { reader, stack, offset } = this;
    switch (code) {
      case 0x28: // MARK
        stack.mark();
        return NOTHING;
      case 0x30: // POP
        stack.popOrMark(offset);
        return NOTHING;
      case 0x31: // POP_MARK
        stack.popMark(offset);
        return NOTHING;
      case 0x32: // DUP
        return stack.peek(0, offset);
      case 0x46: // FLOAT
        return floatText(asciiLine(reader.line(), this), this);
      case 0x49: // INT
        return this.intLine();
      case 0x4a: // BININT
        return smallInt(reader.i32());
      case 0x4b: // BININT1
        return smallInt(reader.u8());
      case 0x4c: // LONG
        return plainDecimal(asciiLine(reader.line(), this).replace(/L$/, ""), this);
      case 0x4d: // BININT2
        return smallInt(reader.u16());
      case 0x4e: // NONE
        return null;
      case 0x52: {
        // REDUCE
        const args = stack.peek(0, offset);
        const callee = stack.peek(1, offset);
        if (!(args instanceof Tuple)) throw malformed(this, "the arguments of a call are no tuple");
        const made = callGlobal(callee, args.items, this);
        stack.drop(2);
        return made;
      }
      case 0x53: // STRING
        return new Python2String(decodeQuoted(reader.line(), this.format, offset));
      case 0x54: {
        // BINSTRING
        const n = reader.i32();
        if (n < 0) throw malformed(this, `a string of ${n} bytes`);
        return new Python2String(this.keep(reader.payload(n)));
      }
      case 0x55: // SHORT_BINSTRING
        return new Python2String(this.keep(reader.payload(reader.u8())));
      case 0x56: // UNICODE
        return this.text(reader.linePayload(), "raw-unicode-escape");
      case 0x58: // BINUNICODE
        return this.utf8(reader.u32());
      case 0x61: // APPEND
        stack.peek(0, offset);
        this.append(stack.peek(1, offset), [stack.peek(0, offset)]);
        stack.drop(1);
        return NOTHING;
      case 0x62: // BUILD
        this.build(stack.peek(1, offset), stack.peek(0, offset));
        stack.drop(1);
        return NOTHING;
      case 0x63: {
        // GLOBAL
        const module = this.nameLine();
        return resolveGlobal(module, this.nameLine(), this.globals, this);
      }
      case 0x64: {
        // DICT
        const items = stack.popMark(offset);
        const dict = new Map<unknown, unknown>();
        this.setItems(dict, items);
        return dict;
      }
      case 0x7d: // EMPTY_DICT
        return new Map();
      case 0x65: {
        // APPENDS
        const items = stack.popMark(offset);
        this.append(stack.peek(0, offset), items);
        return NOTHING;
      }
      case 0x67: // GET
        return stack.recall(this.indexLine(), offset);
      case 0x68: // BINGET
        return stack.recall(reader.u8(), offset);
      case 0x69: {
        // INST
        const module = this.nameLine();
        const token = resolveGlobal(module, this.nameLine(), this.globals, this);
        return callGlobal(token, stack.popMark(offset), this);
      }
      case 0x6a: // LONG_BINGET
        return stack.recall(reader.u32(), offset);
      case 0x6c: // LIST
        return stack.popMark(offset);
      case 0x5d: // EMPTY_LIST
        return [];
      case 0x6f: {
        // OBJ
        const [callee, ...args] = stack.popMark(offset);
        return callGlobal(callee, args, this);
      }
      case 0x70: // PUT
        stack.remember(this.indexLine(), offset);
        return NOTHING;
      case 0x71: // BINPUT
        stack.remember(reader.u8(), offset);
        return NOTHING;
      case 0x72: // LONG_BINPUT
        stack.remember(reader.u32(), offset);
        return NOTHING;
      case 0x73: {
        // SETITEM
        const value = stack.peek(0, offset);
        this.setItems(stack.peek(2, offset), [stack.peek(1, offset), value]);
        stack.drop(2);
        return NOTHING;
      }
      case 0x74: // TUPLE
        return new Tuple(stack.popMark(offset) as never);
      case 0x29: // EMPTY_TUPLE
        return new Tuple([]);
      case 0x75: {
        // SETITEMS
        const items = stack.popMark(offset);
        this.setItems(stack.peek(0, offset), items);
        return NOTHING;
      }
      case 0x47: {
        // BINFLOAT
        const eight = reader.take(8);
        for (let i = 0; i < 8; i++) ONE_DOUBLE.setUint8(i, eight[i] as number);
        return ONE_DOUBLE.getFloat64(0);
      }
      default:
        return newerOpcode(this, code);
    }
  }

  keep<T extends Uint8Array | DeferredBytes>(value: T): T {
    if (value instanceof DeferredBytes) this.payloads.push(value);
    return value;
  }

  /** A text of `n` bytes of UTF-8. */
  utf8(n: number): string | PickleText {
    return this.reader.shortAscii(n) ?? this.text(this.reader.payload(n), "utf-8");
  }

  text(raw: Uint8Array | DeferredBytes, encoding: "utf-8" | "raw-unicode-escape"): string | PickleText {
    if (raw instanceof DeferredBytes || raw.length > LONG_TEXT)
      return new PickleText(this.keep(raw), encoding, this.offset);
    return encoding === "utf-8"
      ? decodeUtf8(raw, this.format, this.offset)
      : decodeRawUnicode(raw, this.format, this.offset);
  }

  private intLine(): bigint | boolean {
    const text = asciiLine(this.reader.line(), this);
    if (text === "00") return false;
    if (text === "01") return true;
    return plainDecimal(text.replace(/L$/, ""), this);
  }

  private indexLine(): number {
    const index = decimal(asciiLine(this.reader.line(), this), this);
    if (index < 0n || index > 0xffffffffn) throw malformed(this, `memo index ${index} is not possible`);
    return Number(index);
  }

  private nameLine(): string {
    return decodeUtf8(this.reader.line(), this.format, this.offset);
  }

  private append(list: unknown, items: readonly unknown[]): void {
    if (list instanceof PickleInstance && list.append !== undefined) list.append(items, this);
    else if (!Array.isArray(list)) throw malformed(this, "items are appended to something that is no list");
    else for (const item of items) list.push(item);
  }

  private setItems(dict: unknown, items: readonly unknown[]): void {
    if (items.length % 2 !== 0) throw malformed(this, "a dict has a key without a value");
    for (let i = 0; i < items.length; i += 2) {
      const key = asKey(items[i], this);
      if (dict instanceof Map) dict.set(key, items[i + 1]);
      else if (dict instanceof PickleInstance && dict.setItem !== undefined) dict.setItem(key, items[i + 1], this);
      else throw malformed(this, "items are set on something that is no dict");
    }
  }

  private build(target: unknown, state: unknown): void {
    if (!(target instanceof PickleInstance) || target.build === undefined)
      throw unsafe(this, "UNSAFE_OBJECT", "the file gives a state to something that takes none");
    target.build(state, this);
  }
}
