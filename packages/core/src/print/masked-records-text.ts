/** `repr` and `str` of numpy.ma.mrecords.MaskedRecords. */
import type { FullMask, MaskedArray } from "../array/masked-array.ts";
import { MaskedArray as Masked } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { DType } from "../dtype/dtype.ts";
import { fieldOf } from "../ops/field.ts";
import { nomask } from "../symbols.ts";
import { eachIndex, scalarStr } from "./array-text.ts";
import { fillStr, maskedStr } from "./masked-text.ts";
import type { Within } from "./python-value.ts";

function fieldsOf(array: MaskedArray): readonly (readonly [name: string, field: MaskedArray])[] {
  const dtype = array.dtype as DType;
  if (dtype.kind !== "struct") return [];
  return dtype.fields.map(({ name }) => {
    const mask = array.mask === nomask ? nomask : (fieldOf(array.mask as NdArray, name) as FullMask);
    return [name, new Masked({ data: fieldOf(array.data as NdArray, name), mask })] as const;
  });
}

/** One element of a field, which is a NumPy scalar unless it is masked. */
function oneStr(one: MaskedArray, within: Within): string {
  const visible = one.mask === nomask || (one.ndim === 0 && one.mask.at() === false);
  return visible && one.ndim === 0 ? scalarStr(one.data as NdArray, within) : maskedStr(one, within);
}

export function maskedRecordsRepr(array: MaskedArray, within: Within): string {
  const fields = fieldsOf(array);
  const width = Math.max(0, ...fields.map(([name]) => name.length)) + 4;
  const lines = fields.map(([name, field]) => `${name.padStart(width)} : ${maskedStr(field, within)}`);
  lines.push(`${"    fill_value".padStart(width)} : ${fillStr(array, within)}`, "              )");
  return ["masked_records(", ...lines].join("\n");
}

export function maskedRecordsStr(array: MaskedArray, within: Within): string {
  const fields = fieldsOf(array).map(([, field]) => field);
  if (array.size <= 1) return `(${fields.map((field) => maskedStr(field, within)).join(", ")})`;
  const rows: string[] = [];
  const length = array.shape[0] ?? 0;
  eachIndex([Array.from({ length }, (_, i) => i)], ([i]) => {
    rows.push(`(${fields.map((field) => oneStr(field.slice([i as number]), within)).join(",")})`);
  });
  return `[${rows.join(", ")}]`;
}
