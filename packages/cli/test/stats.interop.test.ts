// masq stats and masq hist beside NumPy's own figures, for every numeric file of the corpus and arrays too large to be sorted in one piece.
import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { bin, build, scratch, start } from "./support/masq.ts";

const folder = scratch();
const script = `
import json, sys
import numpy as np
folder, seed = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(seed)
n = 2_300_000
arrays = {
    "normal": rng.normal(20, 5, n).reshape(23, -1),
    "ties": rng.integers(0, 3, n).astype(np.float32),
    "ints": rng.integers(-2**63, 2**63 - 1, n, dtype=np.int64),
    "close": (2**60 + rng.integers(0, 1000, 5000)).astype(np.uint64),
    "half": rng.normal(0, 1, 999).astype(np.float16),
    "dates": rng.integers(0, 10**6, 4001).astype("M8[s]"),
    "one": np.array([3.5]),
    "single-row": rng.normal(0, 1, (1, 3, n // 3)).astype(np.float32),
}
out = {}
for name, a in arrays.items():
    np.save(f"{folder}/{name}.npy", a)
    v = a.ravel()
    q = np.quantile(v.astype(np.float64) if v.dtype.kind != "M" else v.astype(np.int64), [0.1, 0.5, 0.9])
    w = v.astype(np.float64) if v.dtype.kind != "M" else None
    counts = np.histogram(v - v.min() if name == "close" else (v if v.dtype.kind != "M" else v.astype(np.int64)), 13)[0]
    out[name] = dict(q=[float(x) for x in q], counts=[int(c) for c in counts],
                     mean=None if w is None else float(w.mean()), std=None if w is None else float((v - v.min()).astype(np.float64).std() if name == "close" else w.std()))
json.dump(out, sys.stdout)
`;

type Want = Record<string, { q: number[]; counts: number[]; mean: number | null; std: number | null }>;
let want: Want = {};
beforeAll(async () => {
  build();
  const python = process.env["MASQUERADE_PY2"];
  if (python === undefined) throw new Error("MASQUERADE_PY2 names no Python");
  const { code, out, err } = await start(python, ["-c", script, folder, String(inject("seed"))]);
  expect([code, err]).toEqual([0, ""]);
  want = JSON.parse(out) as Want;
});

const names = ["normal", "ties", "ints", "close", "half", "dates", "one", "single-row"];

describe.each(names)("%s", (name) => {
  const file = join(folder, `${name}.npy`);
  const run = async (...argv: string[]): Promise<unknown> => {
    const { code, out, err } = await start(process.execPath, [bin, ...argv, file, "--json"]);
    expect([code, err]).toEqual([0, ""]);
    return JSON.parse(out);
  };

  it("stats", async () => {
    const { arrays } = (await run("stats", "--quantiles", "0.1,0.5,0.9")) as {
      arrays: { stats: { mean?: number; std?: number; quantiles: Record<string, number | string> } }[];
    };
    const [found, expected] = [arrays[0]?.stats, want[name]];
    const near = (a: number | string | undefined, b: number, digits = 1e-12): void => {
      const number = name === "dates" ? Date.parse(`${a}Z`) / 1000 : Number(a);
      expect(Math.abs(number - b)).toBeLessThanOrEqual(Math.abs(b) * digits + (name === "dates" ? 1 : 0));
    };
    for (const [i, value] of Object.values(found?.quantiles ?? {}).entries()) near(value, expected?.q[i] as number);
    expect(Object.keys(found?.quantiles ?? {})).toHaveLength(3);
    if (expected?.mean == null) return;
    near(found?.mean, expected.mean, 1e-9);
    near(found?.std, expected.std as number, 1e-9);
  });

  it("hist", async () => {
    const { counts } = (await run("hist", "--bins", "13")) as { counts: number[] };
    // NumPy's bins are float32 for float32: an element on a limit may be one bin off.
    const off = counts.map((count, i) => Math.abs(count - (want[name]?.counts[i] as number)));
    expect(Math.max(...off)).toBeLessThanOrEqual(name === "single-row" || name === "half" ? 3 : 0);
  });
});
