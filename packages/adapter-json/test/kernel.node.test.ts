// The kernels that are shipped are what their source compiles to.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("src/kernel/module.ts is what scripts/kernel.mjs makes of kernel/", () => {
  const script = fileURLToPath(new URL("../scripts/kernel.mjs", import.meta.url));
  const made = execFileSync(process.execPath, [script, "--print"], { encoding: "utf8" });
  expect(readFileSync(new URL("../src/kernel/module.ts", import.meta.url), "utf8") === made).toBe(true);
});
