import { expect, it } from "vitest";
import { corpus, masq } from "./support/masq.ts";

const sst = corpus("demo/sst.pkl");

it("head prints the first of each array, as NumPy does", async () => {
  const { code, out } = await masq(["head", "-n", "2", corpus("npz/np2/several.npz")]);
  expect(code).toBe(0);
  expect(out).toContain('"x":\narray([-2147483648,  2147483647], dtype=int32)\n');
  const selected = await masq(["head", "-n", "2", "--select", "x", corpus("npz/np2/several.npz")]);
  expect(selected.out).toBe("array([-2147483648,  2147483647], dtype=int32)\n");
});

it("slice reads any part, masked elements shown as such", async () => {
  expect((await masq(["slice", `${sst}[0, 8, 10:13]`])).out).toBe(
    "masked_array(data=[2.259999990463257, --, --],\n             mask=[False,  True,  True],\n" +
      "       fill_value=-999.0,\n            dtype=float32)\n",
  );
  const { out } = await masq(["slice", "--json", `${sst}[0:2, 8, 10:12]`]);
  expect(JSON.parse(out)).toEqual({
    key: null,
    dtype: "<f4",
    shape: [2, 2],
    values: [
      [Math.fround(2.26), null],
      [expect.any(Number), null],
    ],
  });
});

it("the selection may be a word of its own", async () => {
  const joined = (await masq(["slice", `${sst}[0, 8, 10:13]`])).out;
  for (const word of ["0, 8, 10:13", "[0, 8, 10:13]"]) expect((await masq(["slice", sst, word])).out).toBe(joined);
  expect((await masq(["slice", sst, "0", "1"])).err).toMatch(/^masq: USAGE: too many arguments/);
  expect((await masq(["slice", sst, "x"])).err).toMatch(/^masq: INDEX_INVALID: /);
});

it("slice --all leaves nothing out", async () => {
  const [summary, all] = await Promise.all([masq(["slice", `${sst}[0]`]), masq(["slice", "--all", `${sst}[0]`])]);
  expect(summary.out).toContain("...");
  expect(all.out).not.toContain("...");
});

it("show draws the first plane, or the one chosen", async () => {
  const { code, out } = await masq(["show", sst]);
  expect(code).toBe(0);
  expect(out.split("\n").length).toBe(18 + 2);
  expect(out).toMatch(/^#{72}$/m);
  expect((await masq(["show", sst, "--slice", "2"])).out).not.toBe(out);
  expect((await masq(["show", sst, "--slice", "0, 0", "--width", "36"])).out.split("\n")[0]?.length).toBe(36);
});
