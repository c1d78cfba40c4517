// A process that adds to a file is killed again and again, at any moment: whoever reads the file finds it as it was, or with all that was added.
import { execFile, spawn } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { hdf5 } from "@masquerade/adapter-hdf5";
import { type AnyArray, isBundle, type MaskedArray } from "@masquerade/core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

const run = promisify(execFile);
const codec = await hdf5.codec();
const interpreter = process.env["MASQUERADE_PYHDF5"] ?? "python3";
const child = new URL("./support/append-child.mjs", import.meta.url).pathname;
const batch = 8000;
const times = 20;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-hdf5-killed-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const make = `import h5py, numpy as np, sys
with h5py.File(sys.argv[1], "w", libver=sys.argv[2]) as f:
    f["beside"] = np.arange(100)
    i = np.arange(${batch})
    f.create_dataset("m", data=i.astype("f8"), maxshape=(None,), chunks=(7000,), compression="gzip")
    f.create_dataset("m_mask", data=i % 3 == 0, maxshape=(None,), chunks=(9000,))`;

/** Of each file: rows, whether all of them are right, and the arrays that were added. */
const look = `import h5py, json, numpy as np, sys
out = []
for path in sys.argv[1:]:
    with h5py.File(path, "r+") as f:
        f.attrs["seen"] = 1
        m, mask = f["m"][()], f["m_mask"][()]
        i = np.arange(len(m))
        sound = len(mask) == len(m) and (m == i).all() and (mask == (i % 3 == 0)).all() and (f["beside"][()] == np.arange(100)).all()
        more = sorted(int(k[5:]) for k in f if k.startswith("from_"))
        sound = sound and all((f["from_%d" % k][()] == np.arange(k, k + ${batch})).all() for k in more)
        out.append([len(m), bool(sound), more])
print(json.dumps(out))`;

/** Kills the process some time after it began, and gives the last length it told. */
async function killed(path: string, milliseconds: number): Promise<number> {
  return await new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, [child, path, String(batch)], { stdio: ["ignore", "pipe", "pipe"] });
    let [told, errors] = ["", ""];
    process_.stderr.on("data", (bytes) => {
      errors += bytes;
    });
    process_.stdout.on("data", (bytes) => {
      // From when it has read the file on.
      if (told === "") setTimeout(() => process_.kill("SIGKILL"), milliseconds);
      told += bytes;
    });
    process_.on("close", (_code, signal) => {
      if (signal !== "SIGKILL") reject(new Error(`it ended by itself: ${errors}`));
      else resolve(Number(told.trim().split("\n").at(-1)));
    });
  });
}

test.each(["earliest", "v110"])("libver %s", { timeout: 300_000 }, async (libver) => {
  const path = join(folder, `${libver}.h5`);
  await run(interpreter, ["-c", make, path, libver]);
  let state = inject("seed") >>> 0;
  const copies: string[] = [];
  const lengths: number[] = [];
  let torn = 0;
  for (let i = 0; i < times; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const told = await killed(path, (state / 2 ** 32) * 400);
    const bytes = new Uint8Array(await readFile(path));
    const value = await codec.decode(bytes);
    if (!isBundle(value)) throw new Error("no bundle");
    const m = value.get("m") as MaskedArray;
    const length = (m as AnyArray).shape[0] as number;
    // The last append may be done before it was told.
    expect([told, told + batch], `after kill ${i}`).toContain(length);
    expect((m.data.toC() as Float64Array).every((one, row) => one === row)).toBe(true);
    expect((m.maskArray().toC() as Uint8Array).every((flag, row) => flag === (row % 3 === 0 ? 1 : 0))).toBe(true);
    lengths.push(length);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (Number(view.getBigUint64(libver === "earliest" ? 40 : 28, true)) < bytes.length) torn++;
    copies.push(join(folder, `${libver}-${i}.h5`));
    await copyFile(path, copies.at(-1) as string);
  }
  const seen = JSON.parse(
    (await run(interpreter, ["-c", look, ...copies], { maxBuffer: 2 ** 26 })).stdout,
  ) as unknown[];
  const expected = lengths.map((length) => [
    length,
    true,
    Array.from({ length: length / batch - 1 }, (_, k) => (k + 1) * batch),
  ]);
  expect(seen).toEqual(expected);
  // h5py wrote to each of them, over whatever was left behind the end.
  for (const [i, copy] of copies.entries()) {
    const found = await codec.decode(new Uint8Array(await readFile(copy)), { select: "m" });
    expect((found as AnyArray).shape, `copy ${i}`).toEqual([lengths[i]]);
  }
  // Some were killed while they wrote: bytes are behind the end, where the superblock says it is.
  expect(torn).toBeGreaterThan(0);
  expect(new Set(lengths).size).toBeGreaterThan(2);
  await run("h5dump", ["-H", path]);
});
