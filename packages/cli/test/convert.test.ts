import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { difference, load } from "masquerade";
import { describe, expect, it } from "vitest";
import { corpus, masq, scratch } from "./support/masq.ts";

const folder = scratch();
const sst = corpus("demo/sst.pkl");
let count = 0;
const fresh = (name: string): string => join(folder, `${count++}-${name}`);
const leftovers = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".tmp"));

describe("convert", () => {
  it("goes from NumPy's pickle to NPZ and back to the same bytes", async () => {
    const [npz, pkl] = [fresh("sst.npz"), fresh("sst.pkl")];
    expect(await masq(["convert", sst, npz, "--verify"])).toMatchObject({ code: 0, out: "" });
    expect(difference(await load(sst), await load(npz))).toBeUndefined();
    const back = await masq(["convert", npz, pkl, "--protocol", "2", "--numpy", "2", "--exact", "--verify"]);
    expect(back.err).toBe(`${pkl}: pickle, 54265 bytes\n  everything is kept\n  read back: identical, bit for bit\n`);
    expect(readFileSync(pkl).equals(readFileSync(sst))).toBe(true);
  });

  it("refuses content a format cannot hold, and says how to accept it", async () => {
    const out = fresh("sst.npy");
    const refused = await masq(["convert", sst, out]);
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toMatch(/^masq: CAPABILITY_MISSING: npy: cannot hold the mask: .*--lossy\n$/);
    expect(existsSync(out)).toBe(false);
    const accepted = await masq(["convert", sst, out, "--lossy"]);
    expect(accepted.code).toBe(0);
    expect(accepted.err).toMatch(/LOST: the mask/);
    expect((await load(out, { as: "plain" })).dtype.kind).toBe("float32");
  });

  it("leaves what is there alone, unless forced", async () => {
    const out = fresh("precious.npz");
    writeFileSync(out, "precious");
    const refused = await masq(["convert", sst, out]);
    expect(refused.err).toMatch(/^masq: SOURCE_EXISTS: .*--force replaces it\n$/);
    expect(readFileSync(out, "utf8")).toBe("precious");
    const broken = fresh("broken.pkl");
    writeFileSync(broken, readFileSync(sst).subarray(0, 20_000));
    expect(await masq(["convert", broken, out, "--force"])).toMatchObject({ code: 2, out: "" });
    expect(readFileSync(out, "utf8")).toBe("precious");
    expect((await masq(["convert", sst, out, "--force", "--quiet"])).err).toBe("");
    expect(difference(await load(sst), await load(out))).toBeUndefined();
    expect(leftovers()).toEqual([]);
  });

  it("works from stdin to stdout", async () => {
    const { code, bytes, err } = await masq(["convert", "-", "-", "--to", "npz", "--report", "json"], {
      stdin: [readFileSync(sst)],
    });
    expect(code).toBe(0);
    expect(difference(await load(sst), await load(bytes))).toBeUndefined();
    expect(JSON.parse(err)).toEqual({ out: "-", format: "npz", bytes: bytes.length, losses: [], verified: null });
  });

  it("takes a part", async () => {
    const out = fresh("march.npz");
    expect((await masq(["convert", sst, out, "--slice", "2, ::2, -1"])).code).toBe(0);
    const value = await load(sst, { as: "masked" });
    expect(difference(value.slice("2, ::2, -1").copy(), await load(out))).toBeUndefined();
  });

  it("takes one of several", async () => {
    const several = corpus("npz/np2/several.npz");
    const bundle = await load(several, { as: "bundle" });
    const name = bundle.names[1] as string;
    const out = fresh("one.npz");
    expect((await masq(["convert", several, out, "--select", name])).code).toBe(0);
    expect(difference(bundle.get(name), await load(out))).toBeUndefined();
    expect(await masq(["convert", several, fresh("no.npz"), "--select", "nobody"])).toMatchObject({ code: 2 });
  });

  it("says what would happen without doing it", async () => {
    const out = fresh("dry.npz");
    const { code, err } = await masq(["convert", sst, out, "--dry-run"]);
    expect(code).toBe(0);
    expect(err).toBe(`${out}: npz, nothing written (dry run)\n  everything is kept\n`);
    expect(existsSync(out)).toBe(false);
    expect((await masq(["convert", sst, fresh("dry.npy"), "--dry-run"])).code).toBe(2);
  });

  it("passes options to the format, and refuses those it does not have", async () => {
    const [stored, deflated] = [fresh("a.npz"), fresh("b.npz")];
    await masq(["convert", sst, stored]);
    await masq(["convert", sst, deflated, "--compress", "--level", "9"]);
    expect(statSync(deflated).size).toBeLessThan(statSync(stored).size / 2);
    const out = fresh("c.npz");
    for (const [option, code] of [
      [["--protocol", "2"], "OPTION_UNKNOWN"],
      [["--level", "10"], "OPTION_INVALID"],
      [["--level", "x"], "OPTION_INVALID"],
      [["--level"], "USAGE"],
      [["--limit", "maxByte=3"], "OPTION_UNKNOWN"],
      [["--limit", "maxBytes"], "USAGE"],
      [["--limit", "maxBytes=3"], "LIMIT_EXCEEDED"],
    ] as const) {
      const { err } = await masq(["convert", sst, out, ...option]);
      expect(err, option.join(" ")).toMatch(new RegExp(`^masq: ${code}: [^\n]*\n$`));
    }
    expect(existsSync(out)).toBe(false);
  });

  it("streams large files, and verifies them by blocks", async () => {
    const large = fresh("large.npy");
    const header = readFileSync(corpus("npy/np2/dtype-u1.npy")).subarray(0, 128);
    const shape = "'shape': (80000000,), }";
    const text = Buffer.from(
      header
        .toString("latin1")
        .replace(/'shape': .*$/s, shape)
        .padEnd(127),
      "latin1",
    );
    writeFileSync(large, Buffer.concat([text, Buffer.from("\n")]));
    truncateSync(large, 128 + 80_000_000);
    const out = fresh("large.npz");
    const { code, err } = await masq(["convert", large, out, "--verify"]);
    expect(err).toContain("read back: identical, bit for bit");
    expect(code).toBe(0);
    const stats = await masq(["inspect", "--stats", "--json", out]);
    expect(JSON.parse(stats.out).arrays[0]).toMatchObject({
      shape: [80_000_000],
      stats: { count: 80_000_000, max: 0 },
    });
  });
});
