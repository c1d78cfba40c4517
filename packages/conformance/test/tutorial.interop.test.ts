// The tutorial, followed to the letter: its files are put where it says, the suite is run, and its ways of breaking them are tried.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const guide = join(root, "docs/guide");
const page = readFileSync(join(guide, "write-an-adapter.md"), "utf8");
// Within the clone, so that packages are found.
mkdirSync(new URL("../../../reports/", import.meta.url), { recursive: true });
const scratch = mkdtempSync(fileURLToPath(new URL("../../../reports/adapter-", import.meta.url)));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What the page shows under a heading that is a path: the file included there. */
const files = [...page.matchAll(/^### `([^`]+)`\n\n<<< (\S+)$/gm)].map(
  ([, path, from]) => [path as string, readFileSync(join(guide, from as string), "utf8")] as const,
);

interface Fault {
  readonly path: string;
  readonly removed: string;
  readonly added: string;
  readonly promised: string;
}

/** Each diff, and the message that the next block of text promises. */
const faults: readonly Fault[] = [...page.matchAll(/^```diff (\S+)\n(.*?)^```\n.*?^```text\n(.*?)^```$/gms)].map(
  ([, path, diff, promised]) => {
    const lines = (sign: string): string =>
      (diff as string)
        .split("\n")
        .filter((line) => line.startsWith(sign))
        .map((line) => line.slice(1))
        .join("\n");
    return { path: path as string, removed: lines("-"), added: lines("+"), promised: promised as string };
  },
);

/** Makes the package of the page in a folder, and holds it to the laws as the page says. */
function follow(name: string, fault?: Fault): { readonly status: number | null; readonly out: string } {
  const folder = join(scratch, name);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (path === fault?.path) expect(text).toContain(fault.removed);
    writeFileSync(join(folder, path), path === fault?.path ? text.replace(fault.removed, fault.added) : text);
  }
  const masq = join(root, "packages/cli/bin/masq.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [masq, "conformance", "./src/index.js"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return { status, out: stdout };
}

describe("the tutorial", () => {
  it("shows every file", () => {
    expect(files.map(([path]) => path)).toEqual([
      "package.json",
      "src/index.js",
      "src/format.js",
      "src/codec.js",
      "test/conformance.test.js",
    ]);
    expect(faults.length).toBe(3);
  });

  it("makes an adapter that keeps every law", () => {
    const { status, out } = follow("right");
    expect(out).toMatch(/^tiny: \d+ kept, 0 broken, \d+ do not apply/);
    expect(status).toBe(0);
  });

  it.each(faults.map((fault, i) => [i, fault] as const))("breaks it as it promises (%i)", (i, fault) => {
    const { status, out } = follow(`twin-${i}`, fault);
    expect(status).toBe(1);
    // A line of the page is the beginning of a line of the output; several follow each other.
    const printed = out.split("\n");
    const shown = fault.promised.trimEnd().split("\n");
    const at = printed.findIndex((line) => line.startsWith(shown[0] as string));
    expect(at, `${shown[0]}\nin\n${out}`).toBeGreaterThanOrEqual(0);
    for (const [k, line] of shown.entries()) expect(printed[at + k]).toContain(line);
  });
});
