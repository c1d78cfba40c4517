import { registry } from "masquerade";
import { describe, expect, it } from "vitest";
import { corpus, masq } from "./support/masq.ts";

const ids = registry.formats.map((format) => format.id);

describe("formats", () => {
  it("lists them all, for people and for programs", async () => {
    const { out } = await masq(["formats"]);
    expect(
      out
        .split("\n")
        .slice(1, -1)
        .map((line) => line.split(" ")[0]),
    ).toEqual(ids);
    const all = JSON.parse((await masq(["formats", "--json"])).out) as { id: string; capabilities: object }[];
    expect(all.map((one) => one.id)).toEqual(ids);
    expect(all.map((one) => one.capabilities)).toEqual(registry.formats.map((format) => format.capabilities));
  });
});

describe("choose", () => {
  const choices = async (...argv: string[]): Promise<{ format: string; fits: boolean; lacks: { about: string }[] }[]> =>
    JSON.parse((await masq(["choose", "--json", ...argv])).out);

  it("takes the file's own header into account", async () => {
    const forMasked = await choices(corpus("demo/sst.pkl"));
    expect(forMasked.map((one) => one.format).sort()).toEqual([...ids].sort());
    const npy = forMasked.find((one) => one.format === "npy");
    expect(npy?.fits).toBe(false);
    expect(npy?.lacks.map((one) => one.about)).toContain("mask");
    expect((await choices(corpus("npy/np2/dtype-f8.npy"))).find((one) => one.format === "npy")?.fits).toBe(true);
  });

  it("does not send pickles to people who do not trust each other", async () => {
    const found = await choices("--for", "python,untrusted");
    expect(found.find((one) => one.format === "pickle")).toMatchObject({
      fits: false,
      lacks: [{ about: "untrusted" }],
    });
    expect(found.find((one) => one.format === "npz")?.fits).toBe(true);
  });

  it("is a negative finding when nothing fits", async () => {
    const { code, out } = await masq(["choose", "--for", "cobol"]);
    expect([code, out]).toEqual([2, ""]);
    const none = await masq(["choose", "--for", "perl, readable"]);
    expect(none).toMatchObject({ code: 1, out: "no format fits; --all says what each one lacks\n" });
    expect((await masq(["choose", "--for", "perl", "--all"])).out).toContain("nothing usual reads it in perl");
  });
});

describe("conformance", () => {
  it("runs the suite on a format", async () => {
    const { code, out } = await masq(["conformance", "npy", "--only", "descriptor", "--json"]);
    const report = JSON.parse(out) as { format: string; passed: number; failed: number };
    expect(report).toMatchObject({ format: "npy", failed: 0 });
    expect(report.passed).toBeGreaterThan(0);
    expect(code).toBe(0);
    expect((await masq(["conformance", "npy", "--only", "descriptor"])).out).toMatch(/^npy: \d+ kept, 0 broken/);
  });
});
