// What the Vitest configurations share: where the packages are, how they find each other's source, the seed.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";

export const root: string = dirname(fileURLToPath(import.meta.url));

/** Every folder of packages/ that holds a package: a new one is found without being named here. */
export const packages: readonly string[] = readdirSync(join(root, "packages"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

/** Sister packages resolve to their sources, so that tests need no build. The rest are Vite's own, which a list replaces. */
const common = ["@masquerade/source", "module", "development|production"];
export const nodeConditions: readonly string[] = [...common, "node"];
export const browserConditions: readonly string[] = [...common, "browser"];

/** One seed for everything random in a run. MASQUERADE_SEED=n repeats or varies a run. */
export const seed: number = Number(process.env["MASQUERADE_SEED"] ?? 20_250_101);
if (!Number.isSafeInteger(seed)) throw new Error("MASQUERADE_SEED must be an integer");

export const setupFiles: readonly string[] = [join(root, "scripts/vitest.setup.ts")];

/** Tests outside packages/, by the name of their project. */
export const besides: Readonly<Record<string, readonly string[]>> = {
  scripts: ["scripts/test/**/*.test.ts"],
  docs: ["docs/test/**/*.test.ts"],
  examples: ["examples/*/test/**/*.test.ts"],
};

/** Suites that need more than Node, or more than a moment. Each has a configuration of its own. */
export const suites = {
  interop: ["packages", "examples"]
    .map((name) => `${name}/*/test/**/*.interop.test.ts`)
    .concat("docs/test/**/*.interop.test.ts"),
  browser: ["packages/*/test/**/*.browser.test.ts"],
  large: ["packages/*/test/**/*.large.test.ts"],
};

/** The reporters of a suite: people read the first, `.ci/run` counts by the second (named otherwise by MASQUERADE_REPORT). */
export function reporters(suite: string): ["default", ["json", { outputFile: string }]] {
  return [
    "default",
    ["json", { outputFile: join(root, "reports", `${process.env["MASQUERADE_REPORT"] ?? suite}.json`) }],
  ];
}

/**
 * The test files that run in a browser as they are: in the packages listed, neither the file nor anything it
 * imports by a relative path needs Node. A file named `*.node.test.ts` says of itself that it does.
 */
export function portableTests(of: readonly string[]): string[] {
  const special = /\.(interop|large|node|browser)\.test\.ts$/;
  const found: string[] = [];
  for (const name of of) {
    const base = join(root, "packages", name, "test");
    let files: string[];
    try {
      files = readdirSync(base, { recursive: true, encoding: "utf8" });
    } catch {
      continue;
    }
    for (const file of files.sort()) {
      if (!file.endsWith(".test.ts") || special.test(file)) continue;
      if (!needsNode(join(base, file))) found.push(`packages/${name}/test/${file}`);
    }
  }
  return found;
}

const known = new Map<string, boolean>();

function needsNode(file: string): boolean {
  const before = known.get(file);
  if (before !== undefined) return before;
  known.set(file, false); // a cycle adds nothing
  const needs = imports(file).some((name) => {
    if (name.startsWith("node:") || name.endsWith("/node") || name.includes("/src/node/")) return true;
    return name.startsWith(".") && name.endsWith(".ts") && needsNode(join(dirname(file), name));
  });
  known.set(file, needs);
  return needs;
}

function imports(file: string): string[] {
  const { module } = parseSync(file, readFileSync(file, "utf8"));
  const names = module.staticImports
    .filter(({ entries }) => entries.length === 0 || entries.some((entry) => !entry.isType))
    .map(({ moduleRequest }) => moduleRequest.value);
  for (const { entries } of module.staticExports) {
    for (const entry of entries) if (entry.moduleRequest && !entry.isType) names.push(entry.moduleRequest.value);
  }
  return names;
}
