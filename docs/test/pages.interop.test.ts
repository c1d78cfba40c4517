// The pages whose code needs a shell, the built command line or Python: each is followed from top to bottom.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, it } from "vitest";
import { checkPage } from "./support/check-page.ts";
import { commands, compile, onlyTypeScript, pages, root, scratch, stage } from "./support/pages.ts";

const folder = scratch("interop");
const mine = pages.filter((page) => !onlyTypeScript(page));

let complaints: ReadonlyMap<string, string>;

beforeAll(async () => {
  execFileSync(process.execPath, [join(root, "scripts/setup.mjs")]);
  complaints = await compile(folder, mine);
  commands(folder);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(mine)("%s", async (page) => await checkPage(page, folder, stage(folder, page), complaints.get(page)));
