import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { corpus, masq, scratch } from "./support/masq.ts";

const folder = scratch();
const whole = corpus("npz/np2/several.npz");
const flipped = join(folder, "flipped.npz");
const bytes = readFileSync(whole);
bytes[200] = (bytes[200] as number) ^ 1;
writeFileSync(flipped, bytes);

describe("masq validate", () => {
  it("reads everything, and says what is wrong", async () => {
    const { code, out, err } = await masq(["validate", whole, flipped]);
    expect([code, err]).toEqual([1, ""]);
    const [good, bad] = out.split("\n");
    expect(good).toBe(`valid    ${whole}: npz, 3 arrays`);
    expect(bad).toMatch(/^INVALID {2}.*flipped\.npz: FORMAT_[A-Z]+: npz: /);
    expect(await masq(["validate", whole, corpus("demo/sst.pkl")])).toMatchObject({ code: 0 });
  });

  it("as JSON, a line for each, by a pattern too", async () => {
    const { code, out } = await masq(["validate", "--json", `${folder}/*.npz`]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      file: flipped,
      valid: false,
      format: null,
      error: { code: expect.stringMatching(/^FORMAT_/) },
    });
  });

  it("as a format", async () => {
    expect((await masq(["validate", "--from", "npy", whole])).out).toMatch(/^INVALID {2}/);
    expect(await masq(["validate", "--from", "npy", "--quiet", whole])).toMatchObject({ code: 1, out: "", err: "" });
  });

  it("does not call invalid what could not be had", async () => {
    const { code, out } = await masq(["validate", join(folder, "missing.npy")]);
    expect(code).toBe(2);
    expect(out).toMatch(/^failed {3}.*: SOURCE_MISSING: /);
  });
});
