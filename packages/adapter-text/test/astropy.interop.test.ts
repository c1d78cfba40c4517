// What is written as ECSV, read by astropy: one process for all files.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ecsv } from "@masquerade/adapter-text";
import { coveringSet } from "@masquerade/conformance";
import { describe as headerOf, isMaskedArray, maskDType, nomask } from "@masquerade/core";
import { descrOf, formatLiteral } from "@masquerade/numpy";
import { afterAll, beforeAll, expect, test } from "vitest";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const codec = await ecsv.codec();

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant.
const LINE_ENDS = /[\v\f\x1c-\x1e\x85\u2028\u2029]/;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-ecsv-"));
  const cases: Record<string, object> = {};
  let i = 0;
  for (const { array } of coveringSet(ecsv.capabilities.kinds, 37)) {
    if (ecsv.losses(headerOf(array)).some(({ grade }) => grade === "content")) continue;
    const options = { delimiter: i % 2 === 0 ? "," : " ", mask: i % 3 === 0 ? "columns" : "null" } as const;
    const bytes = codec.encode(array, options);
    const text = new TextDecoder().decode(bytes);
    // What astropy does not read: dates beyond the calendar (they are counts) and in multiples of a unit; in texts, what Python takes
    // for the end of a line, and spaces at either end.
    if (text.includes("datetime64") && /@-?\d|datetime64\[\d/.test(text)) continue;
    if (LINE_ENDS.test(text) || /"(?:\s|[^"]*\s")|(?:^|[, ])\0/m.test(text.slice(text.search(/^[^#]/m)))) continue;
    // Nor does it read its own tables of cells that hold several values where there are no rows, or where a zero is not the last length.
    if (text.includes("subtype") && (array.shape[0] === 0 || /subtype: "\w+\[(?:\d+,)*0,/.test(text))) continue;
    const data = isMaskedArray(array) ? array.data : array;
    const masked = isMaskedArray(array) && array.mask !== nomask;
    const name = `${i++}.ecsv`;
    cases[name] = {
      dtype: formatLiteral(descrOf(array.dtype)),
      shape: array.shape,
      data: hex(data.toBytes("C")),
      mask: hex(masked ? array.mask.toBytes("C") : new Uint8Array(array.size * maskDType(array.dtype).itemsize)),
    };
    await writeFile(join(folder, name), bytes);
  }
  await writeFile(join(folder, "cases.json"), JSON.stringify(cases));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("astropy reads the same columns, values and masks", async () => {
  const python = process.env["MASQUERADE_PY2"];
  if (python === undefined) throw new Error("MASQUERADE_PY2 must name a Python with astropy");
  const script = new URL("support/check_ecsv.py", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(python, ["-W", "ignore", script, folder], { maxBuffer: 1 << 26 });
  const report = JSON.parse(stdout) as { compared: number; problems: string[] };
  expect(report.problems).toEqual([]);
  expect(report.compared).toBeGreaterThan(300);
});
