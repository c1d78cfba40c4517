import { type AnyArray, type DType, type Field, isMaskedArray, type LazyArray, type Progress } from "@masquerade/core";
import type { Json } from "../json-value.ts";
import { piecesOf } from "../pieces.ts";
import { type Found, type Tally, tallyOf } from "./tally.ts";
import { measures, visibleOf } from "./visible.ts";

/** Elements that are not masked, those that are, and what the visible ones are. Of kinds without an order only what they have. */
export interface Stats extends Found {
  /** Elements that are not masked. Of a record: no field of which is. */
  readonly count: number;
  readonly masked: number;
  /** Visible elements that are NaN or NaT; all that follows leaves them out. */
  readonly nan?: number;
  /** By their fractions, as "0.25". */
  readonly quantiles?: { readonly [fraction: string]: Json };
  /** Of a structured array: its fields. */
  readonly fields?: { readonly [name: string]: Stats };
}

export interface StatsOptions {
  /** Fractions from 0 to 1. Exact: an array too large to be sorted is read again, two or three times in all. */
  readonly quantiles?: readonly number[];
  readonly onProgress?: Progress;
}

/** Fields whose quantiles are found in one pass over the file: each takes memory of its own. */
const FIELDS_AT_ONCE = 16;

/** What is counted: an array, or a field of a structured one by the names that lead to it. */
interface Column {
  readonly path: readonly string[];
  readonly tally: Tally;
  masked: number;
  nan: number;
  size: number;
}

/** Statistics of an array in a file, block by block: memory does not grow with the array. */
export async function statsOf(array: LazyArray, options: StatsOptions = {}): Promise<Stats> {
  const { dtype } = array.header;
  const { quantiles = [] } = options;
  const columns = [...columnsOf(dtype, [], quantiles.length > 0)];
  const groups = quantiles.length === 0 ? [columns] : grouped(columns);
  const report = reporter(array, groups.length, options.onProgress);
  for (const group of groups) {
    await pass(array, group, report, (column, visible) => {
      column.masked += visible.masked;
      column.nan += visible.nan;
      column.tally.add(visible);
    });
    const pending = (): Column[] => group.filter((one) => one.tally.quantiles?.needsPass(quantiles) === true);
    for (let again = pending(); again.length > 0; again = pending()) {
      report.another();
      await pass(array, again, report, (column, visible) => column.tally.quantiles?.addAgain(visible));
    }
  }
  return statsAt(dtype, [], new Map(columns.map((one) => [keyOf(one.path), one])), quantiles);
}

const keyOf = (path: readonly string[]): string => JSON.stringify(path);

function* columnsOf(dtype: DType, path: readonly string[], quantiles: boolean): Generator<Column> {
  const counts = { path, masked: 0, nan: 0, size: 0 };
  yield { ...counts, tally: tallyOf(dtype, quantiles) };
  if (dtype.kind === "struct")
    for (const field of dtype.fields) yield* columnsOf(field.dtype, [...path, field.name], quantiles);
}

function grouped(columns: readonly Column[]): Column[][] {
  const groups: Column[][] = [];
  for (let i = 0; i < columns.length; i += FIELDS_AT_ONCE) groups.push(columns.slice(i, i + FIELDS_AT_ONCE));
  return groups;
}

/** Progress over several passes; how many more there are is not known before. */
function reporter({ header }: LazyArray, groups: number, onProgress: Progress | undefined) {
  const size = header.shape.reduce((n, dim) => n * dim, 1);
  let [passes, done] = [groups, 0];
  return {
    another: () => passes++,
    took: (elements: number) => {
      done += elements;
      onProgress?.(done, size * passes);
    },
  };
}

async function pass(
  array: LazyArray,
  columns: readonly Column[],
  report: ReturnType<typeof reporter>,
  take: (column: Column, visible: ReturnType<typeof visibleOf>) => void,
): Promise<void> {
  for await (const value of piecesOf(array)) {
    for (const column of columns) {
      const part = partOf(value, column.path);
      column.size += part.size;
      take(column, visibleOf(part));
    }
    report.took(value.size);
  }
}

const partOf = (value: AnyArray, path: readonly string[]): AnyArray =>
  path.reduce<AnyArray>((one, name) => (isMaskedArray(one) ? one.field(name) : one.field(name)), value);

function statsAt(
  dtype: DType,
  path: readonly string[],
  columns: ReadonlyMap<string, Column>,
  quantiles: readonly number[],
): Stats {
  const { tally, masked, nan, size } = columns.get(keyOf(path)) as Column;
  const measured = measures[dtype.kind] !== undefined;
  const finder = quantiles.length === 0 ? undefined : tally.quantiles;
  const found = quantiles.map((one): [string, Json] => [String(one), finder?.at(one) ?? null]);
  const fields = dtype.kind === "struct" ? (dtype.fields as readonly Field[]) : undefined;
  return {
    count: measured ? tally.seen + nan : size - masked,
    masked,
    ...(measured && { nan }),
    ...tally.found(),
    ...(finder !== undefined && { quantiles: Object.fromEntries(found) }),
    ...(fields !== undefined && {
      fields: fromEntries(fields.map((one) => [one.name, statsAt(one.dtype, [...path, one.name], columns, quantiles)])),
    }),
  };
}

/** An object of any names ("__proto__" is one like any other). */
function fromEntries(entries: readonly (readonly [string, Stats])[]): { readonly [name: string]: Stats } {
  const out = Object.create(null) as { [name: string]: Stats };
  for (const [name, value] of entries)
    Object.defineProperty(out, name, { value, enumerable: true, configurable: true, writable: true });
  return out;
}
