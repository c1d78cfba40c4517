import { Complex, FormatError, Tuple } from "@masquerade/core";
import {
  asText,
  type FinishContext,
  type MachineContext,
  malformed,
  PickleInstance,
  PickleText,
  Python2String,
} from "@masquerade/pickle";
import { expectArguments, textOf } from "./decode-arguments.ts";
import { EncodedBytes, isArrayPayload } from "./decode-payload.ts";

const LATIN1: ReadonlySet<string> = new Set(["latin1", "latin-1"]);

/** `_codecs.encode(text, "latin1")`: the bytes of protocols 0 to 2. Any other encoding is refused. */
export function encodeLatin1(args: readonly unknown[], context: MachineContext): unknown {
  expectArguments(args, [2], "_codecs.encode", context);
  const [text, encoding] = args;
  if (!LATIN1.has(textOf(encoding, "an encoding", context)))
    throw malformed(context, "_codecs.encode with an encoding other than latin1");
  return bytesOfText(text, context);
}

function bytesOfText(text: unknown, context: MachineContext): unknown {
  if (text instanceof PickleText) return new EncodedBytes(text);
  if (typeof text !== "string") throw malformed(context, "_codecs.encode of something that is no text");
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c > 255) throw malformed(context, "a text that stands for bytes has characters beyond latin-1");
    bytes[i] = c;
  }
  return bytes;
}

/** `bytes()`: empty bytes in protocols 0 to 2. */
export function makeBytes(args: readonly unknown[], context: MachineContext): unknown {
  if (args.length === 0) return new Uint8Array(0);
  expectArguments(args, [1], "bytes", context);
  if (!isArrayPayload(args[0])) throw malformed(context, "bytes is called with something that is no bytes");
  return args[0];
}

/** `bytearray()`, `bytearray(bytes)`, `bytearray(text, "latin-1")`. */
export function makeByteArray(args: readonly unknown[], context: MachineContext): unknown {
  if (args.length === 2) return encodeLatin1(args, context);
  return makeBytes(args, context);
}

/** `complex(re, im)`. */
export function makeComplex(args: readonly unknown[], context: MachineContext): unknown {
  expectArguments(args, [2], "complex", context);
  const [re, im] = args;
  if (typeof re !== "number" || typeof im !== "number")
    throw malformed(context, "complex is called with no two floats");
  return new Complex(re, im);
}

/** `collections.OrderedDict`: a dict, whichever way its items arrive. */
class OrderedDictInstance extends PickleInstance {
  readonly parts: unknown[];
  private readonly dict: Map<unknown, unknown>;

  constructor(dict: Map<unknown, unknown>) {
    super();
    this.dict = dict;
    this.parts = [dict];
  }

  override setItem(key: unknown, value: unknown): void {
    this.dict.set(key, value);
  }

  /** Python gives an instance dictionary; anything in it would be lost. */
  override build(state: unknown, context: MachineContext): void {
    if (!(state instanceof Map) || state.size > 0) throw malformed(context, "an OrderedDict has attributes of its own");
  }

  finish(): unknown {
    return this.parts[0];
  }
}

/** `OrderedDict()` and Python 2's `OrderedDict([[key, value], …])`. */
export function makeOrderedDict(args: readonly unknown[], context: MachineContext): unknown {
  const dict = new Map<unknown, unknown>();
  if (args.length > 0) {
    expectArguments(args, [1], "OrderedDict", context);
    if (!Array.isArray(args[0])) throw malformed(context, "OrderedDict is called with no list of pairs");
    for (const pair of args[0]) {
      const items: readonly unknown[] = pair instanceof Tuple ? pair.items : Array.isArray(pair) ? pair : [];
      if (items.length !== 2) throw malformed(context, "an item of an OrderedDict is no pair");
      const [key, value] = items;
      if (Array.isArray(key) || key instanceof Map) throw malformed(context, "a dict key cannot be hashed");
      dict.set(key instanceof PickleText || key instanceof Python2String ? asText(key, context) : key, value);
    }
  }
  return new OrderedDictInstance(dict);
}

/** A call the user has an emulator for; it is made when its arguments are finished. */
class UserInstance extends PickleInstance {
  readonly parts: unknown[];
  private readonly emulate: (args: readonly unknown[]) => unknown;
  private readonly at: number;

  constructor(args: readonly unknown[], emulate: (args: readonly unknown[]) => unknown, at: number) {
    super();
    this.parts = [...args];
    this.emulate = emulate;
    this.at = at;
  }

  finish(context: FinishContext): unknown {
    try {
      return this.emulate(this.parts);
    } catch (e) {
      const message = e instanceof Error ? e.message : String(e);
      throw new FormatError("FORMAT_MALFORMED", context.format, `an emulator given by the caller failed: ${message}`, {
        offset: this.at,
        cause: e,
      });
    }
  }
}

/** An emulator of the caller's. */
export function callUser(
  emulate: (args: readonly unknown[]) => unknown,
): (args: readonly unknown[], context: MachineContext) => unknown {
  return (args, context) => new UserInstance(args, emulate, context.offset);
}
