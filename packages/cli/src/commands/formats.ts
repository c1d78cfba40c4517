import type { AnyFormat, Capabilities } from "@masquerade/core";
import type { Define } from "../command.ts";
import { registry } from "../registry.ts";

/** The columns: what people choose a format by. */
const columns: readonly (readonly [title: string, flag: keyof Capabilities])[] = [
  ["mask", "mask"],
  ["hidden", "hiddenValues"],
  ["fill", "fillValue"],
  ["attrs", "attrs"],
  ["several", "bundle"],
  ["lazy", "lazy"],
  ["streamed", "streamed"],
  ["in place", "inPlace"],
  ["text", "text"],
];

export const define: Define = (command, { does }) => {
  command
    .option("--json", "print JSON: every capability and option of every format")
    .addHelpText(
      "after",
      `
Examples:
  $ masq formats
  $ masq formats --json

Columns: mask, the hidden values beneath it and the fill value survive; attributes survive; several named arrays; parts are read
without the whole; written without holding the whole; elements overwritten in the file; readable in an editor.`,
    )
    .action(async (options: { readonly json?: boolean }) => {
      const { formats } = registry;
      does(
        Promise.resolve({ out: options.json === true ? `${JSON.stringify(formats.map(toJson))}\n` : table(formats) }),
      );
    });
};

/** Everything the descriptor says, in a stable form. */
function toJson(format: AnyFormat): object {
  const { id, title, extensions, mediaTypes, timing, capabilities, options, recipe, readers } = format;
  return {
    id,
    title,
    extensions,
    mediaTypes,
    timing,
    capabilities,
    options,
    readers: readers ?? {},
    runsCode: format.runsCode === true,
    browser: format.browser !== false,
    recipe: recipe ?? null,
  };
}

function table(formats: readonly AnyFormat[]): string {
  const head = ["format", "extensions", ...columns.map(([title]) => title), ""];
  const rows = formats.map((format) => [
    format.id,
    format.extensions.join(" "),
    ...columns.map(([, flag]) => (format.capabilities[flag] === true ? "yes" : "-")),
    format.title,
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => (row[i] as string).length)));
  return [head, ...rows]
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] as number))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
