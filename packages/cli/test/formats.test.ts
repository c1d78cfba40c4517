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

describe("choose, with figures", () => {
  it("tells size and speed, and prefers the small or the fast", async () => {
    const { code, out } = await masq(["choose", "--for", "python,size=3GB,dtype=float32,masked,small"]);
    expect(code).toBe(0);
    const first = /^(\w+): .*\n {2}= about (.*) GB compressed, written in .*, read in /.exec(out);
    expect(Number(first?.[2])).toBeLessThan(2);
    const fast = JSON.parse((await masq(["choose", "--json", "--for", "fast,masked"])).out) as {
      fits: boolean;
      expected: { writeRate: number; readRate: number; bytes: null } | null;
    }[];
    const fitting = fast.filter((one) => one.fits && one.expected !== null).map((one) => one.expected);
    expect(fitting.length).toBeGreaterThan(3);
    const cost = fitting.map((one) => 1 / (one?.writeRate ?? 0) + 1 / (one?.readRate ?? 0));
    expect(cost).toEqual([...cost].sort((a, b) => a - b));
    expect(fitting[0]?.bytes).toBeNull();
  });

  it("knows what is too large for a format", async () => {
    const { out } = await masq(["choose", "--for", "size=3GB,readable", "--all"]);
    expect(out).toMatch(
      /\(does not fit\) protobuf: (?:.*\n)*? {2}- it does not keep values: a protobuf message ends at 2 GiB/,
    );
    const huge = await masq(["choose", "--for", "size=5TB", "--all"]);
    expect(huge.out).toContain("arrays of more than 4 GiB are not");
  });

  it("explains words it does not know", async () => {
    for (const [word, message] of [
      ["untrustd", /USAGE: --for does not know "untrustd"; did you mean untrusted\?/],
      ["size=big", /USAGE: "big" is no size; write it as 300MB or 3GB/],
      ["dtype=flot", /USAGE: "flot" is no dtype/],
    ] as const)
      expect((await masq(["choose", "--for", word])).err).toMatch(message);
  });

  it("asks, again where an answer means nothing, and says how to say it in one line", async () => {
    const answers = ["python r\n", "maybe\ny\n", "\n", "2 G", "B\n", "<f4\n", "y\n\n\n", "y\n\n\n\nsmall\n"];
    const stdin = answers.map((text) => new TextEncoder().encode(text));
    const { code, out, err } = await masq(["choose", "--ask"], { stdin });
    expect(code).toBe(0);
    expect(err).toMatch(/^Which languages must read it with their usual tools\? \(/);
    expect(err).toContain("please answer y or n\n");
    const words = "python,r,untrusted,size=2GB,dtype=<f4,masked,lazy,small";
    expect(err).toContain(`The same again: masq choose --for '${words}'\n`);
    expect(out).toBe((await masq(["choose", "--for", words])).out);
  });

  it("takes the end of the input for Enter", async () => {
    const { err, out } = await masq(["choose", "--ask"]);
    expect(err).toContain("The same again: masq choose --all\n");
    expect(out).toContain("npz: ");
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
