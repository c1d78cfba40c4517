import { quoteText, type Subclass, UnsafeContentError } from "@masquerade/core";
import { type Emulator, GlobalToken, type MachineContext, malformed } from "@masquerade/pickle";
import { expectArguments, shapeOf, textOf, tokenOf } from "./decode-arguments.ts";
import { ArrayInstance, arrayData, BufferArrayInstance } from "./decode-array.ts";
import { isDType } from "./decode-dtype.ts";
import { MaskedConstantInstance, MaskedInstance } from "./decode-masked.ts";
import { makeByteArray, makeBytes, makeComplex } from "./decode-plain.ts";

/** NumPy classes an ndarray can be reconstructed as, by name; undefined: ndarray itself. */
const ARRAY_CLASSES: ReadonlyMap<string, Subclass | undefined> = new Map<string, Subclass | undefined>([
  ["ndarray", undefined],
  ["matrix", "matrix"],
  ["memmap", "memmap"],
  ["recarray", "recarray"],
  ["chararray", "chararray"],
]);

const MASKED_CLASSES: ReadonlyMap<string, Subclass | undefined> = new Map<string, Subclass | undefined>([
  ["MaskedArray", undefined],
  ["mvoid", "mvoid"],
  ["MaskedRecords", "MaskedRecords"],
]);

function classOf(
  value: unknown,
  classes: ReadonlyMap<string, Subclass | undefined>,
  what: string,
  context: MachineContext,
): Subclass | undefined {
  const { module, name } = tokenOf(value, what, context);
  if (!classes.has(name)) throw malformed(context, `${what} is ${module} ${name}`);
  return classes.get(name);
}

/** The class of an array as the model has it. Throws FormatError for a class arrays are not made of. */
export function arrayClassOf(value: unknown, context: MachineContext): Subclass | undefined {
  return classOf(value, ARRAY_CLASSES, "the class of an array", context);
}

/** Placeholder arguments of the two reconstructing functions: a shape and a type code, both overruled by the state. */
function checkPlaceholders(shape: unknown, code: unknown, context: MachineContext): void {
  shapeOf(shape, "the shape of an empty array", context);
  if (textOf(code, "the type code of an empty array", context) !== "b")
    throw malformed(context, 'the type code of an empty array is "b"');
}

/** `numpy.core.multiarray._reconstruct(class, (0,), b"b")`. */
export function reconstruct(args: readonly unknown[], context: MachineContext): unknown {
  expectArguments(args, [3], "_reconstruct", context);
  const [type, shape, code] = args;
  const subclass = classOf(type, ARRAY_CLASSES, "the class of an array", context);
  if (!isDType(code)) checkPlaceholders(shape, code, context);
  return new ArrayInstance(subclass, context.offset);
}

/** `numpy.ma.core._mareconstruct(class, baseclass, (0,), "b")` and `numpy.ma.mrecords._mrreconstruct`. */
export function reconstructMasked(args: readonly unknown[], context: MachineContext): unknown {
  expectArguments(args, [4], "_mareconstruct", context);
  const [type, base, shape, code] = args;
  const subclass = classOf(type, MASKED_CLASSES, "the class of a masked array", context);
  const baseclass = classOf(base, ARRAY_CLASSES, "the base class of a masked array", context);
  checkPlaceholders(shape, code, context);
  const kind = { subclass, base: baseclass, alwaysC: subclass === "MaskedRecords" };
  return new MaskedInstance(kind, context.offset);
}

/** `numpy.ma.core.MaskedConstant()`. */
export function makeMaskedConstant(args: readonly unknown[], context: MachineContext): unknown {
  expectArguments(args, [0], "MaskedConstant", context);
  return new MaskedConstantInstance();
}

/** `numpy.core.numeric._frombuffer(buffer, dtype, shape, order[, axes])`; order is "C", "F", or "K" with axes (NumPy 2.4). */
export function fromBuffer(args: readonly unknown[], context: MachineContext): unknown {
  expectArguments(args, [4, 5], "_frombuffer", context);
  const [buffer, dtype, shape, letter, permutation] = args;
  if (!isDType(dtype)) throw malformed(context, "the dtype of an array is no dtype");
  const order = textOf(letter, "the order of an array", context);
  if (order !== "C" && order !== "F" && !(order === "K" && args.length === 5))
    throw malformed(context, 'the order of an array is not "C", "F", or "K" with axes');
  const data = arrayData(buffer, context);
  if (Array.isArray(data)) throw malformed(context, "the buffer of an array is a list");
  const dims = shapeOf(shape, "the shape of an array", context);
  const raw = { shape: dims, order: order === "F" ? ("F" as const) : ("C" as const), data, at: context.offset };
  if (order !== "K") {
    if (permutation !== undefined && permutation !== null) throw malformed(context, "axes without the order K");
    return new BufferArrayInstance(raw, dtype, undefined);
  }
  const axes = shapeOf(permutation, "the axes of an array", context);
  if (axes.length !== dims.length || new Set(axes).size !== axes.length || axes.some((a) => a >= dims.length))
    throw malformed(context, `(${axes.join(", ")}) is no permutation of ${dims.length} axes`);
  return new BufferArrayInstance(raw, dtype, axes);
}

/** Whether an instance dictionary holds nothing but numpy.matrix's own scratch flag. */
function isPrivate(attributes: unknown): boolean {
  return attributes instanceof Map && [...attributes.keys()].every((key) => key === "_getitem");
}

/** Builtin types that dill names by `_load_type` instead of by module. */
const BUILTIN_TYPES: ReadonlyMap<string, Emulator> = new Map<string, Emulator>([
  ["bytes", { reduce: makeBytes }],
  ["bytearray", { reduce: makeByteArray }],
  ["complex", { reduce: makeComplex }],
]);

/** `dill._dill._load_type(name)`: a builtin type. Throws UnsafeContentError for all but three. */
export function loadDillType(args: readonly unknown[], context: MachineContext): unknown {
  expectArguments(args, [1], "_load_type", context);
  const name = textOf(args[0], "the name of a type", context);
  const emulator = BUILTIN_TYPES.get(name);
  if (emulator === undefined)
    throw new UnsafeContentError(
      "UNSAFE_GLOBAL",
      context.format,
      `dill is told to load the type ${quoteText(name)}, which no array needs`,
      {
        offset: context.offset,
        module: "dill._dill._load_type",
        global: name,
      },
    );
  return new GlobalToken("builtins", name, emulator);
}

/** `dill._dill._create_array(reconstruct, args, state, attributes)`: what it is told to call must be `_reconstruct`. */
export function createDillArray(args: readonly unknown[], context: MachineContext): unknown {
  expectArguments(args, [3, 4], "_create_array", context);
  const [callee, inner, state, attributes] = args;
  const token = callee instanceof GlobalToken ? callee : undefined;
  if (token?.emulator.reduce !== reconstruct)
    throw malformed(context, "dill's _create_array is told to call something that makes no array");
  if (attributes !== undefined && attributes !== null && !isPrivate(attributes))
    throw malformed(context, "an array has Python attributes of its own, which have no place in an array");
  const items =
    typeof inner === "object" && inner !== null && "items" in inner ? (inner.items as readonly unknown[]) : [];
  const made = reconstruct(items, context) as ArrayInstance;
  made.build(state, context);
  return made;
}
