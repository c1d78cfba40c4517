import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { newAdapter } from "../src/scaffold/index.ts";

const example = fileURLToPath(new URL("../../../examples/adapter-tiny/", import.meta.url));

const paths = readdirSync(example, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
  .map((entry) => join(entry.parentPath, entry.name).slice(example.length))
  .sort();

/** The module that holds the example's files. */
function rendered(): string {
  const entries = paths.map(
    (path) => `  ${JSON.stringify(path)}: ${JSON.stringify(readFileSync(join(example, path), "utf8"))},`,
  );
  return `// Made from examples/adapter-tiny by the test of this package (vitest -u); edit the files there.\n// biome-ignore-all format: one file a line.\n// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the files hold templates.\n\n/** Paths in the package, and what is there. */\nexport const files: Readonly<Record<string, string>> = {\n${entries.join("\n")}\n};\n`;
}

describe("a new adapter", () => {
  it("begins as the example of the tutorial (vitest -u takes the example over)", async () => {
    await expect(rendered()).toMatchFileSnapshot("../src/scaffold/files.ts");
    expect([...newAdapter("tiny")]).toEqual(paths.map((path) => [path, readFileSync(join(example, path), "utf8")]));
  });

  it("is complete in less than a hundred lines of code", () => {
    const code = paths
      .filter((path) => path.startsWith("src/"))
      .flatMap((path) => readFileSync(join(example, path), "utf8").split("\n"));
    expect(code.filter((line) => !/^\s*(\/\/|\/\*\*.*\*\/$|$)/.test(line)).length).toBeLessThan(100);
  });

  it("has nothing left of the example's name", () => {
    for (const name of ["sea-ice", "class"])
      for (const [path, text] of newAdapter(name)) expect(text, path).not.toMatch(/tiny/i);
  });

  it("has a name that can be an id", () => {
    for (const name of ["", "Tiny", "1a", "a b", "../x", "a".repeat(65)])
      expect(() => newAdapter(name)).toThrow(/lower case letters, digits and dashes/);
  });
});
