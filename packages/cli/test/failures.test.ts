import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../src/command.ts";
import { corpus, masq, scratch } from "./support/masq.ts";

const folder = scratch();
const [noise, cut, evil] = ["noise.bin", "cut.npy", "evil.pkl"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
writeFileSync(noise, "neither an array nor a pickle");
writeFileSync(cut, Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), Buffer.from([0x76, 0])]));
writeFileSync(evil, "cposix\nsystem\n(S'echo pwned'\ntR.");
const npy = corpus("npy/np2/dtype-f8.npy");

describe("a failure", () => {
  it.each([
    [["inspect", join(folder, "missing.npy")], "SOURCE_MISSING"],
    [["inspect", folder], "SOURCE_IO"],
    [["inspect", noise], "FORMAT_UNKNOWN"],
    [["inspect", cut], "FORMAT_TRUNCATED"],
    [["inspect", evil], "UNSAFE_GLOBAL"],
    [["inspect", npy, "--from", "nopy"], "FORMAT_UNKNOWN"],
    [["inspect", npy, "--limit", "maxHeaderBytes=1"], "LIMIT_EXCEEDED"],
    [["inspect"], "USAGE"],
    [["inspect", npy, npy], "USAGE"],
    [["inspect", npy, "--jsn"], "USAGE"],
    [["inspct", npy], "USAGE"],
    [["toString"], "USAGE"],
    [["convert", npy], "USAGE"],
    [["convert", npy, "-"], "USAGE"],
    [["convert", npy, join(folder, "x.unknown")], "FORMAT_UNKNOWN"],
    [["convert", npy, join(folder, "none/x.npz")], "SOURCE_MISSING"],
    [["convert", npy, join(folder, "x.npz"), "--to", "nopz"], "FORMAT_UNKNOWN"],
    [["convert", npy, join(folder, "x.npz"), "--slice", "99, 99, 99, 99, 99"], "INDEX_INVALID"],
    [["convert", npy, join(folder, "x.npz"), "--report", "xml"], "USAGE"],
    [["choose", "--for", "untrustd"], "USAGE"],
    [["conformance", "nopz"], "FORMAT_UNKNOWN"],
    [["head", npy, "-n", "-1"], "USAGE"],
    [["head", npy, "--select", "nobody"], "INDEX_INVALID"],
    [["slice", npy], "USAGE"],
    [["slice", `${npy}[99]`], "INDEX_INVALID"],
    [["slice", `${npy}[x]`], "INDEX_INVALID"],
    [["show", npy, "--width", "0"], "USAGE"],
    [["show", corpus("npy/np2/dtype-U7.npy")], "DTYPE_MISMATCH"],
    [["show", corpus("npz/np2/several.npz")], "INDEX_INVALID"],
  ])("%j is one line with %s", async (argv, code) => {
    const { code: exit, out, err } = await masq(argv);
    expect(err).toMatch(new RegExp(`^masq: ${code}: [^\\n]+\\n$`));
    expect(out).toBe("");
    expect(exit).toBe(2);
  });

  it("lets nothing that was typed reach the terminal as it is", async () => {
    const { err } = await masq(["inspect", npy, `--\u001b[2J\n\u0007${"x".repeat(5000)}`]);
    expect(err).toMatch(/^masq: USAGE: [\u0020-\u007e…]+\n$/);
    expect(err.length).toBeLessThan(600);
  });

  it("suggests what was meant", async () => {
    expect((await masq(["inspct"])).err).toContain("did you mean inspect?");
    expect((await masq(["inspect", "--jsn", npy])).err).toContain("did you mean --json?");
    expect((await masq(["choose", "--for", "untrustd"])).err).toContain("did you mean untrusted?");
  });

  it("tells a file whose name begins with a dash from an option", async () => {
    expect((await masq(["inspect", "-dash.pkl"])).err).toBe(
      "masq: USAGE: unknown option '-dash.pkl'; if it is a file, write ./-dash.pkl\n",
    );
    expect((await masq(["inspect", npy, "--jsn"])).err).toContain("did you mean --json? (masq inspect --help");
  });

  it("shows where it happened with --debug, after or before the command", async () => {
    for (const argv of [
      ["inspect", noise, "--debug"],
      ["--debug", "inspect", noise],
    ]) {
      const { err, code } = await masq(argv);
      expect(code).toBe(2);
      expect(err.split("\n")[0]).toMatch(/^masq: FORMAT_UNKNOWN: /);
      expect(err).toMatch(/\n\s+at /);
    }
  });
});

describe("help", () => {
  it("is on stdout, with examples, for the program and each command", async () => {
    for (const argv of [[], ["--help"], ["help"]]) {
      const { code, out, err } = await masq(argv);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      for (const [command, { hidden }] of commands) if (hidden !== true) expect(out).toContain(command);
      expect(out).toContain("Examples:");
    }
    const shown = [...commands].filter(([, { hidden }]) => hidden !== true);
    for (const [command] of shown)
      for (const argv of [
        ["help", command],
        [command, "--help"],
      ]) {
        const { code, out } = await masq(argv);
        expect(code).toBe(0);
        expect(out, argv.join(" ")).toContain(`Usage: masq ${command}`);
        expect(out, argv.join(" ")).toContain("Examples:");
      }
  });

  it("lists every option of every format once", async () => {
    const { out } = await masq(["convert", "--help"]);
    for (const flag of ["--protocol <N>", "--numpy", "--compress", "--header-version <V>", "--level <N>"])
      expect(out.split(`  ${flag}`).length, flag).toBe(2);
  });
});
