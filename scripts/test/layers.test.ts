import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { breaches } from "../layers.mjs";

const folders = ["core", "adapter-a", "adapter-b", "masquerade"];
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "masquerade-"));
  put("package.json", JSON.stringify({ devDependencies: { vitest: "*" } }));
  put("tsconfig.json", JSON.stringify({ references: folders.map((name) => ({ path: `packages/${name}` })) }));
  pkg("core", {}, { "src/index.ts": "export const one: number = 1;", "src/node/index.ts": 'import "node:fs";' });
  pkg(
    "adapter-a",
    { "@masquerade/core": "*", fast: "*" },
    {
      "src/index.ts":
        'export { a } from "./format.ts"; import type { Codec } from "./codec.ts"; export type C = Codec;',
      "src/format.ts":
        'import { one } from "@masquerade/core"; export const a = { one, codec: () => import("./codec.ts") };',
      "src/codec.ts": 'import { zip } from "fast"; export const codec = zip; export interface Codec {}',
      "test/a.test.ts": 'import { test } from "vitest"; import { a } from "@masquerade/adapter-a";',
    },
  );
  pkg("adapter-b", { "@masquerade/core": "*" }, { "src/index.ts": 'export { one as b } from "@masquerade/core";' });
  pkg(
    "masquerade",
    { "@masquerade/adapter-a": "*", "@masquerade/adapter-b": "*" },
    { "src/index.ts": 'export { a } from "@masquerade/adapter-a"; export { b } from "@masquerade/adapter-b";' },
  );
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function pkg(folder: string, dependencies: Record<string, string>, files: Record<string, string>): void {
  const name = folder === "masquerade" ? folder : `@masquerade/${folder}`;
  const exports = {
    ".": { "@masquerade/source": "./src/index.ts" },
    "./node": { "@masquerade/source": "./src/node/index.ts" },
  };
  put(`packages/${folder}/package.json`, JSON.stringify({ name, exports, files: ["src"], dependencies }));
  const references = Object.keys(dependencies).map((one) => ({ path: `../${one.replace("@masquerade/", "")}` }));
  put(`packages/${folder}/tsconfig.json`, JSON.stringify({ references }));
  for (const [path, text] of Object.entries(files)) put(`packages/${folder}/${path}`, text);
}

test("packages that keep to their layers pass", () => {
  expect(breaches(root)).toEqual([]);
});

const core = '{"name":"@masquerade/core","dependencies":{"left-pad":"*"}}';
const withA = (a: string): string => `{"name":"@masquerade/adapter-b","dependencies":{"@masquerade/core":"*",${a}}}`;
const useCore = 'import { one } from "@masquerade/core"; export { one };';

test.each<[string, string, string, string]>([
  ["an upward import", "packages/core/src/x.ts", 'import "@masquerade/adapter-a";', "core may not import adapter-a"],
  ["a type counts", "packages/core/src/x.ts", 'import type { a } from "masquerade";', "core may not import masquerade"],
  ["node: in portable code", "packages/core/src/x.ts", 'import "node:fs";', 'x.ts:1: "node:fs" belongs in src/node/'],
  ["node: by import()", "packages/core/src/x.ts", '\n\nimport("node:fs");', 'x.ts:3: "node:fs" belongs in src/node/'],
  ["src/node from portable code", "packages/core/src/x.ts", 'import "./node/index.ts";', "is for Node"],
  ["a dependency of core", "packages/core/package.json", core, "core may not depend on left-pad"],
  [
    "adapter to adapter",
    "packages/adapter-b/src/x.ts",
    'import "@masquerade/adapter-a";',
    "adapter-b may not import adapter-a",
  ],
  [
    "adapter to adapter, declared",
    "packages/adapter-b/package.json",
    withA('"@masquerade/adapter-a":"*"'),
    "adapter-b may not depend on adapter-a",
  ],
  ["undeclared", "packages/adapter-b/src/x.ts", 'import "slow";', '"slow" is not declared'],
  ["declared and unused", "packages/adapter-b/package.json", withA('"slow":"*"'), "slow is declared and not imported"],
  [
    "undeclared in a test",
    "packages/adapter-b/test/x.test.ts",
    'import "slow";',
    '"slow" is not declared in the devDependencies',
  ],
  ["by path into a sister", "packages/adapter-b/src/x.ts", 'import "../../core/src/index.ts";', "leaves the package"],
  ["a sister's insides", "packages/adapter-b/src/x.ts", 'import "@masquerade/core/src/x.ts";', "is not an export of"],
  ["an unnamed import()", "packages/core/src/x.ts", "import(String(1));", "cannot be checked"],
  ["a codec at import", "packages/adapter-a/src/index.ts", `${useCore} export * from "./codec.ts";`, "loads a codec"],
  ["a library at import", "packages/adapter-a/src/format.ts", `${useCore} import "fast";`, "loads fast"],
  ["a package the build forgets", "tsconfig.json", '{"references":[]}', "packages/core is not in the references"],
  ["a reference forgotten", "packages/adapter-b/tsconfig.json", "{}", "no reference to ../core"],
  [
    "a folder npm would leave out",
    "packages/core/package.json",
    '{"name":"@masquerade/core","exports":{".":"./dist/index.js"}}',
    'dist is used and not in "files"',
  ],
  ["a package without a layer", "packages/other/package.json", "{}", "packages/other: no row"],
])("catches %s", (_, path, text, message) => {
  put(path, text);
  expect(breaches(root)).toContainEqual(expect.stringContaining(message));
});

test("what an adapter loads too early is the umbrella's breach as well", () => {
  put("packages/adapter-a/src/format.ts", `${useCore} import "fast"; export const a = 1;`);
  expect(
    breaches(root)
      .filter((line) => line.includes("loads fast"))
      .map((line) => line.split(":")[0]),
  ).toEqual(["packages/adapter-a", "packages/masquerade"]);
});

test("comments and strings are no imports", () => {
  put("packages/core/src/x.ts", `// import "node:fs"\nexport const s: string = 'import "node:fs"';`);
  expect(breaches(root)).toEqual([]);
});

test("circles through devDependencies are caught", () => {
  put(
    "packages/core/package.json",
    JSON.stringify({
      name: "@masquerade/core",
      devDependencies: { "@masquerade/adapter-b": "*" },
      exports: { ".": {} },
    }),
  );
  put("packages/core/test/x.test.ts", 'import "@masquerade/adapter-b";');
  expect(breaches(root)).toContainEqual(
    expect.stringMatching(/circle.*(core > adapter-b > core|adapter-b > core > adapter-b)/),
  );
});
