import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installed } from "../installed.mjs";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "masquerade-"));
  put("package.json", { devDependencies: { a: "1" } });
  put("packages/p/package.json", { dependencies: { b: "2" } });
  put("package-lock.json", {
    packages: {
      "": { devDependencies: { a: "1" } },
      "packages/p": { dependencies: { b: "2" } },
      "node_modules/a": { version: "1.0.0" },
      "node_modules/a-win32": { version: "1.0.0", optional: true },
    },
  });
  put("node_modules/a/package.json", {});
  put("node_modules/.package-lock.json", { packages: { "node_modules/a": { version: "1.0.0" } } });
});
afterEach(() => rmSync(dir, { recursive: true }));

function put(path: string, value: unknown): void {
  mkdirSync(join(dir, path, ".."), { recursive: true });
  writeFileSync(join(dir, path), JSON.stringify(value));
}

test("an installation that matches is left alone, another platform's binary notwithstanding", () => {
  expect(installed(dir)).toBe(true);
});

test.each<[string, string, unknown]>([
  ["a workspace asks for more", "packages/p/package.json", { dependencies: { b: "2", c: "3" } }],
  ["a workspace asks for another version", "packages/p/package.json", { dependencies: { b: "3" } }],
  [
    "the lock file moved on",
    "node_modules/.package-lock.json",
    { packages: { "node_modules/a": { version: "0.9.0" } } },
  ],
  ["nothing is installed", "node_modules/.package-lock.json", { packages: {} }],
])("installs again when %s", (_, path, value) => {
  put(path, value);
  expect(installed(dir)).toBe(false);
});
