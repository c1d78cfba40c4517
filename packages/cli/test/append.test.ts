import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load, type MaskedArray } from "masquerade";
import { describe, expect, it } from "vitest";
import { corpus, masq, scratch } from "./support/masq.ts";

const folder = scratch();
const sst = corpus("demo/sst.pkl");

describe("--append", () => {
  it("grows what the file has, and writes the file where there is none", async () => {
    const h5 = join(folder, "grows.h5");
    const argv = ["convert", sst, h5, "--append"];
    expect((await masq([...argv, "--resizable", "0", "--gzip", "4", "--shuffle"])).code).toBe(0);
    const { code, err } = await masq(argv);
    expect([code, err]).toEqual([0, expect.stringMatching(/added to what was there/)]);
    const [one, twice] = [await load(sst, { as: "masked" }), await load(h5, { as: "masked" })];
    expect(twice.shape).toEqual([6, 36, 72]);
    expect(twice.slice("3:").data.toBytes()).toEqual(one.data.toBytes());
    expect(twice.slice("3:").maskArray().toBytes()).toEqual(one.maskArray().toBytes());
  });

  it("adds to a file that h5py wrote, under the name that is given", async () => {
    const h5 = join(folder, "theirs.h5");
    copyFileSync(corpus("hdf5/mask-nexus.h5"), h5);
    const before = await load(h5, { as: "bundle" });
    expect((await masq(["convert", sst, h5, "--append"])).err).toMatch(/OPTION_INVALID: .*named arrays.*--name/);
    expect(await masq(["convert", sst, h5, "--append", "--name", "run/sst", "--resizable", "0"])).toMatchObject({
      code: 0,
    });
    expect(await masq(["convert", sst, h5, "--append", "--name", "run/sst"])).toMatchObject({ code: 0 });
    const after = await load(h5, { as: "bundle" });
    expect(after.names).toEqual([...before.names, "run"].sort());
    for (const name of before.names) expect(after.get(name), name).toEqual(before.get(name));
    const [one, twice] = [await load(sst, { as: "masked" }), after.get("run/sst") as MaskedArray];
    expect(twice.shape).toEqual([6, 36, 72]);
    for (const part of ["0:3", "3:"]) {
      expect(twice.slice(part).data.toBytes()).toEqual(one.data.toBytes());
      expect(twice.slice(part).maskArray().toBytes()).toEqual(one.maskArray().toBytes());
    }
    expect((await masq(["convert", sst, h5, "--append", "--name", "a//b"])).err).toMatch(/USAGE: --name/);
  });

  it("names an array in a new file too", async () => {
    const npz = join(folder, "named.npz");
    expect((await masq(["convert", sst, npz, "--name", "t"])).code).toBe(0);
    expect((await load(npz, { as: "bundle" })).names).toEqual(["t"]);
  });

  it("a name, or a comparison by bits, leaves no member out in silence", async () => {
    const h5 = join(folder, "linked.h5");
    copyFileSync(corpus("hdf5/refused-external-link.h5"), h5);
    expect(await masq(["convert", sst, h5, "--append", "--name", "sst"])).toMatchObject({ code: 0 });
    for (const argv of [
      ["convert", h5, join(folder, "linked.npz"), "--name", "run"],
      ["diff", "--bits", h5, h5],
    ])
      expect(await masq(argv), argv.join(" ")).toMatchObject({
        code: 2,
        err: expect.stringMatching(/^masq: UNSAFE_LINK: hdf5: "\/x" is a link/),
      });
  });

  it("repacks through convert: other chunks, another level", async () => {
    const [from, to] = [join(folder, "a.h5"), join(folder, "b.h5")];
    await masq(["convert", sst, from, "--chunks", "1,36,72"]);
    expect((await masq(["convert", from, to, "--chunks", "3,12,24", "--gzip", "9", "--verify"])).code).toBe(0);
    expect((await load(to, { as: "masked" })).data.toBytes()).toEqual(
      (await load(sst, { as: "masked" })).data.toBytes(),
    );
  });

  it("is refused where it means nothing, and leaves the file as it was", async () => {
    const npz = join(folder, "x.npz");
    await masq(["convert", sst, npz]);
    const before = readFileSync(npz);
    expect(await masq(["convert", sst, npz, "--append"])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/CAPABILITY_MISSING: npz: .*in place/),
    });
    expect((await masq(["convert", sst, npz, "--append", "--force"])).err).toMatch(/USAGE: --append/);
    expect(readFileSync(npz).equals(before)).toBe(true);
    const h5 = join(folder, "fixed.h5");
    await masq(["convert", sst, h5]);
    expect((await masq(["convert", sst, h5, "--append"])).err).toMatch(/cannot grow along axis 0.*resizable/);
  });
});
