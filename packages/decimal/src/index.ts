/** Rows of numbers as decimals, exact and shortest, printed and read by WebAssembly kernels where there is WebAssembly. */
export { expectedLength, type LengthOf } from "./expect.ts";
export { type Kernel, kernel, withoutKernel } from "./kernel.ts";
export {
  AXIS_ROWS,
  type KernelKind,
  kernelKinds,
  MISSING,
  MISSING_ROOM,
  MOST_AXES,
  PARSE_ELEMENTS,
  PARSE_MASK,
  PARSE_ROOM,
  PARSE_TEXT,
  PARSE_VALUES,
  PRINT_ELEMENTS,
  PRINT_LIMIT,
  PRINT_MASK,
  PRINT_TEXT,
  PRINT_VALUES,
  SEPARATOR_ROOM,
  SEPARATOR_TEXT,
  SEPARATORS,
  word,
} from "./memory.ts";
export { parseTable, printTable, type TableShape, type TableText } from "./table.ts";
