import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { archive } from "../archive.mjs";

const folder = mkdtempSync(join(tmpdir(), "archive-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("h5py reads the archive, mask and all", async () => {
  const target = join(folder, "demo.h5");
  const demo = fileURLToPath(new URL("../../../corpus/demo/", import.meta.url));
  await archive(demo, target);
  const python = `
import h5py, numpy as np, pickle, sys
with h5py.File(sys.argv[1]) as f:
    sst = np.ma.MaskedArray(f["sst"][()], f["sst_mask"][()])
    print(f.attrs["title"], f["sst"].compression)
was = pickle.load(open(sys.argv[2] + "sst.pkl", "rb"))
assert sst.dtype == was.dtype and (sst.mask == was.mask).all() and sst.data.tobytes() == was.data.tobytes()
`;
  const out = execFileSync(process.env["MASQUERADE_PY2"] as string, ["-c", python, target, demo], { encoding: "utf8" });
  expect(out).toBe("demo gzip\n");
});
