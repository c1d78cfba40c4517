// Adapters made by the scaffold, tested as their README says: by node:test.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { newAdapter } from "../src/scaffold/index.ts";

// Within the clone, so that packages are found.
mkdirSync(new URL("../../../reports/", import.meta.url), { recursive: true });
const scratch = mkdtempSync(fileURLToPath(new URL("../../../reports/adapter-", import.meta.url)));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("a new adapter", () => {
  it.each(["sea-ice", "class", "x2"])("%s keeps every law under its own name", (name) => {
    for (const [path, text] of newAdapter(name)) {
      mkdirSync(dirname(join(scratch, name, path)), { recursive: true });
      writeFileSync(join(scratch, name, path), text);
      expect(text, path).not.toMatch(/tiny/i);
    }
    const { status, stdout } = spawnSync(process.execPath, ["--test", "test/conformance.test.js"], {
      cwd: join(scratch, name),
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
    });
    expect(stdout).toContain("# fail 0");
    expect(status).toBe(0);
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(80);
  });
});
