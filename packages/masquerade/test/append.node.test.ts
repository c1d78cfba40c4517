import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { type AnyArray, append, arange, Bundle, fromFile, load, type NdArray, open, save } from "masquerade";
import { append as portable } from "masquerade/portable";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const corpus = new URL("../../../corpus/", import.meta.url);
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-append-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const rows = (from: number): AnyArray => arange(from, from + 6).reshape([2, 3]) as AnyArray;
const bundle = (array: AnyArray): Bundle => new Bundle({ entries: [["t", array]] });

describe("append", () => {
  it("adds to files of the formats that can, by path, file: URL or source, and says what they are", async () => {
    const path = join(folder, "log.h5");
    await save(path, bundle(rows(0)), { resizable: [0] });
    const { format, bytes, losses } = await append(path, bundle(rows(6)));
    expect([format, losses]).toEqual(["hdf5", []]);
    expect(bytes).toBe((await readFile(path)).length);
    await append(pathToFileURL(path), bundle(rows(12)), { format: "hdf5" });
    {
      await using file = await fromFile(path, { mode: "r+" });
      await portable(file, bundle(rows(18)));
    }
    await using file = await open(path);
    expect(file.array("t").header.shape).toEqual([8, 3]);
    expect([...(((await file.array("t").read(":, 0")) as NdArray).toC() as Iterable<unknown>)].map(Number)).toEqual([
      0, 3, 6, 9, 12, 15, 18, 21,
    ]);
  });

  it("adds to a file that h5py wrote", async () => {
    const path = join(folder, "theirs.h5");
    await copyFile(new URL("hdf5/mask-nexus.h5", corpus), path);
    const before = await load(path, { as: "bundle" });
    await append(path, new Bundle({ entries: [["rows", rows(0)]] }));
    expect((await load(path, { as: "bundle" })).names).toEqual([...before.names, "rows"].sort());
  });

  it("refuses formats that cannot, sources that are read only and files that are compressed, and leaves them alone", async () => {
    const npz = join(folder, "x.npz");
    await save(npz, bundle(rows(0)));
    const before = await readFile(npz);
    await expect(append(npz, bundle(rows(6)))).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    expect((await readFile(npz)).equals(before)).toBe(true);
    await using reading = await fromFile(npz);
    await expect(append(reading, rows(0))).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(append(join(folder, "none.h5"), rows(0))).rejects.toMatchObject({ code: "SOURCE_MISSING" });
    const packed = join(folder, "x.h5.gz");
    await writeFile(packed, gzipSync(await readFile(new URL("hdf5/mask-nexus.h5", corpus))));
    await expect(append(packed, bundle(rows(0)))).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    await expect(append(npz, bundle(rows(6)), { nonsense: 1 } as never)).rejects.toMatchObject({
      code: "OPTION_UNKNOWN",
    });
  });
});
