import { readFileSync } from "node:fs";
import * as core from "@masquerade/core";
import { expect, it } from "vitest";

const page = readFileSync(new URL("../guide/numpy-ma.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| (`.*) \| (`.*) \|$/gm)].map((row) => [row[1] as string, row[2] as string] as const);
const names = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((found) => found[1] as string);

it("every name on the right is one of ours", () => {
  const array = core.maskedArray([1, 2]);
  const options = new Set(["rtol", "atol", "equalNaN", "hidden"]);
  for (const [, ours] of rows)
    for (const name of names(ours)) {
      if (options.has(name)) continue;
      const there = name.startsWith(".") ? name.slice(1) in array : name in core;
      expect(there, name).toBe(true);
    }
  expect(rows.length).toBeGreaterThan(20);
});

it("a name on the left that is ours in camelCase stands beside it", () => {
  for (const [theirs, ours] of rows)
    for (const name of names(theirs)) {
      const camel = name.replace(/_(\w)/g, (_, c: string) => c.toUpperCase());
      if (camel in core && !["array", "variance"].includes(camel)) expect(names(ours), name).toContain(camel);
    }
});
