import { CapabilityError, floatRepr } from "@masquerade/core";
import { FrameWriter, type PicklePart } from "./encode-frames.ts";
import { longBytes } from "./encode-long.ts";
import type { Payload } from "./encode-nodes.ts";
import { escapeText, expandedSize, isShortAscii, type PayloadForm, utf8Of } from "./encode-text.ts";

export type PickleProtocol = 0 | 1 | 2 | 3 | 4 | 5;

/** Opcodes, by the names of Python's pickletools. */
export const op = {
  MARK: 0x28,
  STOP: 0x2e,
  FLOAT: 0x46,
  BINFLOAT: 0x47,
  INT: 0x49,
  BININT: 0x4a,
  BININT1: 0x4b,
  LONG: 0x4c,
  BININT2: 0x4d,
  NONE: 0x4e,
  REDUCE: 0x52,
  UNICODE: 0x56,
  BINUNICODE: 0x58,
  APPEND: 0x61,
  BUILD: 0x62,
  GLOBAL: 0x63,
  DICT: 0x64,
  EMPTY_DICT: 0x7d,
  APPENDS: 0x65,
  GET: 0x67,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
  LIST: 0x6c,
  EMPTY_LIST: 0x5d,
  PUT: 0x70,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  SETITEM: 0x73,
  TUPLE: 0x74,
  EMPTY_TUPLE: 0x29,
  SETITEMS: 0x75,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  PROTO: 0x80,
  NEWOBJ: 0x81,
  TUPLE1: 0x85,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  LONG4: 0x8b,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  BINBYTES8: 0x8e,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
  BYTEARRAY8: 0x96,
  NEXT_BUFFER: 0x97,
  READONLY_BUFFER: 0x98,
} as const;

/** Modules whose name was another in Python 2, which protocols 0–2 keep to (CPython's Lib/_compat_pickle.py). */
const PYTHON2_MODULES: ReadonlyMap<string, string> = new Map([
  ["builtins", "__builtin__"],
  ["copyreg", "copy_reg"],
]);

/** Opcodes with their arguments: which form of each CPython's pickler takes at which protocol. */
export class OpcodeWriter {
  readonly protocol: PickleProtocol;
  readonly #out: FrameWriter = new FrameWriter();

  constructor(protocol: PickleProtocol) {
    this.protocol = protocol;
    if (protocol < 2) return;
    this.code(op.PROTO);
    this.code(protocol);
    if (protocol >= 4) this.#out.startFraming();
  }

  /** Finished parts, in order; whoever takes them empties the list. */
  get ready(): PicklePart[] {
    return this.#out.ready;
  }

  boundary(): void {
    this.#out.boundary();
  }

  finish(): void {
    this.code(op.STOP);
    this.#out.commitFrame();
  }

  code(value: number): void {
    this.#out.byte(value);
  }

  bool(value: boolean): void {
    if (this.protocol >= 2) this.code(value ? op.NEWTRUE : op.NEWFALSE);
    else this.#out.ascii(value ? "I01\n" : "I00\n");
  }

  int(value: bigint): void {
    if (value >= -0x80000000n && value <= 0x7fffffffn) this.#shortInt(Number(value));
    else if (this.protocol < 2) this.#out.ascii(`L${value}L\n`);
    else {
      const bytes = longBytes(value);
      if (bytes.length < 256) {
        this.code(op.LONG1);
        this.code(bytes.length);
      } else {
        this.code(op.LONG4);
        this.#out.int32(bytes.length);
      }
      this.#out.bytes(bytes);
    }
  }

  #shortInt(value: number): void {
    if (this.protocol === 0) this.#out.ascii(`I${value}\n`);
    else if (value >= 0 && value <= 0xff) {
      this.code(op.BININT1);
      this.code(value);
    } else if (value >= 0 && value <= 0xffff) {
      this.code(op.BININT2);
      this.#out.uint16(value);
    } else {
      this.code(op.BININT);
      this.#out.int32(value);
    }
  }

  float(value: number): void {
    if (this.protocol === 0) this.#out.ascii(`F${floatRepr(value)}\n`);
    else {
      this.code(op.BINFLOAT);
      this.#out.float64BigEndian(value);
    }
  }

  /** A str. */
  text(value: string): void {
    if (this.protocol === 0) {
      const escaped = escapeText(value);
      this.#unicodeLine({ size: escaped.length, read: () => escaped }, "raw", escaped.length);
    } else if (isShortAscii(value)) {
      this.#length(value.length, this.protocol >= 4 ? op.SHORT_BINUNICODE : undefined, op.BINUNICODE, op.BINUNICODE8);
      this.#out.ascii(value);
    } else {
      const bytes = utf8Of(value);
      this.#binaryText({ size: bytes.length, read: () => bytes }, "raw", bytes.length);
    }
  }

  /** Bytes as the str of latin-1 characters that protocols 0–2 make of them. */
  latin1(payload: Payload): void {
    const form: PayloadForm = this.protocol === 0 ? "escaped" : "utf8";
    const bytes = payload.read?.();
    const size = bytes === undefined ? undefined : expandedSize(bytes, form);
    const known: Payload = bytes === undefined ? payload : { size: bytes.length, read: () => bytes };
    if (form === "escaped") this.#unicodeLine(known, form, size);
    else this.#binaryText(known, form, size);
  }

  #unicodeLine(payload: Payload, form: PayloadForm, size: number | undefined): void {
    this.#out.sized(() => this.code(op.UNICODE), { payload, form, size });
    this.code(0x0a);
  }

  #binaryText(payload: Payload, form: PayloadForm, size: number | undefined): void {
    this.#out.sized(
      () =>
        this.#length(
          size ?? 0x100,
          this.protocol >= 4 ? op.SHORT_BINUNICODE : undefined,
          op.BINUNICODE,
          op.BINUNICODE8,
        ),
      { payload, form, size },
    );
  }

  /** Bytes, from protocol 3 on. */
  binary(payload: Payload): void {
    this.#out.sized(() => this.#length(payload.size, op.SHORT_BINBYTES, op.BINBYTES, op.BINBYTES8), {
      payload,
      form: "raw",
      size: payload.size,
    });
  }

  bytearray(payload: Payload): void {
    this.#out.sized(() => this.#length(payload.size, undefined, undefined, op.BYTEARRAY8), {
      payload,
      form: "raw",
      size: payload.size,
    });
  }

  /** The opcode for a length: one byte, four, or eight (protocol 4 and later). */
  #length(size: number, short: number | undefined, long: number | undefined, eight: number): void {
    if (short !== undefined && size <= 0xff) {
      this.code(short);
      this.code(size);
    } else if (long !== undefined && size <= 0xffffffff) {
      this.code(long);
      this.#out.int32(size | 0);
    } else if (this.protocol >= 4) {
      this.code(eight);
      this.#out.uint64(size);
    } else
      throw new CapabilityError(
        "pickle",
        "values",
        `${size} bytes in one piece are more than protocol ${this.protocol} can hold (4 GiB); use protocol 4 or 5`,
      );
  }

  /** GLOBAL, below protocol 4. */
  globalLine(module: string, name: string): void {
    this.code(op.GLOBAL);
    const known = this.protocol < 3 ? PYTHON2_MODULES.get(module) : undefined;
    this.#out.bytes(utf8Of(`${known ?? module}\n${name}\n`));
  }

  emptyTuple(): void {
    this.#empty(op.EMPTY_TUPLE, op.TUPLE);
  }
  emptyList(): void {
    this.#empty(op.EMPTY_LIST, op.LIST);
  }
  emptyDict(): void {
    this.#empty(op.EMPTY_DICT, op.DICT);
  }

  #empty(binary: number, text: number): void {
    if (this.protocol === 0) this.code(op.MARK);
    this.code(this.protocol === 0 ? text : binary);
  }

  /** What stands before the items of a tuple that has some. */
  beginTuple(size: number): void {
    if (this.protocol < 2 || size > 3) this.code(op.MARK);
  }
  /** What stands after them. */
  endTuple(size: number): void {
    this.code(this.protocol >= 2 && size <= 3 ? op.TUPLE1 + size - 1 : op.TUPLE);
  }

  put(index: number): void {
    if (this.protocol >= 4) this.code(op.MEMOIZE);
    else if (this.protocol === 0) this.#out.ascii(`p${index}\n`);
    else this.#index(index, op.BINPUT, op.LONG_BINPUT);
  }

  get(index: number): void {
    if (this.protocol === 0) this.#out.ascii(`g${index}\n`);
    else this.#index(index, op.BINGET, op.LONG_BINGET);
  }

  #index(index: number, short: number, long: number): void {
    if (index < 256) {
      this.code(short);
      this.code(index);
    } else {
      this.code(long);
      this.#out.int32(index | 0);
    }
  }

  nextBuffer(readonly: boolean): void {
    this.code(op.NEXT_BUFFER);
    if (readonly) this.code(op.READONLY_BUFFER);
  }

  /** Raw bytes outside the opcodes, at a position the caller may want to know. */
  outside(payloads: (position: number) => readonly Payload[]): void {
    this.#out.commitFrame();
    for (const payload of payloads(this.#out.position)) this.#out.outside(payload);
  }
}
