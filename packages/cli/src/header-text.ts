import { quoteText } from "@masquerade/core";
import type { ArrayJson, FileJson } from "./header-json.ts";
import type { Json } from "./json-value.ts";
import type { Stats } from "./stats/stats.ts";

type Shown = ArrayJson & { readonly stats?: Stats };

/** What `masq inspect` prints for people: a line for each array, its attributes below it. */
export function describeFile(name: string, file: FileJson, format: { readonly title: string }): string {
  const count = file.arrays.length;
  const lines = [`${name}: ${format.title}, ${count === 1 ? "1 array" : `${count} arrays`}`];
  const keys = [...file.arrays, ...(file.unreadable ?? [])].map(({ key }) => key ?? "");
  const width = Math.min(40, Math.max(0, ...keys.map((key) => key.length)));
  for (const array of file.arrays as readonly Shown[]) {
    lines.push(`  ${arrayLine(array, width)}`);
    if (array.stats !== undefined) lines.push(`    ${statsLine(array.stats)}`);
    for (const line of attrLines(array.attrs)) lines.push(`    ${line}`);
  }
  for (const { key, message } of file.unreadable ?? []) lines.push(`  ${key.padEnd(width)}  not read: ${message}`);
  for (const line of attrLines(file.attrs)) lines.push(`  ${line}`);
  return `${lines.map(printable).join("\n")}\n`;
}

function arrayLine(array: Shown, width: number): string {
  const key = array.key === null ? "" : `${array.key.padEnd(width)}  `;
  const shape = `(${array.shape.join(", ")}${array.shape.length === 1 ? "," : ""})`;
  const order = array.order === "F" ? ", Fortran order" : "";
  const fill = !array.masked ? "" : array.fillValue === null ? "" : `, fill value ${text(array.fillValue)}`;
  const dtype = typeof array.dtype === "string" ? array.dtype : JSON.stringify(array.dtype);
  return `${key}${dtype} ${shape}${order}${array.masked ? ", masked" : ""}${fill}`;
}

function statsLine({ count, masked, nan, min, max, mean }: Stats): string {
  const parts = [`count ${count}`, `masked ${masked}`];
  if (nan !== undefined) parts.push(`NaN ${nan}`);
  for (const [name, value] of [
    ["min", min],
    ["max", max],
    ["mean", mean],
  ] as const)
    if (value !== undefined) parts.push(`${name} ${value === null ? "none" : text(value)}`);
  return parts.join(", ");
}

function attrLines(attrs: Json): string[] {
  if (attrs === null || typeof attrs !== "object" || Array.isArray(attrs)) return [];
  return Object.entries(attrs).map(([name, value]) => {
    const shown = JSON.stringify(value);
    return `${name} = ${shown.length > 200 ? `${shown.slice(0, 200)}…` : shown}`;
  });
}

const text = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Names from a file may hold anything; a terminal is told nothing by them. */
const printable = (line: string): string => quoteText(line, Number.POSITIVE_INFINITY);
