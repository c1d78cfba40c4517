import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { build, corpus, root, scratch, start } from "./support/masq.ts";

const folder = scratch();
beforeAll(build, 60_000);

it("the demo ends with NumPy's own bytes, and says so", async () => {
  const { code, out, err } = await start(process.execPath, [join(root, "scripts/demo.mjs"), folder]);
  expect([code, err]).toEqual([0, ""]);
  expect(out.match(/^same /gm)?.length).toBe(3);
  expect(out).not.toContain("DIFFER");
  expect(out).not.toContain("\u001b");
  expect(out).toMatch(/^#{72}$/m); // Antarctica, from edge to edge
  expect(readFileSync(join(folder, "sst.pkl")).equals(readFileSync(corpus("demo/sst.pkl")))).toBe(true);
});
