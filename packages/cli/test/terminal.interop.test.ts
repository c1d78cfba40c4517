// masq on a pseudo-terminal: progress, colours, pictures, questions, completions, as a person sees them. Python opens the terminal.
import { mkdirSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import { bin, build, corpus, scratch } from "./support/masq.ts";
import { onTerminal, type Session } from "./support/terminal.ts";

const folder = scratch();
const sst = corpus("demo/sst.pkl");
const programs = join(folder, "bin");
let python = "";

beforeAll(() => {
  build();
  python = process.env["MASQUERADE_PY2"] ?? "";
  if (python === "") throw new Error("MASQUERADE_PY2 names no Python");
  mkdirSync(programs);
  writeFileSync(join(programs, "masq"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`, { mode: 0o755 });
}, 60_000);

const path = (): { PATH: string } => ({ PATH: `${programs}:${process.env["PATH"]}` });
const masq = (argv: readonly string[], more: Parameters<typeof onTerminal>[2] = {}): Promise<Session> =>
  onTerminal(python, [process.execPath, bin, ...argv], more);

/** A sparse file of so many bytes of float64 zeros. */
function large(name: string, bytes: number): string {
  const file = join(folder, name);
  const header = readFileSync(corpus("npy/np2/dtype-f8.npy")).subarray(0, 128).toString("latin1");
  const text = header.replace(/'shape': .*$/s, `'shape': (${bytes / 8},), }`).padEnd(127);
  const handle = openSync(file, "w");
  writeSync(handle, Buffer.from(`${text}\n`, "latin1"));
  truncateSync(file, 128 + bytes);
  return file;
}

describe("progress", () => {
  it("one line, rewritten, within the terminal, gone at the end", async () => {
    const out = join(folder, "out.npz");
    const seen = await masq(["convert", large("large.npy", 0.8e9), out], { columns: 120 });
    expect(seen.code).toBe(0);
    const frames = seen.written.split("\r\u001b[K").filter((frame) => /%/.test(frame));
    expect(frames.length).toBeGreaterThan(2);
    for (const frame of frames) {
      expect(frame.length).toBeLessThan(120);
      expect(frame).toMatch(
        /^…?\S+ {2}\[=*>? *\] +\d{1,3} % {2}[\d.]+ M of 100 M elements {2}[\d.]+ [kMG]\/s {2}\d+:\d\d left$/,
      );
    }
    const parts = frames.map((frame) => Number(/(\d+) %/.exec(frame)?.[1]));
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
    expect(seen.screen).toEqual([expect.stringMatching(/out\.npz: npz, \d+ bytes$/), "  everything is kept", ""]);
  });

  it("stats has it too, --quiet has not", async () => {
    const file = large("stats.npy", 0.4e9);
    const seen = await masq(["stats", file]);
    expect(seen.written).toMatch(/\d %.*elements.*left/);
    expect(seen.screen.filter((line) => line !== "")).toHaveLength(2);
    const quiet = await masq(["stats", file, "--quiet", "--quantiles", "none"]);
    expect(quiet.written).not.toContain("%");
  });
});

describe("colours and pictures", () => {
  it("true colour where the terminal says so", async () => {
    const seen = await masq(["show", sst, "--width", "36"], { env: { COLORTERM: "truecolor" } });
    expect(seen.written).toMatchSnapshot();
  });

  it("256 colours otherwise, none under NO_COLOR", async () => {
    expect((await masq(["show", sst, "--width", "12"])).written).toMatchSnapshot();
    const plain = await masq(["show", sst, "--width", "36"], { env: { NO_COLOR: "1", COLORTERM: "truecolor" } });
    expect(plain.written).not.toContain("\u001b");
    expect(plain.screen).toMatchSnapshot();
  });

  it("as wide as the terminal", async () => {
    const seen = await masq(["show", sst], { columns: 40, env: { NO_COLOR: "1" } });
    expect(Math.max(...seen.screen.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(seen.screen[0]?.length).toBeGreaterThan(10);
  });

  it("a line, for one dimension", async () => {
    const seen = await masq(["show", sst, "--slice", "0, 12", "--width", "60"], { env: { NO_COLOR: "1" } });
    expect(seen.screen).toMatchSnapshot();
  });

  it("a picture, where the terminal takes them", async () => {
    const { written } = await masq(["show", sst], { env: { TERM: "xterm-kitty" } });
    const text = [...written.replaceAll("\u001b", "<ESC>").matchAll(/<ESC>_G[^;]*;([^<]*)<ESC>\\/g)].map(
      (part) => part[1],
    );
    expect(decode(Buffer.from(text.join(""), "base64"))).toMatchObject({ width: 720, height: 360 });
  });
});

describe("choose", () => {
  it("asks on a terminal", async () => {
    const steps = [
      ["for none) ", "python\n"],
      ["trust? [y/N] ", "y\n"],
      ["editor? [y/N] ", "\n"],
      ["do not know) ", "3GB\n"],
      ["float64) ", "\n"],
      ["masked? [y/N] ", "y\n"],
      ["survive? [y/N] ", "\n"],
      ["file? [y/N] ", "\n"],
      ["the whole? [y/N] ", "maybe\n"],
      ["the whole? [y/N] ", "y\n"],
      ["later? [y/N] ", "\n"],
      ["compressed? [y/N] ", "\n"],
      ["browsers? [y/N] ", "\n"],
      ["[small/fast/N] ", "fast\n"],
    ] as const;
    const { screen, code } = await masq(["choose"], { columns: 200, steps });
    expect(code).toBe(0);
    expect(screen).toContain("please answer y or n");
    expect(screen).toContain("The same again: masq choose --for python,untrusted,size=3GB,masked,lazy,fast");
    expect(screen.some((line) => /^\w+: /.test(line))).toBe(true);
  });
});

describe("completions in bash", () => {
  /** What is on the prompt's line after these keys. */
  async function typed(keys: string, until: string): Promise<readonly string[]> {
    const setUp = `PS1='$ '; bind 'set bell-style none'; bind 'set show-all-if-ambiguous on'; eval "$(masq completion bash)"; echo rea''dy\n`;
    const steps = [
      ["$ ", setUp],
      ["ready", keys],
      [until, "\u0001#\nexit\n"],
    ] as const;
    const argv = ["bash", "--norc", "--noprofile", "-i"];
    const { screen } = await onTerminal(python, argv, { env: { ...path(), PS1: "$ " }, steps, columns: 120 });
    return screen.slice(screen.indexOf("ready") + 1);
  }

  it("a command", async () => {
    expect((await typed("masq conve\t", "convert ")).join("\n")).toContain("convert");
  });

  it("formats, both that begin so", async () => {
    const lines = await typed("masq convert --to np\t", "npz");
    expect(lines.some((line) => /^npy\s+npz$/.test(line))).toBe(true);
  });

  it("the arrays of the file on the line", async () => {
    const file = corpus("npz/np2/several.npz");
    expect((await typed(`masq head ${file} --select w\t`, "when")).join("\n")).toContain("--select when");
  });

  it("files, where nothing else is known", async () => {
    expect((await typed(`masq inspect ${corpus("demo")}/ss\t`, "sst.pkl")).join("\n")).toContain("/sst.pkl");
  });
});
