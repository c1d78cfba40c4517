// What the demo wrote, in the hands of the real NumPys: bit for bit what the original pickle holds.
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { bin, build, corpus, root, scratch, start } from "./support/masq.ts";

const folder = scratch();
const pythons = ["MASQUERADE_PY1", "MASQUERADE_PY2"] as const;

beforeAll(async () => {
  build();
  const { code, err } = await start(process.execPath, [join(root, "scripts/demo.mjs"), folder]);
  expect([code, err]).toEqual([0, ""]);
  const npz = join(folder, "sst.npz");
  for (const numpy of ["1", "2", "portable"])
    for (const protocol of ["0", "2", "4", "5"]) {
      const argv = [
        bin,
        "convert",
        npz,
        join(folder, `sst-${numpy}-${protocol}.pkl`),
        "--numpy",
        numpy,
        "--protocol",
        protocol,
      ];
      const { code, err } = await start(process.execPath, [...argv, "--quiet", "--verify"]);
      expect([code, err]).toEqual([0, ""]);
    }
});

const script = `
import glob, pickle, sys, warnings
import numpy as np
folder, original = sys.argv[1:]
def same(a, b):
    return (type(a) is type(b) and a.dtype == b.dtype and a.shape == b.shape and a.data.tobytes() == b.data.tobytes()
            and np.asarray(a).tobytes() == np.asarray(b).tobytes() and a.mask.tobytes() == b.mask.tobytes()
            and a.fill_value.dtype == b.fill_value.dtype and a.fill_value.tobytes() == b.fill_value.tobytes())
with open(original, "rb") as f:
    want = pickle.load(f)
major = np.__version__[0]
names = sorted(glob.glob(folder + "/*.pkl"))
loaded = 0
for name in names:
    # NumPy 1 does not know numpy._core's names in protocols and versions of NumPy 2.
    if major == "1" and "-2-" in name:
        continue
    # What is written for both gives no warning in either; what NumPy 1 itself writes does in NumPy 2.
    with open(name, "rb") as f, warnings.catch_warnings():
        warnings.simplefilter("ignore" if "-1-" in name else "error")
        got = pickle.load(f)
    if not same(want, got):
        sys.exit(name + " differs")
    loaded += 1
print(major, len(names), loaded)
`;

describe("what we pickled", () => {
  it.each(pythons)("loads in %s, bit for bit", async (name) => {
    const python = process.env[name];
    if (python === undefined) throw new Error(`${name} names no Python`);
    const { code, out, err } = await start(python, ["-c", script, folder, corpus("demo/sst.pkl")]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(name === "MASQUERADE_PY2" ? "2 13 13\n" : "1 13 9\n");
  });
});
