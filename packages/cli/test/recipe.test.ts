// What the recipes do in Python is in recipe.interop.test.ts.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { registry } from "../src/registry.ts";
import { corpus, masq, scratch } from "./support/masq.ts";

const folder = scratch();

describe("masq recipe", () => {
  it("prints lines that name this very file", async () => {
    const { code, out } = await masq(["recipe", corpus("npy/np2/dtype-f8.npy")]);
    expect(code).toBe(0);
    expect(out).toContain(`array = np.load('${corpus("npy/np2/dtype-f8.npy")}')\n`);
  });

  it("warns where reading runs code, and quotes what a path may hold", async () => {
    const file = join(folder, 'it\'s "new"\n.pkl');
    writeFileSync(file, readFileSync(corpus("demo/sst.pkl")));
    const { out } = await masq(["recipe", file]);
    expect(out).toMatch(/^# pip install numpy\n# Loading a pickle runs what it names: /);
    expect(out).toContain(`it\\'s "new"\\n.pkl', "rb") as file:`);
  });

  it("gives every way with --all, and JSON", async () => {
    const file = join(folder, "sst.mmdpickle");
    await masq(["convert", corpus("demo/sst.pkl"), file, "--quiet"]);
    const { out } = await masq(["recipe", file, "--all", "--json"]);
    expect((JSON.parse(out) as { needs: string[] }[]).map((one) => one.needs)).toEqual([
      ["numpy<2.3"],
      ["mmappickle", "numpy<2"],
    ]);
    expect((await masq(["recipe", file])).out).toMatch(/^# pip install "numpy<2.3"\n/);
  });

  it("says of compression around a file that it has to go first", async () => {
    const file = join(folder, "t.npy.gz");
    writeFileSync(file, gzipSync(readFileSync(corpus("npy/np2/dtype-f8.npy"))));
    expect((await masq(["recipe", file])).out).toMatch(
      /^# The file is compressed around \(gzip.*\): unpack it first\.$/m,
    );
  });

  it("refuses stdin", async () => {
    expect(await masq(["recipe", "-"])).toMatchObject({ code: 2, err: expect.stringMatching(/^masq: USAGE: stdin/) });
  });

  it("is there for every format", () => {
    for (const format of registry.formats) expect(format.recipes, format.id).toBeTypeOf("function");
  });
});
