import { FormatError, Tuple } from "@masquerade/core";
import { malformed, unsafe } from "./decode-context.ts";
import { createGlobal, stackGlobal } from "./decode-globals.ts";
import type { PickleMachine } from "./decode-machine.ts";
import { longBytes } from "./decode-numbers.ts";
import { NOTHING } from "./decode-stack.ts";
import { globalKey, PickleInstance, PickleSet } from "./decode-values.ts";

/** Executes an opcode of protocols 2 to 5; returns what it pushes, or {@link NOTHING}. */
export function newerOpcode(machine: PickleMachine, code: number): unknown {
  const { reader, stack, offset } = machine;
  switch (code) {
    case 0x80: {
      // PROTO
      const protocol = reader.u8();
      if (protocol > 5)
        throw new FormatError("FORMAT_VERSION", machine.format, `protocol ${protocol} is not known; 0 to 5 are`, {
          offset,
        });
      machine.protocol = Math.max(machine.protocol, protocol);
      return NOTHING;
    }
    case 0x81: {
      // NEWOBJ
      const args = stack.peek(0, offset);
      const callee = stack.peek(1, offset);
      if (!(args instanceof Tuple)) throw malformed(machine, "the arguments of NEWOBJ are no tuple");
      const made = createGlobal(callee, args.items, machine);
      stack.drop(2);
      return made;
    }
    case 0x85: // TUPLE1
      return tuple(machine, 1);
    case 0x86: // TUPLE2
      return tuple(machine, 2);
    case 0x87: // TUPLE3
      return tuple(machine, 3);
    case 0x88: // NEWTRUE
      return true;
    case 0x89: // NEWFALSE
      return false;
    case 0x8a: // LONG1
      return longBytes(reader.take(reader.u8()), machine);
    case 0x8b: {
      // LONG4
      const n = reader.i32();
      if (n < 0) throw malformed(machine, `an integer of ${n} bytes`);
      return longBytes(reader.take(n), machine);
    }
    case 0x42: // BINBYTES
      return machine.keep(reader.payload(reader.u32()));
    case 0x43: // SHORT_BINBYTES
      return machine.keep(reader.payload(reader.u8()));
    case 0x8c: // SHORT_BINUNICODE
      return machine.utf8(reader.u8());
    case 0x8d: // BINUNICODE8
      return machine.text(reader.payload(reader.length64()), "utf-8");
    case 0x8e: // BINBYTES8
    case 0x96: // BYTEARRAY8
      return machine.keep(reader.payload(reader.length64()));
    case 0x8f: // EMPTY_SET
      return newSet(machine, "set", []);
    case 0x90: {
      // ADDITEMS
      const items = stack.popMark(offset);
      const set = stack.peek(0, offset);
      if (set instanceof PickleInstance && set.append !== undefined) set.append(items, machine);
      else if (set instanceof PickleSet) for (const item of items) set.items.push(item);
      else throw malformed(machine, "ADDITEMS needs a set");
      return NOTHING;
    }
    case 0x91: // FROZENSET
      return newSet(machine, "frozenset", stack.popMark(offset));
    case 0x93: {
      // STACK_GLOBAL
      const token = stackGlobal(stack.peek(1, offset), stack.peek(0, offset), machine.globals, machine);
      stack.drop(2);
      return token;
    }
    case 0x94: // MEMOIZE
      stack.remember(stack.memo.size, offset);
      return NOTHING;
    case 0x95: {
      // FRAME
      const n = reader.length64();
      if (n > reader.remaining)
        throw new FormatError(
          "FORMAT_TRUNCATED",
          machine.format,
          `a frame of ${n} bytes, ${reader.remaining} are left`,
          { offset },
        );
      return NOTHING;
    }
    case 0x97: {
      // NEXT_BUFFER
      const next = machine.buffers?.next();
      if (next === undefined || next.done === true)
        throw malformed(machine, "the pickle has buffers beside it that were not given (option buffers)");
      return next.value;
    }
    case 0x98: // READONLY_BUFFER
      if (!mayBeBuffer(stack.peek(0, offset))) throw malformed(machine, "a read-only view of what is no buffer");
      return NOTHING;
    default:
      throw refused(machine, code);
  }
}

function refused(machine: PickleMachine, code: number): Error {
  if (code === 0x50 || code === 0x51)
    return unsafe(machine, "UNSAFE_OPCODE", "the file refers to an object outside of it (PERSID)");
  if (code >= 0x82 && code <= 0x84)
    return unsafe(machine, "UNSAFE_OPCODE", "the file uses the extension registry of the program that wrote it (EXT)");
  if (code === 0x92)
    return unsafe(
      machine,
      "UNSAFE_OPCODE",
      "the file makes an instance with keywords (NEWOBJ_EX), which no array needs",
    );
  return malformed(machine, `0x${code.toString(16).padStart(2, "0")} is no pickle opcode`);
}

/** The last `n` items as a tuple. */
function tuple(machine: PickleMachine, n: number): Tuple {
  const items: unknown[] = [];
  for (let i = n - 1; i >= 0; i--) items.push(machine.stack.peek(i, machine.offset));
  machine.stack.drop(n);
  return new Tuple(items as never);
}

/** Bytes, or what stands for them until they are read; no other plain value and no object under construction. */
function mayBeBuffer(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return !(Array.isArray(value) || value instanceof Map || value instanceof Tuple || value instanceof PickleInstance);
}

/** A set as the table of names makes it, where it does; else one that the model will refuse. */
function newSet(machine: PickleMachine, name: "set" | "frozenset", items: unknown[]): unknown {
  const { create } = machine.globals.get(globalKey("builtins", name)) ?? {};
  return create === undefined ? new PickleSet(items) : create([], machine);
}
