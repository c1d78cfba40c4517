import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { corpus, masq } from "./support/masq.ts";

const evil = new TextEncoder().encode("\x00\x02cposix\nsystem\n(S'\x1b[2J'\ntR.");
evil[0] = 0x80;

describe("scan", () => {
  it("says that what arrays are made of is safe", async () => {
    const { code, out, err } = await masq([
      "scan",
      corpus("demo/sst.pkl"),
      corpus("joblib/np2/masked-fill-xz-3.joblib"),
    ]);
    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\n").map((line) => line.replace(/^.*: /, ""))).toEqual([
      expect.stringMatching(/^safe \(pickle; 1 pickle, \d+ names\)$/),
      expect.stringMatching(/^safe \(joblib; 1 pickle, \d+ names\)$/),
      "",
    ]);
  });

  it("names what would run, compressed or not, and exits with 1", async () => {
    for (const bytes of [evil, new Uint8Array(gzipSync(evil))]) {
      const { code, out } = await masq(["scan", "-"], { stdin: [bytes] });
      expect(code).toBe(1);
      expect(out).toBe("-: dangerous (pickle; 1 pickle, 1 name)\n  dangerous  posix system  REDUCE at byte 2\n");
    }
    expect((await masq(["scan", corpus("demo/sst.pkl"), "-"], { stdin: [evil] })).code).toBe(1);
  });

  it("does not say of a file it cannot look into that there is no pickle in it", async () => {
    const torch = new TextEncoder().encode(`PK\x03\x04${"\0".repeat(22)}\x10\0\0\0archive/data.pkl`);
    const { code, out } = await masq(["scan", "-"], { stdin: [torch] });
    expect(code).toBe(1);
    expect(out).toMatch(/^-: unknown \(no known format; not looked into\)\n {2}unknown {2}"-" is a PyTorch file: /);
  });

  it("gives programs everything", async () => {
    const { code, out } = await masq(["scan", "--json", "-"], { stdin: [evil] });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      verdict: "dangerous",
      files: [
        {
          file: "-",
          verdict: "dangerous",
          formats: ["pickle"],
          pickles: 1,
          names: [
            {
              module: "posix",
              name: "system",
              offset: 2,
              opcode: "GLOBAL",
              uses: ["REDUCE"],
              where: "",
              verdict: "dangerous",
            },
          ],
          findings: [],
        },
      ],
    });
  });

  it("lets nothing of a file's act on the terminal", async () => {
    const odd = new TextEncoder().encode("\x00\x02c\x1b[31mred\nthing\n.");
    odd[0] = 0x80;
    const { code, out } = await masq(["scan", "-"], { stdin: [odd] });
    expect(code).toBe(1);
    expect(out).not.toContain("\x1b");
  });

  it("a file that is not there is an error, not a finding", async () => {
    const { code, out, err } = await masq(["scan", corpus("no/such/file.pkl")]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^masq: SOURCE_MISSING: /);
  });
});
