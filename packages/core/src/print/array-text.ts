/** `repr` and `str` of plain arrays (numpy._core.arrayprint). Made to match NumPy 2.4. */
import { type AnyArray, isMaskedArray, type Subclass } from "../array/any.ts";
import { readElement } from "../array/element.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { DType } from "../dtype/dtype.ts";
import { dtypeShortRepr, isImplied, structText } from "./dtype-text.ts";
import { type ElementFormat, elementFormat } from "./element-format.ts";
import { isSummarised, layout, shownIndices, textWidth } from "./layout.ts";
import { maskedRepr, maskedStr } from "./masked-text.ts";
import { type PrintOptions, resolvePrintOptions } from "./options.ts";
import { inside, isRepeated, pythonRepr, pythonStr, type Within } from "./python-value.ts";
import { simpleScalarRepr, simpleScalarText } from "./scalar-text.ts";

/**
 * What Python's `repr` prints for this array, to the character, as of NumPy 2.4: `array([1., 2.])`,
 * `masked_array(data=[1, --], …)`. Throws OptionError for print options that do not exist.
 */
export function repr(array: AnyArray, options?: PrintOptions): string {
  return arrayReprWithin(array, { options: resolvePrintOptions(options), path: [] });
}

/** What Python's `str` and `print` show for this array, as of NumPy 2.4: `[1. 2.]`. Throws OptionError for print options that do not exist. */
export function display(array: AnyArray, options?: PrintOptions): string {
  return arrayStrWithin(array, { options: resolvePrintOptions(options), path: [] });
}

/** The repr of an array that may stand in another value. */
export function arrayReprWithin(array: AnyArray, within: Within): string {
  return isMaskedArray(array) ? maskedRepr(array, within) : arrayRepr(array as NdArray, within);
}

/** The str of an array that may stand in another value. */
export function arrayStrWithin(array: AnyArray, within: Within): string {
  return isMaskedArray(array) ? maskedStr(array, within) : arrayStr(array as NdArray, within);
}

const classNames: { readonly [C in Subclass]?: string } = {
  matrix: "matrix",
  memmap: "memmap",
  chararray: "chararray",
  recarray: "recarray",
};

/** The name of the class in Python; "ndarray" for plain arrays. */
export const classNameOf = (array: NdArray): string =>
  (array.subclass === undefined ? undefined : classNames[array.subclass]) ?? "ndarray";

export const shapeTuple = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;

function arrayRepr(array: NdArray, within: Within): string {
  const { options } = within;
  if (array.subclass === "scalar" && array.ndim === 0) return scalarRepr(array, within);
  if (array.subclass === "recarray") return recarrayRepr(array, within);
  const name = classNameOf(array);
  const prefix = `${name === "ndarray" ? "array" : name}(`;
  const text = elementsText(array, ", ", prefix.length, 1, within);
  const extras: string[] = [];
  const { size, shape, dtype } = array;
  if ((size === 0 && !(shape.length === 1 && shape[0] === 0)) || isSummarised(size, options))
    extras.push(`shape=${shapeTuple(shape)}`);
  if (!isImplied(dtype) || size === 0) extras.push(`dtype=${dtypeShortRepr(dtype)}`);
  if (extras.length === 0) return `${prefix}${text})`;
  const start = `${prefix}${text},`;
  const tail = `${extras.join(", ")})`;
  const lastLine = textWidth(start.slice(start.lastIndexOf("\n") + 1));
  const fits = lastLine + textWidth(tail) + 1 <= options.linewidth;
  return `${start}${fits ? " " : `\n${" ".repeat(prefix.length)}`}${tail}`;
}

function recarrayRepr(array: NdArray, within: Within): string {
  const { dtype } = array;
  const record = dtype.kind !== "struct" || dtype.record;
  const prefix = record && dtype.kind !== "void" ? "rec.array(" : "array(";
  const empty = array.size === 0 && !(array.ndim === 1 && array.shape[0] === 0);
  const text = empty ? `[], shape=${shapeTuple(array.shape)}` : elementsText(array, ", ", prefix.length, 1, within);
  const tail = prefix === "array(" ? ").view(numpy.recarray)" : ")";
  return `${prefix}${text},\n${" ".repeat(prefix.length)}dtype=${recarrayDType(dtype)}${tail}`;
}

/** `repr(dtype)`, without the class numpy.record that rec.array brings by itself. */
function recarrayDType(dtype: DType): string {
  if (dtype.kind === "struct") return structText({ ...dtype, record: false }, true);
  return dtypeShortRepr(dtype).replace(/^'(.*)'$/, "$1");
}

/** `str` of an array: of one without dimensions, that of its element. */
export function arrayStr(array: NdArray, within: Within): string {
  if (array.ndim > 0) return elementsText(array, " ", 0, 0, within);
  // Bytes that are an array's element show their type, bytes that are a scalar do not.
  if (array.dtype.kind === "bytes" && array.subclass !== "scalar") return scalarRepr(array, within);
  return scalarStr(array, within);
}

/** The elements between brackets, as `numpy.array2string` has them. */
export function elementsText(
  array: NdArray,
  separator: string,
  prefix: number,
  suffix: number,
  within: Within,
): string {
  if (array.size === 0) return "[]";
  if (isRepeated(within, array)) return "...";
  const { options } = within;
  const format = arrayFormat(array, inside(within, array));
  const word = (index: readonly number[]): string => format(elementAt(array, index));
  return layout({ shape: array.shape, options, separator, prefix, suffix, word });
}

function elementAt(array: NdArray, index: readonly number[]): unknown {
  let at = array.offset;
  for (let axis = 0; axis < index.length; axis++) at += (index[axis] as number) * (array.strides[axis] as number);
  const value = readElement(array, at);
  return array.subclass === "chararray" ? trimmed(value) : value;
}

/** Elements of a chararray lose their trailing white space, as by Python's `rstrip`. */
function trimmed(value: unknown): unknown {
  if (typeof value === "string") {
    const points = Array.from(value);
    while (points.length > 0 && isPythonSpace(points.at(-1) as string)) points.pop();
    return points.join("");
  }
  const bytes = value as Uint8Array;
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x20 || ((bytes[end - 1] as number) >= 9 && (bytes[end - 1] as number) <= 13)))
    end--;
  return bytes.subarray(0, end);
}

/** JavaScript's white space without U+FEFF, and the information separators and NEL. */
const isPythonSpace = (char: string): boolean =>
  (/\s/u.test(char) && char !== "\ufeff") || (char >= "\u001c" && char <= "\u001f") || char === "\u0085";

function arrayFormat(array: NdArray, within: Within): ElementFormat {
  const { options } = within;
  const summarised = isSummarised(array.size, options);
  const axes = array.shape.map((n) => shownIndices(n, summarised, options.edgeitems));
  const values: unknown[] = [];
  eachIndex(axes, (index) => {
    values.push(elementAt(array, index));
  });
  return elementFormat(array.dtype, values, array.ndim === 0, { scalarFloats: false, within });
}

/** Calls `visit` with each combination of the axes' positions, last axis fastest. The index is the same array each time. */
export function eachIndex(axes: readonly (readonly number[])[], visit: (index: readonly number[]) => void): void {
  if (axes.some((positions) => positions.length === 0)) return;
  const turn = axes.map(() => 0);
  const index = axes.map((positions) => positions[0] as number);
  for (;;) {
    visit(index);
    let axis = axes.length - 1;
    for (; axis >= 0; axis--) {
      const positions = axes[axis] as readonly number[];
      const next = (turn[axis] as number) + 1;
      turn[axis] = next < positions.length ? next : 0;
      index[axis] = positions[turn[axis] as number] as number;
      if (next < positions.length) break;
    }
    if (axis < 0) return;
  }
}

/** `str` of the element of an array without dimensions. */
export function scalarStr(array: NdArray, within: Within): string {
  const value = readElement(array, array.offset);
  const { dtype } = array;
  if (dtype.kind === "struct") return elementFormat(dtype, [value], true, { scalarFloats: true, within })(value);
  if (dtype.kind === "object" || dtype.kind === "string") {
    const held = dtype.kind === "string" && value === null && dtype.naObject ? dtype.naObject.value : value;
    return isRepeated(within, array) ? "..." : pythonStr(held, inside(within, array));
  }
  return simpleScalarText(dtype, value);
}

/** `repr` of the scalar an array without dimensions holds: `np.float32(1.5)`, `np.void((1, 2.5), dtype=[…])`. */
export function scalarRepr(array: NdArray, within: Within): string {
  const { dtype } = array;
  const value = readElement(array, array.offset);
  if (dtype.kind === "object") return pythonRepr(value, within);
  if (dtype.kind !== "struct") return simpleScalarRepr(dtype, value);
  const text = scalarStr(array, within);
  return `np.${dtype.record ? "record" : "void"}(${text}, dtype=${structText({ ...dtype, record: false }, true)})`;
}
