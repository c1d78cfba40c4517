// The line that stands in each file's header, run by NumPy 1 and 2: one process each for all of them.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { csv, tsv, txt } from "@masquerade/adapter-text";
import { coveringSet } from "@masquerade/conformance";
import {
  type AnyArray,
  arrayFromBytes,
  type DType,
  dtypes,
  isMaskedArray,
  MaskedArray,
  maskDType,
  NdArray,
  nomask,
} from "@masquerade/core";
import { descrOf, formatLiteral } from "@masquerade/numpy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const formats = [
  [csv, await csv.codec()],
  [tsv, await tsv.codec()],
  [txt, await txt.codec()],
] as const;

/** Records of simple columns, one of them text. */
function records(): AnyArray[] {
  const dtype = dtypes.struct([
    { name: "id", dtype: dtypes.simple("int32") },
    { name: "x y", dtype: dtypes.simple("float64") },
    { name: "name", dtype: dtypes.str(3) },
  ]);
  const raw = new Uint8Array(dtype.itemsize * 3);
  const view = new DataView(raw.buffer);
  [7, -1, 2 ** 31 - 1].forEach((n, i) => {
    const at = i * dtype.itemsize;
    view.setInt32(at, n, true);
    view.setFloat64(at + 4, n / 3, true);
    for (const [k, c] of [...(["abc", "é", "z"][i] as string)].entries())
      view.setUint32(at + 12 + k * 4, c.codePointAt(0) as number, true);
  });
  const data = arrayFromBytes(raw, dtype, [3]) as NdArray;
  const mask = new NdArray({
    dtype: maskDType(dtype as DType) as DType<"struct">,
    shape: [3],
    storage: Uint8Array.of(0, 1, 0, 1, 0, 0, 0, 0, 1),
  });
  return [data, new MaskedArray({ data, mask })];
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-text-"));
  const cases: Record<string, object> = {};
  const kinds = csv.capabilities.kinds.filter((kind) => kind !== "struct" && kind !== "longdouble");
  const samples = [...coveringSet(kinds, 31)].map(({ array }) => array);
  let i = 0;
  for (const array of [...samples, ...records()]) {
    const [format, codec] = formats[i % 3] as (typeof formats)[number];
    const bytes = codec.encode(array);
    const text = new TextDecoder().decode(bytes);
    const rows = text.slice(text.indexOf("\n", text.search(/^# (?:np\.|\(lambda)/m)) + 1);
    // What NumPy's readers cannot read: quotes beside a mask, dates beyond the calendar, no row at all, no dimension left to read.
    const quotes = rows.includes('"') && text.includes("np.genfromtxt");
    const control = /[\u0080-\u009f\u00ad]/.test(rows) || (array.dtype.kind === "bytes" && rows.includes('"'));
    if (quotes || control || rows.includes("@") || array.size === 0) continue;
    const name = `${i++}.${format.id}`;
    const data = isMaskedArray(array) ? array.data : array;
    const mask =
      isMaskedArray(array) && array.mask !== nomask
        ? array.mask.toBytes("C")
        : new Uint8Array(array.size * maskDType(array.dtype).itemsize);
    cases[name] = {
      dtype: formatLiteral(descrOf(array.dtype)),
      shape: array.shape,
      data: hex(data.toBytes("C")),
      mask: hex(mask),
    };
    await writeFile(join(folder, name), bytes);
  }
  await writeFile(join(folder, "cases.json"), JSON.stringify(cases));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe.each([
  ["MASQUERADE_PY1", "1."],
  ["MASQUERADE_PY2", "2."],
])("%s", (variable, version) => {
  test("reads each file by the line in its header", async () => {
    const python = process.env[variable];
    if (python === undefined) throw new Error(`${variable} must name a Python with NumPy ${version}x`);
    const script = new URL("support/check.py", import.meta.url).pathname;
    const { stdout } = await run(python, ["-W", "ignore", script, folder], { maxBuffer: 1 << 26 });
    const report = JSON.parse(stdout) as { numpy: string; compared: number; problems: string[] };
    expect(report.problems).toEqual([]);
    expect(report.numpy.startsWith(version)).toBe(true);
    expect(report.compared).toBeGreaterThan(2000);
  });
});
