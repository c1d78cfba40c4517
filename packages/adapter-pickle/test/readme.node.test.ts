// The examples in the READMEs of the pickle packages, run as they stand.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";

const packages = join(import.meta.dirname, "../..");
const corpus = join(packages, "../corpus");
const entries: Readonly<Record<string, string>> = {
  "@masquerade/adapter-pickle/codec": "adapter-pickle/src/codec.ts",
  "@masquerade/numpy-pickle": "numpy-pickle/src/index.ts",
  "@masquerade/pickle": "pickle/src/index.ts",
};
const folder = mkdtempSync(join(tmpdir(), "masquerade-readme-"));
const home = process.cwd();
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

test.each(["adapter-pickle", "numpy-pickle", "pickle"])("%s: each example runs and prints", async (name) => {
  copyFileSync(join(corpus, "demo/sst.pkl"), join(folder, "sst.pkl"));
  copyFileSync(join(corpus, "pickle/np2/refused-beside-p4.pkl"), join(folder, "prices.pkl"));
  copyFileSync(join(corpus, "pickle/np2/object-nested-p4.pkl"), join(folder, "objects.pkl"));
  const readme = readFileSync(join(packages, name, "README.md"), "utf8");
  const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] as string);
  expect(examples.length).toBeGreaterThan(0);
  process.chdir(folder);
  for (const [i, code] of examples.entries()) {
    const file = join(folder, `${name}-${i}.ts`);
    const resolve = (_: string, from: string): string =>
      ` from ${JSON.stringify(entries[from] === undefined ? from : join(packages, entries[from]))}`;
    writeFileSync(file, code.replace(/ from "([^"]+)"/g, resolve));
    const printed: unknown[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...values) => void printed.push(...values));
    await import(/* @vite-ignore */ file);
    log.mockRestore();
    expect(printed.length, file).toBeGreaterThan(0);
    expect(printed, file).not.toContain(undefined);
  }
});
