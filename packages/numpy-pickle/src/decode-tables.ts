import { OptionError, quoteText } from "@masquerade/core";
import { type Emulator, type EmulatorTable, globalKey } from "@masquerade/pickle";
import {
  createDillArray,
  fromBuffer,
  loadDillType,
  makeMaskedConstant,
  reconstruct,
  reconstructMasked,
} from "./decode-calls.ts";
import { makeDType, makeStringDType } from "./decode-dtype.ts";
import { callUser, encodeLatin1, makeByteArray, makeBytes, makeComplex, makeOrderedDict } from "./decode-plain.ts";
import { makePythonArray, reconstructPythonArray } from "./decode-pyarray.ts";
import { makeScalar } from "./decode-scalar.ts";

type Row = readonly [modules: readonly string[], name: string, emulator: Emulator];

/** Known only as the argument of something else. */
const named: Emulator = {};

const multiarray = ["numpy.core.multiarray", "numpy._core.multiarray"];
const numeric = ["numpy.core.numeric", "numpy._core.numeric"];
const ma = ["numpy.ma.core", "numpy.ma"];
const records = ["numpy", "numpy.rec", "numpy.core.records", "numpy._core.records"];
const builtins = ["__builtin__", "builtins"];

const rows: readonly Row[] = [
  [multiarray, "_reconstruct", { reduce: reconstruct }],
  [multiarray, "scalar", { reduce: makeScalar }],
  [numeric, "_frombuffer", { reduce: fromBuffer }],
  [["numpy", ...multiarray], "ndarray", named],
  [["numpy"], "dtype", { reduce: makeDType }],
  [["numpy", "numpy.matrixlib.defmatrix"], "matrix", named],
  [["numpy", "numpy.core.memmap", "numpy._core.memmap"], "memmap", named],
  [records, "recarray", named],
  [records, "record", named],
  [["numpy", "numpy.char", "numpy.core.defchararray", "numpy._core.defchararray"], "chararray", named],
  [ma, "MaskedArray", named],
  [["numpy.ma.core"], "_mareconstruct", { reduce: reconstructMasked }],
  [["numpy.ma.core"], "mvoid", named],
  [["numpy.ma.core"], "MaskedConstant", { reduce: makeMaskedConstant }],
  [["numpy.ma.mrecords"], "MaskedRecords", named],
  [["numpy.ma.mrecords"], "_mrreconstruct", { reduce: reconstructMasked }],
  [["numpy._core._internal"], "_convert_to_stringdtype_kwargs", { reduce: makeStringDType }],
  [["_codecs"], "encode", { reduce: encodeLatin1 }],
  [builtins, "bytes", { reduce: makeBytes }],
  [builtins, "bytearray", { reduce: makeByteArray }],
  [builtins, "complex", { reduce: makeComplex }],
  [["collections"], "OrderedDict", { reduce: makeOrderedDict }],
  [["array"], "array", { reduce: makePythonArray }],
  [["array"], "_array_reconstructor", { reduce: reconstructPythonArray }],
];

function table(given: readonly Row[]): EmulatorTable {
  const made = new Map<string, Emulator>();
  for (const [modules, name, emulator] of given)
    for (const module of modules) made.set(globalKey(module, name), emulator);
  return made;
}

/** What NumPy 1.x and 2.x, Python's own containers and `array.array` need in any pickle. */
export const numpyGlobals: EmulatorTable = /* @__PURE__ */ table(rows);

/** What dill adds: every ndarray goes through `_create_array`. */
export const dillGlobals: EmulatorTable = /* @__PURE__ */ table([
  [["dill._dill"], "_create_array", { reduce: createDillArray }],
  [["dill._dill"], "_load_type", { reduce: loadDillType }],
]);

/** An emulator of the caller's: finished arguments in, a value of the model out. */
export type UserEmulator = (args: readonly unknown[]) => unknown;

/** The caller's own constructors, by "module name", e.g. `{ "decimal Decimal": (args) => String(args[0]) }`. */
export type Allow = Readonly<Record<string, UserEmulator>>;

/** Several tables, and the caller's own emulators, as one. Throws OptionError for a name that is no "module name". */
export function assembleGlobals(tables: readonly EmulatorTable[], allow?: Allow): EmulatorTable {
  const made = new Map<string, Emulator>();
  for (const one of tables) for (const [key, emulator] of one) made.set(key, emulator);
  for (const [name, emulate] of Object.entries(allow ?? {})) {
    const space = name.indexOf(" ");
    if (space <= 0 || space === name.length - 1 || typeof emulate !== "function")
      throw new OptionError(
        "OPTION_INVALID",
        `allow takes "module name" with a function, not "${quoteText(name)}"`,
        "allow",
      );
    made.set(globalKey(name.slice(0, space), name.slice(space + 1)), { reduce: callUser(emulate) });
  }
  return made;
}
