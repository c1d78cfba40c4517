// The script of zsh and fish, and bash with a real terminal, are in terminal.interop.test.ts; here bash is asked without one.
import { describe, expect, it } from "vitest";
import { commands } from "../src/command.ts";
import { corpus, masq } from "./support/masq.ts";

/** Words for the last of these. */
async function complete(...line: string[]): Promise<string[]> {
  const { code, out, err } = await masq(["complete", String(line.length - 1), ...line]);
  expect([code, err]).toEqual([0, ""]);
  return out
    .split("\n")
    .slice(0, -1)
    .map((one) => one.split("\t")[0] as string);
}

describe("what is completed", () => {
  it("commands", async () => {
    expect(await complete("masq", "conv")).toEqual(["convert"]);
    expect(await complete("masq", "")).toEqual([...commands.keys()].filter((name) => name !== "complete"));
    expect(await complete("masq", "help", "rec")).toContain("recipe");
    expect(await complete("masq", "nonsense", "")).toEqual([]);
  });

  it("options that were not given, of every format too", async () => {
    expect(await complete("masq", "convert", "--dry")).toEqual(["--dry-run"]);
    expect(await complete("masq", "convert", "--dry-run", "--dry")).toEqual([]);
    expect(await complete("masq", "convert", "--header")).toEqual(["--header-version"]);
    expect(await complete("masq", "inspect", "--limit", "maxBytes=1", "--lim")).toEqual(["--limit"]);
  });

  it("values: formats, choices, words of --for, arrays of the file", async () => {
    expect(await complete("masq", "convert", "--to", "np")).toEqual(["npy", "npz"]);
    expect(await complete("masq", "convert", "--to", "=", "np")).toEqual(["npy", "npz"]);
    expect(await complete("masq", "convert", "--to=np")).toEqual(["--to=npy", "--to=npz"]);
    expect(await complete("masq", "convert", "--report", "")).toEqual(["text", "json"]);
    expect(await complete("masq", "choose", "--for", "python,untr")).toEqual(["python,untrusted"]);
    expect(await complete("masq", "head", corpus("npz/np2/several.npz"), "--select", "")).toEqual(["x", "y", "when"]);
    expect(await complete("masq", "completion", "")).toEqual(["bash", "zsh", "fish"]);
  });

  it("nothing where a file is as good as anything", async () => {
    expect(await complete("masq", "inspect", "")).toEqual([]);
    expect(await complete("masq", "convert", "--slice", "")).toEqual([]);
  });

  it("every command has options to complete", async () => {
    for (const [name, { hidden }] of commands)
      if (hidden !== true) expect(await complete("masq", name, "--he"), name).toContain("--help");
  });
});

describe("did you mean", () => {
  it.each([
    [["inspct", "x"], "inspect"],
    [["convert", "--selct", "x"], "--select"],
    [["convert", corpus("demo/sst.pkl"), "x", "--to", "npzz"], "npz"],
    [["inspect", corpus("demo/sst.pkl"), "--from", "pikle"], "pickle"],
    [["head", corpus("npz/np2/several.npz"), "--select", "whn"], '"when"'],
  ])("%j: %s", async (argv, meant) => {
    const { code, err } = await masq(argv);
    expect([code, err]).toEqual([2, expect.stringContaining(`did you mean ${meant}?`)]);
  });
});
