import { type DType, fieldCount } from "@masquerade/core";
import { indexText } from "../leaves.ts";

/** A column of an ECSV table: one or several neighbouring leaves of the dtype, one value or an array of them in each row. */
export interface TableColumn {
  readonly name: string;
  /** The dtype of each value. */
  readonly dtype: DType;
  /** Shape of the cell: the array's own axes behind the first, then those of a sub-array. */
  readonly shape: readonly number[];
  /** Number of the first leaf, and how many leaves there are. */
  readonly first: number;
  readonly count: number;
}

/** The columns of an array, in the order of the dtype's leaves. Rows are the first axis. At most `most` columns. */
export function columnsOfTable(dtype: DType, shape: readonly number[], most: number): readonly TableColumn[] {
  const behind = shape.slice(1);
  if (dtype.kind !== "struct") return [{ name: "data", dtype, shape: behind, first: 0, count: 1 }];
  const columns: TableColumn[] = [];
  let leaf = 0;
  const walk = (one: DType<"struct">, path: string): void => {
    for (const field of one.fields) {
      const name = path === "" ? field.name : `${path}.${field.name}`;
      const count = fieldCount(field);
      const inner = field.shape ?? [];
      if (field.dtype.kind === "struct") {
        for (let i = 0; i < count && columns.length < most; i++) walk(field.dtype, name + indexText(i, inner));
      } else if (columns.length < most) {
        columns.push({ name, dtype: field.dtype, shape: [...behind, ...inner], first: leaf, count });
        leaf += count;
      }
    }
  };
  walk(dtype, "");
  return columns;
}

/** How many rows an array of this shape has. A 0-d array has one. */
export const rowsOf = (shape: readonly number[]): number => shape[0] ?? 1;

/** How many elements of the array one row has. */
export const acrossOf = (shape: readonly number[]): number => shape.slice(1).reduce((n, dim) => n * dim, 1);
