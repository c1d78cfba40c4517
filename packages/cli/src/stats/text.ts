import { quoteText } from "@masquerade/core";
import type { Json } from "../json-value.ts";
import type { Stats } from "./stats.ts";

/** One array of `masq stats`. */
export interface ArrayStats {
  readonly key: string | null;
  readonly dtype: Json;
  readonly shape: readonly number[];
  readonly stats: Stats;
}

/** A table: a line for each array, and for each field of a structured one below it. */
export function statsTable(arrays: readonly ArrayStats[]): string {
  const rows = arrays.flatMap((one) => rowsOf(one.key ?? "", one.dtype, one.stats, 0));
  const names = [...new Set(rows.flatMap((row) => [...row.cells.keys()]))];
  const labels = names.map((name) => name);
  const table = [["", ...labels], ...rows.map((row) => [row.label, ...names.map((name) => row.cells.get(name) ?? "")])];
  const widths = table[0]?.map((_, i) => Math.max(...table.map((row) => (row[i] as string).length))) ?? [];
  return table
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[i] as number))),
    )
    .map((row) => `${(widths[0] === 0 ? row.slice(1) : row).join("  ").trimEnd()}\n`)
    .join("");
}

interface Row {
  readonly label: string;
  readonly cells: ReadonlyMap<string, string>;
}

function rowsOf(label: string, dtype: Json, stats: Stats, depth: number): Row[] {
  const { fields, quantiles, ...own } = stats;
  const cells = new Map<string, string>();
  if (typeof dtype === "string") cells.set("dtype", dtype);
  const { count, masked, nan, min, max, mean, std } = own;
  for (const [name, value] of Object.entries({ count, masked, NaN: nan, mean, std, min }))
    if (value !== undefined) cells.set(name, cellText(value));
  for (const [fraction, value] of Object.entries(quantiles ?? {})) cells.set(percent(fraction), cellText(value));
  if (max !== undefined) cells.set("max", cellText(max));
  const row = { label: quoteText(`${"  ".repeat(depth)}${label}`, 60), cells };
  const inner = Object.entries(fields ?? {}).flatMap(([name, one]) => rowsOf(name, null, one, depth + 1));
  return [row, ...inner];
}

/** 0.25 as 25%. */
const percent = (fraction: string): string => `${Number((Number(fraction) * 100).toPrecision(12))}%`;

/** Numbers that are no integers in six digits, as people read them; `--json` has all of them. */
export function cellText(value: Json): string {
  if (value === null) return "-";
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  if (Array.isArray(value)) return `(${value.map(cellText).join(", ")})`;
  return typeof value === "string" ? quoteText(value, 60) : JSON.stringify(value);
}
