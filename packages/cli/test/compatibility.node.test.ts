// The page of what the suite says of each format is of this suite. That every word of it is still true is a test of the
// interop suite, which runs all of them.
import { readFileSync } from "node:fs";
import { laws, suiteVersion } from "@masquerade/conformance";
import { expect, it } from "vitest";

it("docs/guide/compatibility.md is of this suite (npm run compatibility writes it)", () => {
  const page = readFileSync(new URL("../../../docs/guide/compatibility.md", import.meta.url), "utf8");
  expect(page).toContain(`Suite ${suiteVersion}, ${laws.length} laws`);
  const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$/gm)];
  expect(rows.length).toBeGreaterThan(10);
  for (const [, id, ...counts] of rows) {
    expect(
      counts.map(Number).reduce((a, b) => a + b, 0),
      id,
    ).toBe(laws.length);
    expect(counts[1], `${id}: laws broken`).toBe("0");
  }
});
