import { quoteText, UnsafeContentError } from "@masquerade/core";
import { type MachineContext, malformed, unsafe } from "./decode-context.ts";
import { asText } from "./decode-keys.ts";
import { type EmulatorTable, GlobalToken, globalKey, PickleText, Python2String } from "./decode-values.ts";

/** A name from the file, short enough that the advice behind it is not cut off. */
const shown = (name: string): string => quoteText(quoteText(name, 80), 120);

/** Looks a global up when it is named, not when it is called. Throws UnsafeContentError UNSAFE_GLOBAL for every name not in the table. */
export function resolveGlobal(
  module: string,
  name: string,
  table: EmulatorTable,
  context: MachineContext,
): GlobalToken {
  const emulator = table.get(globalKey(module, name));
  if (emulator === undefined)
    throw new UnsafeContentError(
      "UNSAFE_GLOBAL",
      context.format,
      `the file names ${shown(module)} ${shown(name)}, which is not among the constructors that are known; nothing was run. ` +
        'If it is harmless, give an emulator for it (option "allow")',
      { offset: context.offset, module, global: name },
    );
  return new GlobalToken(module, name, emulator);
}

/** STACK_GLOBAL: module and name are texts from the stack. */
export function stackGlobal(
  module: unknown,
  name: unknown,
  table: EmulatorTable,
  context: MachineContext,
): GlobalToken {
  const isText = (v: unknown): boolean =>
    typeof v === "string" || v instanceof PickleText || v instanceof Python2String;
  if (!isText(module) || !isText(name)) throw malformed(context, "STACK_GLOBAL needs two texts");
  return resolveGlobal(asText(module, context), asText(name, context), table, context);
}

/** REDUCE, OBJ and INST. Throws UnsafeContentError when what is called is not a known global, or is not to be called. */
export function callGlobal(callee: unknown, args: readonly unknown[], context: MachineContext): unknown {
  if (!(callee instanceof GlobalToken))
    throw unsafe(context, "UNSAFE_OBJECT", "the file calls something that is no known global");
  const { reduce } = callee.emulator;
  if (reduce === undefined)
    throw unsafe(
      context,
      "UNSAFE_OBJECT",
      `the file calls ${callee.module} ${callee.name}, which is only known as a name`,
    );
  return reduce(args, context);
}

/** NEWOBJ. */
export function createGlobal(callee: unknown, args: readonly unknown[], context: MachineContext): unknown {
  if (!(callee instanceof GlobalToken))
    throw unsafe(context, "UNSAFE_OBJECT", "the file makes an instance of something that is no known class");
  const { create } = callee.emulator;
  if (create === undefined)
    throw unsafe(
      context,
      "UNSAFE_OBJECT",
      `the file makes an instance of ${callee.module} ${callee.name} by NEWOBJ, which no writer does`,
    );
  return create(args, context);
}
