// The page of tasks: whatever it types is told by `masq --help` and the help of the one command. That it prints what the page says is tested with the site.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { masq, root } from "./support/masq.ts";

const page = readFileSync(join(root, "docs/guide/tasks.md"), "utf8");
const blocks = [...page.matchAll(/^```sh run.*?\n(.*?)^```$/gms)].map(([, script]) => script as string);
const lines = blocks.flatMap((script) => script.split("\n")).filter((line) => /\bmasq /.test(line));

it("has at least twenty tasks, each with what was typed and what came", () => {
  expect(page.match(/^## \d+\. /gm)?.length).toBeGreaterThanOrEqual(20);
  expect(blocks.length).toBe(page.match(/^## /gm)?.length);
  expect(page.match(/^```text output$/gm)?.length).toBe(blocks.length);
});

it.each(lines)("%s", async (line) => {
  const [, command, rest] = /\bmasq (\w+)(.*)$/.exec(line) ?? [];
  const [program, own] = [await masq(["--help"]), await masq([command as string, "--help"])];
  expect(program.out).toContain(`  ${command} `);
  for (const [option] of (rest as string).split("|")[0]?.matchAll(/(?<= )--?[a-z][\w-]*/g) ?? [])
    expect(own.out).toContain(option);
  for (const words of (rest as string).matchAll(/--for (\S+)/g))
    for (const word of (words[1] as string).split(",")) expect(own.out).toContain(word.replace(/=.*/, "="));
});
