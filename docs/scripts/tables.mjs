// The tables of what formats keep, from `losses`: the function that the writers, `choose` and the conformance suite go by.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { dtypes, makeHeader, NdArray } from "@masquerade/core";
import { figures, registry } from "masquerade";

const docs = dirname(dirname(fileURLToPath(import.meta.url)));
const scalar = (kind, storage) => new NdArray({ dtype: dtypes.simple(kind), shape: [], storage });
const float64 = dtypes.simple("float64");
const masked = { dtype: float64, shape: [3, 4], mask: "mask", fillValue: scalar("float64", Float64Array.of(-1)) };
const int8 = { ...masked, dtype: dtypes.simple("int8"), fillValue: scalar("int64", BigInt64Array.of(999999n)) };

/** What may be lost, a header that has it, and the losses that tell. */
export const questions = [
  ["mask", "the mask", masked, ["mask"]],
  ["all-false", "a mask that is all False", masked, ["mask"]],
  ["nomask", "`nomask`, apart from a mask that is all False", { ...masked, mask: "nomask" }, ["mask", "nomask"]],
  ["hidden", "values beneath the mask", masked, ["mask", "hidden-values"]],
  ["fields", "masks per field", { ...masked, dtype: record(), fillValue: undefined }, ["mask", "dtype", "field-masks"]],
  ["fill", "the fill value", masked, ["mask", "fill-value"]],
  ["fill-unset", "that no fill value was set", { ...masked, fillValue: undefined }, ["mask", "unset-fill-value"]],
  ["fill-dtype", "the fill value's own dtype", int8, ["mask", "fill-value", "fill-value-dtype"]],
  ["hard", "a hard mask", { ...masked, hardMask: true }, ["mask", "hard-mask"]],
  ["order", "Fortran order", { dtype: float64, shape: [3, 4], order: "F" }, ["memory-order"]],
  ["bytes", "byte order", { dtype: dtypes.simple("float64", "big"), shape: [3, 4] }, ["byte-order"]],
  ["attrs", "attributes", { dtype: float64, shape: [3, 4], attrs: new Map([["units", "K"]]) }, ["attrs"]],
  ["dims", "names of dimensions", { dtype: float64, shape: [3, 4], dims: ["lat", "lon"] }, ["dims"]],
  ["several", "several named arrays", undefined, ["arrays"]],
];

/** "yes", "reported" (a trait) or "refused" (content), for a format and a question. */
export function answer(format, [, , parts, ids]) {
  const header = parts === undefined ? several() : makeHeader(parts);
  const lost = format.losses(header).filter(({ id }) => ids.includes(id));
  if (lost.length === 0) return { text: "yes" };
  const worst = lost.find(({ grade }) => grade === "content") ?? lost[0];
  return { text: worst.grade === "content" ? "refused" : "reported", why: worst.why };
}

/** A column per format; formats that one page is about and that answer alike share one. */
export function lossTable() {
  const columns = new Map();
  for (const format of registry.formats) {
    const answers = questions.map((one) => answer(format, one).text);
    const key = `${pageOf(format)} ${answers}`;
    columns.set(key, { formats: [...(columns.get(key)?.formats ?? []), format], answers });
  }
  const rows = [...columns.values()].map(({ formats, answers }) => [
    formats.map(link).join(", "),
    ...answers.map((text) => (text === "yes" ? "✓" : text)),
  ]);
  return table(transpose([["", ...questions.map(([, what]) => what)], ...rows]));
}

/** What one format keeps, with the reasons. */
export function keepsTable(format) {
  const rows = questions.map((one) => {
    const { text, why } = answer(format, one);
    return [one[1], text, why ?? ""];
  });
  return `${table([["", "kept", "otherwise"], ...rows])}\n${dtypesOf(format)}\n`;
}

const columns = [
  ["runs code", "its usual readers run code that a file names", (format) => yes(format.runsCode)],
  ["masks", "masks survive", (format) => yes(format.capabilities.mask)],
  ["several arrays", "several named arrays in a file", (format) => yes(format.capabilities.bundle)],
  ["attributes", "attributes survive", (format) => yes(format.capabilities.attrs)],
  [
    "parts",
    "parts are read without the whole",
    (format) => yes(format.capabilities.lazy && format.sequential !== true),
  ],
  ["streamed", "written without holding the whole", (format) => yes(format.capabilities.streamed)],
  ["append", "data can be added later", (format) => yes(format.capabilities.appendable)],
  ["in place", "elements can be overwritten in the file", (format) => yes(format.capabilities.inPlace)],
  ["compressed", "the data can be stored compressed", (format) => yes(format.capabilities.compressed)],
  ["text", "a person can read it in an editor", (format) => yes(format.capabilities.text)],
  ["browser", "works in browsers", (format) => yes(format.browser !== false)],
  ["read with", "the usual reader in other languages", (format) => readers(format)],
];

/** What `choose` knows of every format. */
export function chooseTable() {
  const head = ["format", ...columns.map(([title]) => title)];
  const rows = registry.formats.map((format) => [link(format), ...columns.map(([, , of]) => of(format))]);
  const legend = columns.map(([title, what]) => `*${title}*: ${what}`).join("; ");
  return `${table([head, ...rows])}\n${legend}.\n`;
}

/** What was measured of every format: the figures that `choose` tells. */
export function figuresTable() {
  const { measured, formats } = figures;
  const size = (value) => (value >= 10 ? value.toFixed(0) : value.toFixed(2));
  const rate = (value) => (value >= 100 ? `${Number(value.toPrecision(2))}` : value.toPrecision(2));
  const rows = registry.formats.flatMap((format) =>
    (formats[format.id] ?? [])
      .filter(([kind]) => kind === "float64" || kind === "int32")
      .map(([kind, compressed, ratio, write, read]) => [
        link(format),
        compressed ? `${kind}, compressed` : kind,
        size(ratio),
        rate(write),
        rate(read),
      ]),
  );
  const head = ["format", "data", "file size / data size", "written, MB/s", "read, MB/s"];
  const where = `Node ${measured.node}, ${measured.processor}, ${measured.elements.toLocaleString("en")} elements`;
  return `${table([head, ...rows])}\n${where}; a third of them masked where the format has masks. Compare formats by these figures, not machines.\n`;
}

export function formats() {
  return registry.formats;
}

function record() {
  const field = (name, dtype, offset) => ({ name, title: undefined, dtype, shape: [], offset });
  return dtypes.struct([field("a", dtypes.simple("int32"), 0), field("b", float64, 4)]);
}

function several() {
  const one = makeHeader({ dtype: float64, shape: [3] });
  return {
    kind: "dict",
    entries: new Map([
      ["a", one],
      ["b", one],
    ]),
    attrs: new Map(),
  };
}

function dtypesOf({ capabilities }) {
  return `dtypes: ${capabilities.kinds.map((kind) => `\`${kind}\``).join(", ")}.`;
}

const yes = (flag) => (flag === true ? "yes" : "–");
/** The page about a format; one page may be about several. */
export const pageOf = ({ id }) => shared[id] ?? id;
const shared = { csv: "text", tsv: "text", txt: "text" };
const link = (format) =>
  existsSync(join(docs, "formats", `${pageOf(format)}.md`))
    ? `[${format.id}](/formats/${pageOf(format)})`
    : `\`${format.id}\``;
const readers = ({ readers = {} }) =>
  Object.entries(readers)
    .map(([language, tool]) => `${language}: ${tool}`)
    .join("; ") || "–";
const transpose = (rows) => rows[0].map((_, i) => rows.map((row) => row[i]));
const table = ([head, ...rows]) =>
  [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`)
    .join("");
