// The one call under each test runner it is said to fit: the right adapter passes there, with its skips, and a wrong one fails. Vitest runs it in
// every adapter's own tests, node:test in those of the scaffold.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const runners = join(root, "node_modules/.cache/masquerade-runners");
const versions = { mocha: "11.7.5", bun: "1.3.5", deno: "2.6.4" };
mkdirSync(join(root, "reports"), { recursive: true });
const scratch = mkdtempSync(join(root, "reports/runners-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

beforeAll(() => {
  const all = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const stamp = join(runners, all.join(","));
  if (existsSync(stamp)) return;
  rmSync(runners, { recursive: true, force: true });
  mkdirSync(runners, { recursive: true });
  writeFileSync(join(runners, "package.json"), '{ "private": true }');
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--no-save"];
  const { status, stderr } = spawnSync("npm", ["install", ...quiet, ...all], { cwd: runners, encoding: "utf8" });
  if (status !== 0) throw new Error(`the runners could not be installed: ${stderr}`);
  writeFileSync(stamp, "");
}, 300_000);

const adapter = JSON.stringify(join(root, "examples/adapter-tiny/src/index.js"));

/** What differs: where `describe` and `it` come from, and the command. */
const shapes = {
  mocha: { head: "const { describe, it } = globalThis;", command: ["mocha"], file: "laws.mjs" },
  bun: { head: 'import { describe, it } from "bun:test";', command: ["bun", "test"], file: "laws.test.mjs" },
  deno: {
    head: `const describe = (_name, body) => body();
const it = Object.assign((name, body) => Deno.test(name, body), { skip: (name, body) => Deno.test.ignore(name, body) });`,
    command: ["deno", "test", "--allow-all", "--no-check", "--no-lock"],
    file: "laws.test.mjs",
  },
} as const;

function run(name: keyof typeof shapes, change: string): { readonly status: number | null; readonly said: string } {
  const { head, command, file } = shapes[name];
  const folder = join(scratch, `${name}-${change === "" ? "right" : "wrong"}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, file),
    `${head}
import { testFormat } from "@masquerade/conformance";
import { tiny } from ${adapter};
testFormat({ ...tiny, ${change} }, { describe, it }, { only: ["sniff", "mask", "purity"] });
`,
  );
  const [program, ...args] = command;
  const { status, stdout, stderr } = spawnSync(join(runners, "node_modules/.bin", program), [...args, `./${file}`], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" },
  });
  return { status, said: stdout + stderr };
}

describe.each(Object.keys(shapes) as (keyof typeof shapes)[])("under %s", (name) => {
  it("a right adapter passes, and what does not apply is skipped with its reason", () => {
    const { status, said } = run(name, "");
    expect(status, said).toBe(0);
    expect(said).toMatch(/mask\/values-come-back|\d+ pass/);
    expect(said).toMatch(/skipped: the format declares|skip/);
  }, 60_000);

  it("a wrong one fails, with the law's name and its reason", () => {
    const { status, said } = run(name, 'sniff: () => "yes"');
    expect(status, said).not.toBe(0);
    expect(said).toContain("sniff/not-greedy");
    expect(said).toContain("sniff claims an empty file");
  }, 60_000);
});
