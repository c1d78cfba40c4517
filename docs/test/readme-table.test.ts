// The table of formats in the root README is written by hand; it says what the descriptors say.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Capabilities } from "@masquerade/core";
import { registry } from "masquerade";
import { describe, expect, it } from "vitest";
import { root } from "./support/pages.ts";

const rows = readFileSync(join(root, "README.md"), "utf8")
  .split("\n")
  .filter((line) => /^\| `\w+` \|/.test(line))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

/** The columns after id and files, and the flag that each is about. */
const columns: readonly (keyof Capabilities)[] = ["mask", "hiddenValues", "fillValue", "bundle", "lazy", "streamed"];

describe("the table of formats", () => {
  it("has every format once, in the order of the registry or another", () => {
    const listed = rows.map((row) => row[1]).sort();
    expect(listed).toEqual(registry.formats.map(({ id }) => `\`${id}\``).sort());
  });

  it.each(registry.formats.map((format) => [format.id, format] as const))("%s", (id, { capabilities }) => {
    const row = rows.find((cells) => cells[1] === `\`${id}\``) ?? [];
    const about = columns.map((flag, i) => [flag, row[3 + i] ?? ""] as const);
    // By option, or moot (what is beneath a mask, where there is none): the descriptor's flag is for what happens by itself.
    const plain = about.filter(
      ([flag, text]) => text !== "by option" && (flag !== "hiddenValues" || capabilities.mask),
    );
    expect(plain.map(([flag, text]) => [flag, text.startsWith("yes")])).toEqual(
      plain.map(([flag]) => [flag, capabilities[flag]]),
    );
    expect(/in place/.test(row[7] ?? "")).toBe(capabilities.inPlace);
  });
});
