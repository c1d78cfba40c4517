// The examples in the READMEs of core and of this package, run as they stand.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it, vi } from "vitest";

const packages = fileURLToPath(new URL("../../", import.meta.url));
const sources: Readonly<Record<string, string>> = {
  masquerade: join(packages, "masquerade/src/node/index.ts"),
  "masquerade/pickle": join(packages, "masquerade/src/pickle.ts"),
  "@masquerade/core": join(packages, "core/src/index.ts"),
};
const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "masquerade-readme-"));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const examples = ["masquerade", "core"].flatMap((name) => {
  const text = readFileSync(join(packages, name, "README.md"), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(
    (match, i) => [`${name} ${i + 1}`, match[1] as string] as const,
  );
});

it("finds the examples", () =>
  expect(examples.map(([name]) => name)).toEqual(["masquerade 1", "masquerade 2", "core 1"]));

it.each(examples)(
  "%s runs",
  async (name, code) => {
    const work = join(folder, name.replace(" ", "-"));
    mkdirSync(work);
    copyFileSync(join(packages, "../corpus/demo/sst.pkl"), join(work, "sst.pkl"));
    const file = join(work, "example.ts");
    writeFileSync(
      file,
      code.replace(/ from "([^"]+)"/g, (_, from: string) => ` from ${JSON.stringify(sources[from] ?? from)}`),
    );
    process.chdir(work);
    const printed: unknown[][] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...values) => void printed.push(values));
    await import(/* @vite-ignore */ file);
    log.mockRestore();
    expect(printed.length).toBeGreaterThan(0);
    expect(printed.flat()).not.toContain(undefined);
    if (name === "masquerade 1") expect([printed[0]?.[0], printed.at(-1)]).toEqual([[3, 36, 72], [[5, 10]]]);
    if (name === "masquerade 2") expect(printed[0]?.[0]).toBeGreaterThan(3 * 36 * 72 * 4);
    if (name === "core 1") expect(printed[0]).toEqual([true, [2], true]);
  },
  60_000,
);
