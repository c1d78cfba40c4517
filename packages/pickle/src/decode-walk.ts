import { defaultLimits, FormatError, LimitError } from "@masquerade/core";
import { type Opcode, opcodes } from "./decode-opcodes.ts";
import { PickleReader } from "./decode-reader.ts";

/** One opcode of a file, not executed. */
export interface WalkedOpcode {
  readonly opcode: Opcode;
  /** Offset of the opcode's byte. */
  readonly offset: number;
  /** Its argument: a number where it is one (an index, a count, a 32-bit integer, a double), else undefined. */
  readonly value: number | undefined;
  /** Where the text, bytes or digits of its argument lie. */
  readonly start: number;
  readonly length: number;
}

export interface WalkOptions {
  /** Where to begin; default 0. */
  readonly start?: number | undefined;
  /** Format id for errors; default "pickle". */
  readonly format?: string | undefined;
  /** Most opcodes; LimitError beyond. Default: `maxOpcodes` of core's limits. */
  readonly maxOpcodes?: number | undefined;
}

/**
 * Every opcode up to and with the first STOP, in order. Nothing is built, executed or copied. Throws FormatError where the bytes are no
 * pickle (opcodes before that have been given out), LimitError beyond `maxOpcodes`.
 */
export function* walkOpcodes(bytes: Uint8Array, options: WalkOptions = {}): Generator<WalkedOpcode> {
  const reader = new PickleReader(bytes, { format: options.format });
  reader.pos = options.start ?? 0;
  const most = options.maxOpcodes ?? defaultLimits.maxOpcodes;
  for (let n = 1; ; n++) {
    const offset = reader.pos;
    if (n > most) throw new LimitError("maxOpcodes", `more than ${most} opcodes`, { format: reader.format, offset });
    const code = reader.u8();
    const opcode = opcodes.get(code);
    if (opcode === undefined)
      throw new FormatError(
        "FORMAT_MALFORMED",
        reader.format,
        `0x${code.toString(16).padStart(2, "0")} is no pickle opcode`,
        {
          offset,
        },
      );
    const walked = argumentOf(reader, opcode, offset);
    yield walked;
    if (code === 0x2e) return;
  }
}

function argumentOf(reader: PickleReader, opcode: Opcode, offset: number): WalkedOpcode {
  const begin = reader.pos;
  const number = (value: number): WalkedOpcode => ({ opcode, offset, value, start: begin, length: reader.pos - begin });
  const text = (length: number): WalkedOpcode => {
    if (length < 0)
      throw new FormatError("FORMAT_MALFORMED", reader.format, `an argument of ${length} bytes`, { offset });
    const start = reader.pos;
    reader.take(length);
    return { opcode, offset, value: undefined, start, length };
  };
  switch (opcode.argument) {
    case "none":
      return { opcode, offset, value: undefined, start: begin, length: 0 };
    case "u1":
      return number(reader.u8());
    case "u2":
      return number(reader.u16());
    case "i4":
      return number(reader.i32());
    case "u4":
      return number(reader.u32());
    case "u8":
      return number(reader.length64());
    case "f8": {
      const eight = reader.take(8);
      return number(new DataView(eight.buffer, eight.byteOffset).getFloat64(0));
    }
    case "bytes1":
    case "long1":
      return text(reader.u8());
    case "bytes4":
      return text(reader.u32());
    case "bytes4s":
    case "long4":
      return text(reader.i32());
    case "bytes8":
      return text(reader.length64());
    case "line":
    case "lines2": {
      const first = reader.line();
      if (opcode.argument === "lines2") reader.line();
      const length = opcode.argument === "line" ? first.length : reader.pos - begin - 1;
      return { opcode, offset, value: undefined, start: begin, length };
    }
  }
}
