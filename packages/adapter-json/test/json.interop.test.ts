// What we write, as one document and as rows: valid by Python's jsonschema, strict JSON to Python's json, right values there, and the README's recipe. One process per NumPy.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { json, ndjson } from "@masquerade/adapter-json";
import { coveringSet } from "@masquerade/conformance";
import { type AnyArray, type Bundle, difference, dtypeString, isArray, isMaskedArray, nomask } from "@masquerade/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expected } from "../../../corpus/support/expect.ts";

const run = promisify(execFile);
const codec = await json.codec();
const rows = await ndjson.codec();
const corpus = new URL("../../../corpus/", import.meta.url);
const simple: ReadonlySet<string> = new Set(["b", "i", "u", "f", "M", "S", "U"]);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function caseOf(value: AnyArray | Bundle): object | null {
  if (
    !isArray(value) ||
    !simple.has(dtypeString(value.dtype)[1] as string) ||
    value.dtype.kind === "longdouble" ||
    value.dtype.itemsize === 0
  )
    return null;
  const data = isMaskedArray(value) ? value.data : value;
  const mask = isMaskedArray(value) && value.mask !== nomask ? value.mask.toBytes("C") : new Uint8Array(value.size);
  const floats = value.dtype.kind === "float64" && !value.shape.includes(0) && value.ndim <= 32;
  // The recipe reads numbers; words for what is no number are Python's too, but payloads are ours.
  const plain = floats && !new TextDecoder().decode(codec.encode(value)).includes("NaN(");
  return {
    dtype: dtypeString(value.dtype),
    data: hex(data.toBytes("C")),
    mask: hex(mask),
    ...(plain ? { recipe: json.recipe } : {}),
  };
}

let folder = "";
/** What did not come back from rows as it was. */
const lost: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-json-"));
  const files: Record<string, object | null> = {};
  let i = 0;
  const put = async (value: AnyArray | Bundle, options = {}, bytesTitles = false): Promise<void> => {
    const name = `${i++}.json`;
    await writeFile(join(folder, name), codec.encode(value, options));
    files[name] = caseOf(value);
    const lines = rows.encode(value);
    await writeFile(join(folder, `${name.replace(".json", ".ndjson")}`), lines);
    files[name.replace(".json", ".ndjson")] = caseOf(value);
    // Titles that are bytes (Python 2) come back equal, but dtypes compare them by identity: see documents.test.ts.
    const how = bytesTitles ? undefined : difference(value, rows.decode(lines));
    if (how !== undefined) lost.push(`${name}: ${how}`);
  };
  for (const { array } of coveringSet(json.capabilities.kinds, 23)) await put(array, { indent: i % 3 });
  const seen = new Set<string>();
  for (const of of ["npy", "npz", "pickle", "joblib", "dill", "cloudpickle", "demo"]) {
    const { entries } = JSON.parse(readFileSync(new URL(`${of}/manifest.json`, corpus), "utf8")) as {
      entries: readonly { readonly expect: { readonly kind?: string; readonly shape?: readonly number[] } }[];
    };
    for (const { expect: about } of entries) {
      const text = JSON.stringify(about);
      const array = ["ndarray", "masked", "dict", "list", "tuple"].includes(about.kind ?? "");
      if (!array || seen.has(text) || text.includes('"kind":"dtype"') || (about.shape ?? []).some((n) => n > 2 ** 53))
        continue;
      seen.add(text);
      await put(expected(about) as AnyArray | Bundle, {}, text.includes('"title":{'));
    }
  }
  const schema = new URL("../schema/masked-array-1.json", import.meta.url).pathname;
  await writeFile(join(folder, "cases.json"), JSON.stringify({ schema, files }));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("rows bring back every array of the corpus, bit for bit", () => {
  expect(lost).toEqual([]);
});

describe.each([
  ["MASQUERADE_PY1", "1.", false],
  ["MASQUERADE_PY2", "2.", true],
])("%s", (variable, version, validates) => {
  test("reads what we write", async () => {
    const python = process.env[variable];
    if (python === undefined) throw new Error(`${variable} must name a Python with NumPy ${version}x`);
    const script = new URL("support/check.py", import.meta.url).pathname;
    const { stdout } = await run(python, ["-W", "ignore", script, folder], { maxBuffer: 1 << 26 });
    const report = JSON.parse(stdout) as { numpy: string; compared: number; validated: number; problems: string[] };
    expect(report.problems).toEqual([]);
    expect(report.numpy.startsWith(version)).toBe(true);
    expect(report.compared).toBeGreaterThan(4000);
    expect(report.validated > 3000).toBe(validates);
  });
});
