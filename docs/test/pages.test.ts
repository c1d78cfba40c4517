// Every code block says what it is; the pages that need Node alone are compiled and run. The others wait for `npm run test:interop`.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkPage } from "./support/check-page.ts";
import { compile, matches, onlyTypeScript, pages, runs, scratch, stage, unmarked } from "./support/pages.ts";

const folder = scratch("unit");
const mine = pages.filter((page) => runs(page).length > 0 && onlyTypeScript(page));

let complaints: ReadonlyMap<string, string>;
beforeAll(async () => {
  complaints = await compile(folder, mine);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("pages", () => {
  it("are there", () => expect(pages).toContain("guide/start.md"));
  it.each(pages)("%s marks its code", (page) => expect(unmarked(page)).toEqual([]));
  it.each(mine)(
    "%s runs",
    async (page) => await checkPage(page, folder, stage(folder, page), complaints.get(page)),
    120_000,
  );
});

describe("shown output", () => {
  it("is compared as written", () => {
    expect(matches("a\nb \n", "a\nb\n")).toBe(true);
    expect(matches("a\nc\n", "a\nb\n")).toBe(false);
    expect(matches("a.b\n", "axb\n")).toBe(false);
  });
  it("may leave out parts of lines, and lines", () => {
    expect(matches("took 12 ms\n", "took … ms\n")).toBe(true);
    expect(matches("a\nb\nc\n", "a\n…\n")).toBe(true);
    expect(matches("a\nb\nc\n", "…\nd\n")).toBe(false);
  });
});
