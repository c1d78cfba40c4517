// The code in the READMEs of the clients is code of their tests: each line of a block occurs there, in the same order.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesOf, shown } from "./report.mjs";

const lines = (text) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** Blocks of a language in a Markdown file. */
export function blocks(path, language) {
  const found = readFileSync(path, "utf8").matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"));
  return [...found].map(([, block]) => block);
}

/** Checks that every block of `language` in the Markdown file is within one of the files of the tests. */
export function snippets(report, markdown, language, tests, extension) {
  const sources = filesOf(tests)
    .filter((name) => name.endsWith(extension))
    .map((name) => lines(readFileSync(join(tests, name), "utf8")).join("\n"));
  const found = blocks(markdown, language);
  const lost = found.filter((block) => !sources.some((source) => within(lines(block), source)));
  report.tell(
    `${shown(markdown)}: the ${language} is run by the tests`,
    found.length > 0 && lost.length === 0,
    lost[0],
  );
}

/** Whether the lines, in runs between lines of "…" alone, are in the source in this order. */
function within(block, source) {
  const runs = block
    .join("\n")
    .split(/\n?^(?:\/\/|#) …$\n?/m)
    .filter((run) => run !== "");
  let at = 0;
  for (const run of runs) {
    const found = source.indexOf(run, at);
    if (found < 0) return false;
    at = found + run.length;
  }
  return true;
}
