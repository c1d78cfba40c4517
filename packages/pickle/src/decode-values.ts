import { CapabilityError, type Limits } from "@masquerade/core";
import type { MachineContext } from "./decode-context.ts";
import { decodeRawUnicode, decodeUtf8 } from "./decode-text.ts";

/** Bytes of the file that were not read: where they are. Only machines over a window of a file (see `deferAbove`) make these. */
export class DeferredBytes {
  /** Offset in the file. */
  readonly offset: number;
  /** Bytes in the file. */
  readonly length: number;
  /** The bytes, once somebody has read them. */
  bytes: Uint8Array | undefined = undefined;
  /** Set by whoever will read this by parts; what nobody claims is read before the values are finished. */
  claimed = false;

  constructor(offset: number, length: number) {
    this.offset = offset;
    this.length = length;
  }
}

/** The bytes, which must be here. Throws CapabilityError for those that an array reads by parts and that are wanted whole as well. */
export function bytesHere(bytes: Uint8Array | DeferredBytes, format: string): Uint8Array {
  if (!(bytes instanceof DeferredBytes)) return bytes;
  if (bytes.bytes !== undefined) return bytes.bytes;
  throw new CapabilityError(
    format,
    "lazy",
    `${bytes.length} bytes at ${bytes.offset} are both the data of an array and something else, which only load() reads`,
  );
}

/** How the characters of a text lie in the file. */
export type TextEncoding = "utf-8" | "raw-unicode-escape";

/** A long text as it lies in the file, decoded only when somebody wants text: the data of arrays in protocols 0 to 2 never become text. */
export class PickleText {
  readonly raw: Uint8Array | DeferredBytes;
  readonly encoding: TextEncoding;
  /** Where its opcode is. */
  readonly offset: number;

  constructor(raw: Uint8Array | DeferredBytes, encoding: TextEncoding, offset: number) {
    this.raw = raw;
    this.encoding = encoding;
    this.offset = offset;
  }

  /** Throws FormatError for malformed text. */
  decode(format: string): string {
    const bytes = bytesHere(this.raw, format);
    return this.encoding === "utf-8"
      ? decodeUtf8(bytes, format, this.offset)
      : decodeRawUnicode(bytes, format, this.offset);
  }
}

/** Python 2's `str`: bytes, of which nobody knows whether they are text. */
export class Python2String {
  readonly bytes: Uint8Array | DeferredBytes;

  constructor(bytes: Uint8Array | DeferredBytes) {
    this.bytes = bytes;
  }
}

/** A set or frozenset. The machine knows them; the model holds none. */
export class PickleSet {
  readonly items: unknown[];

  constructor(items: unknown[]) {
    this.items = items;
  }
}

/** A known global, named by the file: opaque, it can only be called through its emulator. */
export class GlobalToken {
  readonly module: string;
  readonly name: string;
  readonly emulator: Emulator;

  constructor(module: string, name: string, emulator: Emulator) {
    this.module = module;
    this.name = name;
    this.emulator = emulator;
  }
}

/**
 * What an emulator makes: an object under construction. It may be in the memo and in containers long before its state arrives, so it is
 * exchanged for its finished value at the end.
 */
export abstract class PickleInstance {
  /** Values that must be finished before this one; they are replaced in place. */
  abstract readonly parts: unknown[];
  /** BUILD. Absent: this object takes no state, and a file that gives one is refused. Must leave no trace when it throws. */
  build?(state: unknown, context: MachineContext): void;
  /** SETITEM and SETITEMS. Absent: refused. */
  setItem?(key: unknown, value: unknown, context: MachineContext): void;
  /** APPEND and APPENDS. Absent: refused. */
  append?(items: readonly unknown[], context: MachineContext): void;
  /** Called once, after all `parts` are finished. */
  abstract finish(context: FinishContext): unknown;
  /** What the finished value is where it stands as a value, not as a part of another instance. Default: itself. */
  standAlone?(finished: unknown): unknown;
}

/** What finishing may use. */
export interface FinishContext {
  /** Format id for errors. */
  readonly format: string;
  readonly limits: Limits;
  /** The caller wants nothing to share memory with the file. */
  readonly copy: boolean;
  /** Counts bytes an array takes. Throws LimitError when one array, or all of them, are too large. */
  charge(bytes: number, offset: number): void;
  /** Whether these bytes are used for the first time: two arrays never share memory. */
  firstUse(bytes: object): boolean;
}

/**
 * What a known global does. Arguments are values of the machine: `null`, booleans, bigint (int), number (float), string or
 * {@link PickleText}, Uint8Array or {@link DeferredBytes} (bytes), {@link Python2String}, core `Tuple`, arrays (list), `Map` (dict),
 * {@link GlobalToken}, {@link PickleInstance}. A missing function: that way of calling is refused.
 */
export interface Emulator {
  /** REDUCE, OBJ and INST: `name(*args)`. Throws FormatError when the arguments are not of the shape expected. */
  readonly reduce?: (args: readonly unknown[], context: MachineContext) => unknown;
  /** NEWOBJ: `name.__new__(name, *args)`. */
  readonly create?: (args: readonly unknown[], context: MachineContext) => unknown;
  /** What the name stands for where it is a value itself. Absent: that is refused. */
  readonly value?: unknown;
}

/** The exact names a pickle may use; keys are made by {@link globalKey}. Nothing else is ever looked up. */
export type EmulatorTable = ReadonlyMap<string, Emulator>;

/** Key of a global in an {@link EmulatorTable}: compared as a whole, never split or trimmed. */
export function globalKey(module: string, name: string): string {
  return `${module}\n${name}`;
}
