import { Tuple } from "@masquerade/core";
import { asText, GlobalToken, type MachineContext, malformed, PickleText, Python2String } from "@masquerade/pickle";

/** A Python int (or bool, which Python 2 wrote as 0 and 1) within what JavaScript counts. Throws FormatError. */
export function integer(value: unknown, what: string, context: MachineContext): number {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "bigint") {
    const n = Number(value);
    if (Number.isSafeInteger(n)) return n;
  }
  throw malformed(context, `${what} is no integer that can be counted with`);
}

/** An integer from 0. Throws FormatError. */
export function natural(value: unknown, what: string, context: MachineContext): number {
  const n = integer(value, what, context);
  if (n < 0) throw malformed(context, `${what} is negative (${n})`);
  return n;
}

/** The items of a tuple of one of these lengths. Throws FormatError. */
export function tupleItems(
  value: unknown,
  lengths: readonly number[],
  what: string,
  context: MachineContext,
): readonly unknown[] {
  if (!(value instanceof Tuple) || !lengths.includes(value.items.length))
    throw malformed(context, `${what} is no tuple of ${lengths.join(" or ")}`);
  return value.items;
}

/** A shape: a tuple of sizes (an int stands for a tuple of one). Throws FormatError. */
export function shapeOf(value: unknown, what: string, context: MachineContext): number[] {
  if (typeof value === "bigint") return [natural(value, what, context)];
  if (!(value instanceof Tuple)) throw malformed(context, `${what} is no tuple`);
  if (value.items.length > context.limits.maxDims)
    throw malformed(context, `${what} has ${value.items.length} dimensions, more than ${context.limits.maxDims}`);
  return value.items.map((n) => natural(n, what, context));
}

/** Checks the number of arguments of a call. Throws FormatError. */
export function expectArguments(
  args: readonly unknown[],
  counts: readonly number[],
  name: string,
  context: MachineContext,
): void {
  if (!counts.includes(args.length))
    throw malformed(context, `${name} is called with ${args.length} arguments, not ${counts.join(" or ")}`);
}

/** A text, whatever Python wrote it. Throws FormatError. */
export function textOf(value: unknown, what: string, context: MachineContext): string {
  if (typeof value === "string" || value instanceof PickleText || value instanceof Python2String)
    return asText(value, context);
  if (value instanceof Uint8Array && value.length < 256 && value.every((c) => c < 0x80))
    return String.fromCharCode(...value);
  throw malformed(context, `${what} is no text`);
}

/** A class or function of the table, named by the file. Throws FormatError. */
export function tokenOf(value: unknown, what: string, context: MachineContext): GlobalToken {
  if (value instanceof GlobalToken) return value;
  throw malformed(context, `${what} is no class`);
}
