import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { difference, load } from "masquerade";
import { describe, expect, it } from "vitest";
import { corpus, masq, scratch } from "./support/masq.ts";

const folder = scratch();
const sst = corpus("demo/sst.pkl");
let count = 0;
const fresh = (name: string): string => join(folder, `${count++}-${name}`);
const leftovers = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".tmp"));

describe("a batch", () => {
  const inputs = join(folder, "batch");
  mkdirSync(inputs);
  for (const name of ["a.pkl", "b.pkl"]) writeFileSync(join(inputs, name), readFileSync(sst));
  writeFileSync(join(inputs, "c.pkl"), "(bad");
  writeFileSync(join(inputs, "d.npz.gz"), "bad");
  const out = join(folder, "made", "deep");

  it("converts what patterns name, tells the fate of each, and fails if one did", async () => {
    const { code, out: data, err } = await masq(["convert", `${inputs}/*.pkl`, "--to", "npz", "--out-dir", out]);
    expect([code, data]).toEqual([2, ""]);
    const lines = err.split("\n");
    expect(lines[0]).toBe(`ok      ${inputs}/a.pkl -> ${out}/a.npz: npz, 39638 bytes`);
    expect(lines[4]).toMatch(/^failed {2}.*c\.pkl: FORMAT_MALFORMED: /);
    expect(lines[5]).toBe("2 converted, 1 failed");
    expect(readdirSync(out).sort()).toEqual(["a.npz", "b.npz"]);
    expect(difference(await load(sst), await load(join(out, "b.npz")))).toBeUndefined();
  });

  it("reports in JSON, a line for each", async () => {
    const argv = ["convert", join(inputs, "a.pkl"), join(inputs, "c.pkl"), "--to", "npz", "--out-dir", out];
    const { code, err } = await masq([...argv, "--report", "json", "--force"]);
    expect(code).toBe(2);
    const [one, other] = err
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(one).toMatchObject({ in: join(inputs, "a.pkl"), out: join(out, "a.npz"), losses: [] });
    expect(other).toMatchObject({ in: join(inputs, "c.pkl"), error: { code: "FORMAT_MALFORMED" } });
    expect(await masq([...argv, "--quiet", "--dry-run"])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^failed[^\n]*\n$/),
    });
  });

  it("refuses what cannot go well before it begins", async () => {
    for (const [argv, message] of [
      [[join(inputs, "a.pkl"), "--out-dir", out], /needs --to/],
      [[`${inputs}/*.xyz`, "--to", "npz", "--out-dir", out], /no file matches/],
      [[join(inputs, "a.pkl"), join(folder, "a.npy"), "--to", "npz", "--out-dir", out], /would both be/],
      [["-", "--to", "npz", "--out-dir", out], /stdin has no name/],
      [["a", "b", "c"], /takes a file to read and one to write/],
    ] as const)
      expect((await masq(["convert", ...argv])).err).toMatch(message);
  });
});

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
    expect(JSON.parse(err)).toEqual({
      in: "-",
      out: "-",
      format: "npz",
      bytes: bytes.length,
      kept: ["values", "dtype", "shape", "mask", "values beneath the mask", "fill value"],
      changes: [],
      losses: [],
      verified: null,
    });
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

  it("casts and fills, and says what that did", async () => {
    const out = fresh("filled.npy");
    const { code, err } = await masq(["convert", sst, out, "--astype", "int16", "--fill=-1", "--verify"]);
    expect([code, err]).toEqual([
      0,
      `${out}: npy, 15680 bytes\n  cast to int16: 5102 elements changed their value\n  masked elements filled: 2640 elements\n` +
        "  everything is kept\n  read back: identical, bit for bit\n",
    ]);
    const made = await load(out, { as: "plain", dtype: "int16" });
    expect([...made.data].filter((value) => value === -1).length).toBeGreaterThanOrEqual(2640);
    for (const [option, message] of [
      [["--astype", "flot32"], /USAGE: --astype: "flot32" is no dtype; did you mean float32\?/],
      [["--fill", "abc"], /USAGE: --fill: "abc" is no float32/],
    ] as const)
      expect((await masq(["convert", sst, fresh("no.npy"), ...option])).err).toMatch(message);
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
