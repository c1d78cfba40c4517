// The examples of the READMEs (the root's, and every package's), as a newcomer has them: code blocks marked "ts run" are compiled with the
// strict settings of this repository and run in an empty folder that has the corpus in it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, corpus, root, start } from "./support/masq.ts";

const readmes = ["README.md", ...readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`)];
const examples = readmes
  .filter((file) => existsSync(join(root, file)))
  .flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return [...text.matchAll(/^```ts run\n(.*?)^```$/gms)].map((match, i) => ({ file, i, code: match[1] as string }));
  });

// Inside the repository, so that packages are found as they are from a file in the clone.
const folder = join(root, "reports", `readme-${process.pid}`);
const nameOf = ({ file, i }: (typeof examples)[number]): string => `${file.replace(/\W/g, "-")}-${i}`;

beforeAll(async () => {
  build();
  mkdirSync(folder, { recursive: true });
  const tsconfig = {
    extends: join(root, "tsconfig.tests.json"),
    compilerOptions: {
      rootDir: folder,
      outDir: folder,
      noEmit: false,
      customConditions: [],
      rewriteRelativeImportExtensions: false,
    },
    include: [join(folder, "*.mts")],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  for (const example of examples) writeFileSync(join(folder, `${nameOf(example)}.mts`), example.code);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { code, out } = await start(process.execPath, [tsc, "--project", folder]);
  expect(out).toBe("");
  expect(code).toBe(0);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("examples", () => {
  it("are there", () => expect(examples.map((example) => example.file)).toContain("README.md"));

  it.each(examples)("$file, example $i", async (example) => {
    const work = join(folder, nameOf(example));
    mkdirSync(work);
    symlinkSync(join(root, "corpus"), join(work, "corpus"));
    const { code, out, err } = await start(process.execPath, [join(folder, `${nameOf(example)}.mjs`)], { cwd: work });
    expect([code, err]).toEqual([0, ""]);
    expect(out).not.toBe("");
    if (example.file === "README.md")
      expect(out).toMatch(/^\[ 3, 36, 72 \] true -999\n\[\]\nhdf5 \[\] \d+\n\[ 10, 72 \]\n$/);
  });
});

describe("the root README", () => {
  const text = readFileSync(join(root, "README.md"), "utf8");

  it("shows the picture that the demo draws", async () => {
    const { out } = await start(process.execPath, [join(root, "scripts/demo.mjs")]);
    const [, picture] = /^```text\n(.*?)^```$/ms.exec(text) ?? [];
    const drawn = out.split("\n").map((line) => line.trimEnd());
    const lines = (picture as string).trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(8);
    expect(drawn.join("\n")).toContain(lines.join("\n"));
  });

  it("says of every format that there is one", async () => {
    const { out } = await start(process.execPath, [join(root, "packages/cli/bin/masq.js"), "formats", "--json"]);
    const ids = (JSON.parse(out) as { id: string }[]).map((format) => format.id);
    for (const id of ids) expect(text).toContain(`| \`${id}\` |`);
  });

  it("links to files that exist", () => {
    for (const file of readmes.filter((name) => existsSync(join(root, name))))
      for (const [, target] of readFileSync(join(root, file), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g))
        expect(existsSync(join(root, file, "..", target as string)), `${file}: ${target}`).toBe(true);
  });

  it("names a corpus file that is there", () => expect(existsSync(corpus("demo/sst.pkl"))).toBe(true));
});
