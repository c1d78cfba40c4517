// The validator that is shipped is the schema's, and both say the same about documents that break a rule.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { isSchemaValid } from "./support/schema.ts";

const good = {
  format: "masked-array",
  version: 1,
  dtype: [["a", "<f8", [2]]],
  shape: [1],
  mask: "nulls",
  data: [{ a: [1, null] }],
  hidden: [2],
};

test("src/schema/validator.ts is what scripts/validator.mjs makes of the schema", () => {
  const script = fileURLToPath(new URL("../scripts/validator.mjs", import.meta.url));
  const made = execFileSync(process.execPath, [script, "--print"], { encoding: "utf8" });
  expect(readFileSync(new URL("../src/schema/validator.ts", import.meta.url), "utf8") === made).toBe(true);
});

describe("the published schema", () => {
  test("takes a document", () => {
    expect(isSchemaValid(good)).toBeUndefined();
  });
  test.each<[string, object]>([
    ["format", { format: "npy" }],
    ["version", { version: 2 }],
    ["shape", { shape: [1.5] }],
    ["dtype", { dtype: [["a"]] }],
    ["mask", { mask: "yes" }],
    ["hidden", { hidden: 3 }],
    ["a member nobody knows", { extra: 1 }],
    ["a dtype object without str", { dtype: { layout: "quad" } }],
  ])("refuses another %s", (_, change) => {
    expect(isSchemaValid({ ...good, ...change })).toBeDefined();
  });
});
