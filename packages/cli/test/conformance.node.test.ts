import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { masq } from "./support/masq.ts";

const folder = mkdtempSync(join(tmpdir(), "masq-conformance-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tiny = fileURLToPath(new URL("../../../examples/adapter-tiny/src/index.js", import.meta.url));

/** A module of this text. */
function module(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("masq conformance of a module", () => {
  it("holds it to the laws, and to the conditions it exports", async () => {
    const { code, out } = await masq(["conformance", tiny, "--only", "sniff,descriptor"]);
    expect([code, out]).toEqual([0, expect.stringMatching(/^tiny: \d+ kept, 0 broken, 0 do not apply/)]);
    const greedy = module(
      "greedy.mjs",
      `import { tiny } from ${JSON.stringify(tiny)};
      export const greedy = { ...tiny, id: "greedy", sniff: () => "yes" };
      export const conformance = { knownFailures: { "sniff/foreign": "everything looks like us" } };`,
    );
    const broken = await masq(["conformance", greedy, "--only", "sniff"]);
    expect(broken.code).toBe(1);
    expect(broken.out).toContain("failed        sniff/not-greedy:");
    expect(broken.out).toContain("[sniff claims an empty file]");
    expect(broken.out).not.toContain("failed        sniff/foreign");
  });

  it("prints a page that holds what it says and nothing from elsewhere", async () => {
    const evil = module(
      "evil.mjs",
      `import { tiny } from ${JSON.stringify(tiny)};
      export const evil = { ...tiny, title: "<script>alert(1)</script>", sniff: () => { throw new Error("<b>&'") } };`,
    );
    const { code, out } = await masq(["conformance", evil, "--html", "--only", "sniff"]);
    expect(code).toBe(1);
    expect(out).not.toMatch(/<script|<b>|src=|href=/);
    expect(out).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(out).toContain('<tr class="failed" id="sniff-never-throws">');
    expect(out).toContain("&lt;b&gt;&amp;&#39;");
  });

  it("says what is wrong with a module", async () => {
    for (const [text, message] of [
      ["export const x = 1;", "exports no format"],
      [
        `export { tiny } from ${JSON.stringify(tiny)}; export const two = { codec() {}, sniff() {}, id: "two" };`,
        "exports several formats: tiny, two",
      ],
      ["syntax error", "cannot be imported: "],
      ["export * from './not-there.js';", "cannot be imported: Cannot find module"],
    ] as const) {
      const { code, err } = await masq(["conformance", module(`wrong-${message.length}.mjs`, text)]);
      expect([code, err]).toEqual([2, expect.stringContaining(message)]);
      expect(err.split("\n").length).toBe(2);
    }
  });
});

describe("masq new-adapter", () => {
  it("writes a package that keeps the laws, once", async () => {
    const made = await masq(["new-adapter", "sea-ice", "--in", folder]);
    expect(made.code).toBe(0);
    expect(made.out.split("\n").length).toBe(7);
    expect(made.err).toContain("npm install && npm test");
    expect(readFileSync(join(folder, "masquerade-adapter-sea-ice/src/format.js"), "utf8")).toContain('id: "sea-ice"');
    const again = await masq(["new-adapter", "sea-ice", "--in", folder]);
    expect([again.code, again.err]).toEqual([
      2,
      expect.stringMatching(/^masq: SOURCE_EXISTS: .* exists already; nothing was written/),
    ]);
    expect((await masq(["new-adapter", "Sea Ice", "--in", folder])).err).toContain("OPTION_INVALID");
  });
});
