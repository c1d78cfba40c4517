/** `repr` and `str` of masked arrays (numpy.ma.core). Made to match NumPy 2.4. */
import { readElement } from "../array/element.ts";
import type { FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { type DType, type Field, sameDType } from "../dtype/dtype.ts";
import { defaultFillValue } from "../ops/fill.ts";
import { nomask } from "../symbols.ts";
import { arrayStr, classNameOf, elementsText, scalarRepr, scalarStr } from "./array-text.ts";
import { dtypeShortRepr, isImplied } from "./dtype-text.ts";
import { recordText, subarrayFormat } from "./element-format.ts";
import { layout } from "./layout.ts";
import { maskedRecordsRepr, maskedRecordsStr } from "./masked-records-text.ts";
import { elementAsObject, elementAsObjectStr } from "./object-text.ts";
import { bytesRepr, textRepr } from "./python-text.ts";
import { inside, type Within } from "./python-value.ts";

/** What stands for a masked element. */
export const MASKED_TEXT = "--";

/** Elements along an axis beyond which the middle is left out before anything else, with one and with more dimensions. */
const LONGEST_1D = 1500;
const LONGEST = 100;

export function maskedRepr(array: MaskedArray, within: Within): string {
  if (array.subclass === "MaskedConstant") return "masked";
  if (array.subclass === "mvoid") return maskedStr(array, within);
  if (array.subclass === "MaskedRecords") return maskedRecordsRepr(array, within);
  const base = classNameOf(array.data);
  const name = array.subclass === "masked_matrix" ? "matrix" : base === "ndarray" ? "array" : base;
  const { dtype } = array;
  const dtypeNeeded = !isImplied(dtype as DType) || array.size === 0 || isAllMasked(array);
  const keys = dtypeNeeded ? ["data", "mask", "fill_value", "dtype"] : ["data", "mask", "fill_value"];
  const oneRow = array.shape.slice(0, -1).every((n) => n === 1);
  const prefix = `masked_${name}(`;
  const indents = keys.map((key, i) => {
    if (!oneRow) return "  ";
    return i === 0 ? prefix : " ".repeat(Math.max(2, prefix.length + 4 - key.length));
  });
  const column = (i: number): number => (indents[i] as string).length + (keys[i] as string).length + 1;
  const texts = [
    dataText(array, ", ", column(0), 1, within),
    array.mask === nomask ? "False" : elementsText(array.mask as NdArray, ", ", column(1), 1, within),
    fillText(array, within),
    dtypeShortRepr(dtype as DType),
  ];
  const lines = keys.map((key, i) => `${indents[i]}${key}=${texts[i]}`);
  return `${oneRow ? "" : `${prefix}\n`}${lines.join(",\n")})`;
}

export function maskedStr(array: MaskedArray, within: Within): string {
  if (array.subclass === "MaskedConstant") return MASKED_TEXT;
  if (array.subclass === "MaskedRecords") return maskedRecordsStr(array, within);
  if (array.mask === nomask) return arrayStr(array.data as NdArray, within);
  if (array.ndim > 0) return dataText(array, " ", 0, 0, within);
  return scalarText(array, array.mask, within);
}

/** `str` of a masked array without dimensions: of the Python object its element is. */
function scalarText(array: MaskedArray, mask: FullMask, within: Within): string {
  const { dtype } = array.data as NdArray;
  const value = readElement(array.data as NdArray, array.data.offset);
  const hidden = readElement(mask as NdArray, mask.offset);
  if (dtype.kind === "struct") return cellFormat(dtype, within)(value, hidden);
  return hidden === true ? MASKED_TEXT : elementAsObjectStr(dtype, value, inside(within, array));
}

const isAllMasked = (array: MaskedArray): boolean => {
  if (array.mask === nomask || array.mask.dtype.kind !== "bool") return false;
  return (array.mask.toC() as Uint8Array).every((hidden) => hidden !== 0);
};

/** The elements, those that are masked as "--": converted to Python objects, unless there is no mask. */
function dataText(array: MaskedArray, separator: string, prefix: number, suffix: number, within: Within): string {
  const data = array.data as NdArray;
  const { mask } = array;
  if (mask === nomask) return elementsText(data, separator, prefix, suffix, within);
  if (array.size === 0) return "[]";
  const most = array.ndim > 1 ? LONGEST : LONGEST_1D;
  const half = Math.floor(most / 2);
  const shape = data.shape.map((n) => (n > most ? 2 * half : n));
  const { options } = within;
  const format = cellFormat(data.dtype, inside(within, array));
  const word = (index: readonly number[]): string => {
    let at = data.offset;
    let maskAt = mask.offset;
    for (let axis = 0; axis < index.length; axis++) {
      const i = index[axis] as number;
      const n = data.shape[axis] as number;
      const from = n > most && i >= half ? n - 2 * half + i : i;
      at += from * (data.strides[axis] as number);
      maskAt += from * (mask.strides[axis] as number);
    }
    return format(readElement(data, at), readElement(mask as NdArray, maskAt));
  };
  return layout({ shape, options, separator, prefix, suffix, word });
}

/** Writes an element given its mask: true or false, or a record of such. */
type CellFormat = (value: unknown, hidden: unknown) => string;

function cellFormat(dtype: DType, within: Within): CellFormat {
  if (dtype.kind !== "struct")
    return (value, hidden) => (hidden === true ? MASKED_TEXT : elementAsObject(dtype, value, within));
  const fields = dtype.fields.map((field) => ({ name: field.name, format: fieldFormat(field, within) }));
  return (value, hidden) =>
    recordText(
      fields.map(({ name, format }) =>
        format((value as Record<string, unknown>)[name], (hidden as Record<string, unknown>)[name]),
      ),
    );
}

function fieldFormat(field: Field, within: Within): CellFormat {
  const one = cellFormat(field.dtype, within);
  if (field.shape.length === 0) return one;
  const list = subarrayFormat(field, (pair) => one(...(pair as [unknown, unknown])), within.options);
  return (value, hidden) => list(paired(value, hidden, field.shape.length));
}

/** Two nested lists of a known depth made one of pairs. */
function paired(value: unknown, hidden: unknown, depth: number): unknown {
  if (depth === 0) return [value, hidden];
  return (value as unknown[]).map((item, i) => paired(item, (hidden as unknown[])[i], depth - 1));
}

/** Whether NumPy takes the dtypes for equal: the class of records and metadata do not count. */
function equalDTypes(a: DType, b: DType): boolean {
  if (a.kind === "struct" && b.kind === "struct")
    return sameDType({ ...a, record: false, aligned: false }, { ...b, record: false, aligned: false });
  return sameDType(a, b);
}

function fillText(array: MaskedArray, within: Within): string {
  const fill = array.fillValue ?? defaultFillValue(array.dtype as DType);
  const { kind } = fill.dtype;
  if (kind === array.dtype.kind && (kind === "bytes" || kind === "str")) {
    const value = fill.at();
    return kind === "bytes" ? bytesRepr(value as Uint8Array) : textRepr(value as string);
  }
  if (kind !== "object" && equalDTypes(fill.dtype, array.dtype as DType)) return scalarStr(fill, within);
  return scalarRepr(fill, within);
}

/** `str(array.fill_value)`. */
export const fillStr = (array: MaskedArray, within: Within): string =>
  scalarStr(array.fillValue ?? defaultFillValue(array.dtype as DType), within);
