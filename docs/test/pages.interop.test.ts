// The pages whose code needs a shell, the built command line or Python: each is followed from top to bottom.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkPage } from "./support/check-page.ts";
import { commands, compile, onlyTypeScript, pages, root, scratch, stage } from "./support/pages.ts";

const folder = scratch("interop");
const mine = pages.filter((page) => !onlyTypeScript(page));

beforeAll(async () => {
  execFileSync(process.execPath, [join(root, "scripts/setup.mjs")]);
  expect(await compile(folder, mine)).toBe("");
  commands(folder);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(mine)("%s", async (page) => await checkPage(page, folder, stage(folder, page)));
