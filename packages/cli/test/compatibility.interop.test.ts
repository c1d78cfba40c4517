// Every official format under every law, with its neighbours' files and its own tools'; the page in the docs is what comes out.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: JavaScript, whose types stand beside it.
import { page } from "../../../scripts/compatibility.mjs";

it("docs/guide/compatibility.md is what the suite says (npm run compatibility writes it)", async () => {
  const fresh = await page();
  expect(readFileSync(new URL("../../../docs/guide/compatibility.md", import.meta.url), "utf8")).toBe(fresh);
  // Every skip with its reason, for whoever reads the log.
  console.info(fresh.slice(fresh.indexOf("## What does not apply")));
}, 900_000);
