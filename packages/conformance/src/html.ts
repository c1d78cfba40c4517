import type { LawResult, Report } from "./run.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => entities[c] as string);

const words: Readonly<Record<LawResult["outcome"], string>> = {
  failed: "broken",
  warning: "broken, and new",
  "known-failure": "known to be broken",
  skipped: "does not apply",
  passed: "kept",
};

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: #8884; --bad: #c62828; --good: #2e7d32; --odd: #b26a00 }
@media (prefers-color-scheme: dark) { :root { --bad: #ef8a80; --good: #81c784; --odd: #ffb74d } }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-top: 1px solid var(--line) }
td:first-child { white-space: nowrap; font-family: ui-monospace, monospace; font-size: .85em }
.failed td:nth-child(2) { color: var(--bad); font-weight: 600 } .passed td:nth-child(2) { color: var(--good) }
.warning td:nth-child(2), .known-failure td:nth-child(2) { color: var(--odd) } .skipped { opacity: .65 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; padding: .5rem; border: 1px solid var(--line); border-radius: 4px; font-size: .85em }
summary { cursor: pointer }`;

function row({ id, law, outcome, reason, reproduction, since }: LawResult): string {
  const why = reason === undefined ? "" : `<p>${escaped(reason)}</p>`;
  const code =
    reproduction === undefined ? "" : `<p>The smallest array that shows it:</p><pre>${escaped(reproduction)}</pre>`;
  return `<tr class="${outcome}" id="${escaped(id.replace("/", "-"))}"><td>${escaped(id)}</td><td>${words[outcome]}</td><td>${escaped(law)}${why}${code}</td><td>${escaped(since)}</td></tr>`;
}

const order: readonly LawResult["outcome"][] = ["failed", "warning", "known-failure", "skipped", "passed"];

/** A report as one HTML page without scripts or anything from elsewhere: what is broken first, and every skip with its reason. */
export function reportHtml({
  format,
  title,
  suiteVersion,
  passed,
  failed,
  skipped,
  warnings,
  results,
}: Report): string {
  const sections = order.flatMap((outcome) => {
    const those = results.filter((r) => r.outcome === outcome);
    if (those.length === 0) return [];
    const open = outcome === "skipped" || outcome === "passed" ? "" : " open";
    return [
      `<details${open}><summary><h2 style="display:inline">${those.length} ${words[outcome]}</h2></summary><table><thead><tr><th>law</th><th>outcome</th><th>what it says</th><th>since</th></tr></thead><tbody>`,
      ...those.map(row),
      "</tbody></table></details>",
    ];
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Conformance of ${escaped(format)}</title><style>${style}</style></head><body>
<h1>${escaped(title)} (<code>${escaped(format)}</code>)</h1>
<p>${passed} laws kept, ${failed} broken, ${warnings} warnings, ${skipped} do not apply. Suite ${escaped(suiteVersion)}; the laws are explained in its LAWS.md.</p>
${sections.join("\n")}
</body></html>
`;
}
