// What NumPy prints, replayed: corpus/repr holds arrays with the text of their repr and str, by NumPy 2.4.
import { readdirSync, readFileSync } from "node:fs";
import { display, repr } from "@masquerade/core";
import { describe, expect, it } from "vitest";
import { arrayOf, type Case } from "./table.ts";

const folder = new URL("../../../../corpus/repr/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "scalars.json");
const cases = new Map(
  files.map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), "utf8")).cases as Case[]] as const),
);

describe("NumPy's text", () => {
  it("there are thousands of arrays", () => {
    let count = 0;
    for (const list of cases.values()) count += list.length;
    expect(count).toBeGreaterThan(3000);
  });

  it.each([...cases])("%s", { timeout: 60_000 }, (_, list) => {
    const wrong: unknown[] = [];
    for (const { a, o, ...want } of list) {
      const array = arrayOf(a);
      const got = { repr: repr(array, o), str: display(array, o) };
      if (got.repr !== want.repr || got.str !== want.str) wrong.push({ want, got, o });
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });
});
