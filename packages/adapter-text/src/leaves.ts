import { type DType, fieldCount } from "@masquerade/core";

/** One column of a table: a value of a record that has no fields of its own, or the array itself. */
export interface Leaf {
  /** `pos.z`, `m[0][1]`; "" for arrays of a simple dtype. */
  readonly name: string;
  readonly dtype: DType;
  /** Byte offset in the record. */
  readonly offset: number;
}

/** The columns of a dtype, in NumPy's order: fields one after another, sub-arrays element by element. At most `most` of them. */
export function leavesOf(dtype: DType, most: number = Number.POSITIVE_INFINITY, name = "", offset = 0): Leaf[] {
  if (dtype.kind !== "struct") return [{ name, dtype, offset }];
  const leaves: Leaf[] = [];
  for (const field of dtype.fields) {
    const count = fieldCount(field);
    for (let i = 0; i < count; i++) {
      const path = `${name === "" ? "" : `${name}.`}${field.name}${indexText(i, field.shape)}`;
      for (const leaf of leavesOf(field.dtype, most, path, offset + field.offset + i * field.dtype.itemsize)) {
        leaves.push(leaf);
        if (leaves.length > most) return leaves;
      }
    }
  }
  return leaves;
}

/** `[0][1]`: the index of element `n` of a sub-array. */
export function indexText(n: number, shape: readonly number[]): string {
  let text = "";
  let rest = n;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const dim = shape[axis] as number;
    text = `[${rest % dim}]${text}`;
    rest = Math.floor(rest / dim);
  }
  return text;
}
