// The examples in the README, run as they stand.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";

const packages = join(import.meta.dirname, "../..");
const entries: Readonly<Record<string, string>> = {
  "@masquerade/adapter-mmappickle": "adapter-mmappickle/src/index.ts",
  "@masquerade/adapter-mmappickle/node": "adapter-mmappickle/src/node/index.ts",
  "@masquerade/core": "core/src/index.ts",
};
const folder = mkdtempSync(join(tmpdir(), "masquerade-readme-"));
const home = process.cwd();
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

test("each example runs and prints what it should", async () => {
  copyFileSync(join(packages, "../corpus/mmappickle/py38-np1.17/masked.mmdpickle"), join(folder, "sea.mmdpickle"));
  const readme = readFileSync(join(packages, "adapter-mmappickle/README.md"), "utf8");
  const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] as string);
  expect(examples.length).toBe(2);
  process.chdir(folder);
  const printed: unknown[][] = [];
  for (const [i, code] of examples.entries()) {
    const file = join(folder, `example${i}.ts`);
    const resolve = (_: string, from: string): string =>
      ` from ${JSON.stringify(entries[from] === undefined ? from : join(packages, entries[from]))}`;
    writeFileSync(file, code.replace(/ from "([^"]+)"/g, resolve));
    const log = vi.spyOn(console, "log").mockImplementation((...values) => void printed.push(values));
    await import(/* @vite-ignore */ file);
    log.mockRestore();
  }
  expect(printed[0]?.[0]).toMatchObject({ names: ["set", "nomask", "false", "fortran"] });
  expect(printed[1]?.[0]).toEqual(["units", "sst", "model"]);
  expect(printed[1]?.[1]).toContain("[1.0, --, 0.0, 0.0]");
});
