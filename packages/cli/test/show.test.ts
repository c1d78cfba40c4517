import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dtypes, MaskedArray, NdArray } from "@masquerade/core";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { drawTrace, fieldOf, graphicsFor, imageOfField, inline, stretched, traceOf } from "../src/picture/index.ts";
import { corpus, masq, scratch } from "./support/masq.ts";

const folder = scratch();
const sst = corpus("demo/sst.pkl");

const series = (values: number[], mask?: number[]): MaskedArray =>
  new MaskedArray({
    data: new NdArray({ dtype: dtypes.simple("float64"), shape: [values.length], storage: Float64Array.from(values) }),
    ...(mask && {
      mask: new NdArray({ dtype: dtypes.simple("bool"), shape: [mask.length], storage: Uint8Array.from(mask) }),
    }),
  } as never);

describe("a line", () => {
  it("keeps the extremes of what a column stands for, of visible finite values only", () => {
    const trace = traceOf(series([1, 5, 2, 999, Number.NaN, 3, 7, 8], [0, 0, 0, 1, 0, 0, 1, 1]), 4);
    expect([...trace.low]).toEqual([1, 2, 3, Number.NaN]);
    expect([...trace.high]).toEqual([5, 2, 3, Number.NaN]);
    expect([...trace.masked]).toEqual([0, 1, 0, 1]);
    expect(trace.range).toEqual([1, 5]);
  });

  it("is drawn in dots, with its range and its masked elements", () => {
    const drawn = drawTrace(stretched(traceOf(series([0, 1, 9, 2], [0, 0, 1, 0]), 8), 8), { depth: "none" });
    const lines = drawn.split("\n");
    expect(lines[0]).toBe("2 │⠀⠀⠀⠉");
    expect(lines[11]).toBe("0 │⣀⡇⠀⠀");
    expect(lines[12]).toBe("  │  #   # masked");
  });

  it("survives nothing", () => {
    expect(drawTrace(traceOf(series([]), 8), { depth: "none" })).toContain("nothing");
    expect(drawTrace(traceOf(series([1], [1]), 8), { depth: "none" })).toContain("#");
  });
});

describe("masq show --png", () => {
  it("writes an image: the scale's colours, stripes where masked", async () => {
    const out = join(folder, "sst.png");
    expect(await masq(["show", sst, "--png", out])).toMatchObject({
      code: 0,
      out: "",
      err: `${out}: 720 × 360 pixels\n`,
    });
    const { width, height, channels, data } = decode(readFileSync(out));
    expect([width, height, channels]).toEqual([720, 360, 3]);
    const pixel = (x: number, y: number): number[] => [...data.slice((y * width + x) * 3, (y * width + x) * 3 + 3)];
    // Antarctica is masked; beside the stripes there is no grey.
    expect([pixel(360, 355), pixel(366, 355)].sort()).toEqual([
      [112, 112, 112],
      [72, 72, 72],
    ]);
    expect(pixel(5, 5)).toEqual([18, 32, 96].map((channel) => expect.closeTo(channel, -1)));
    expect(await masq(["show", sst, "--png", out])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/SOURCE_EXISTS/),
    });
    expect(await masq(["show", sst, "--png", out, "--force"])).toMatchObject({ code: 0 });
  });

  it("to stdout, and of one dimension", async () => {
    const { bytes } = await masq(["show", sst, "--slice", "0, 12", "--png", "-"]);
    expect(decode(bytes)).toMatchObject({ width: 1008, height: 320 });
  });

  it("leaves nothing when it fails", async () => {
    const out = join(folder, "no.png");
    expect(await masq(["show", corpus("npy/np2/dtype-U7.npy"), "--png", out])).toMatchObject({ code: 2 });
    expect(existsSync(out)).toBe(false);
  });
});

describe("terminals that take pictures", () => {
  const image = imageOfField(fieldOf(series([0, 1, 2, 3, 4, 5]).reshape([2, 3]), 80));

  it.each([
    [{ TERM: "xterm-kitty" }, true, "kitty"],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "iTerm.app" }, true, "iterm"],
    [{ TERM: "foot" }, true, "sixel"],
    [{ TERM: "xterm-256color" }, true, "blocks"],
    [{ TERM: "xterm-kitty" }, false, "blocks"],
    [{ TERM: "xterm-kitty", NO_COLOR: "1" }, true, "blocks"],
    [{ TERM: "xterm-kitty", TMUX: "x" }, true, "blocks"],
  ] as const)("%j, on a terminal: %s: %s", (env, isTTY, how) => expect(graphicsFor(env, isTTY)).toBe(how));

  it("kitty and iTerm2 get the PNG, in base64", async () => {
    const kitty = await inline(image, "kitty");
    const text = [
      ...kitty.replaceAll("\u001b", "<ESC>").matchAll(/<ESC>_G(?:a=T,f=100,)?m=([01]);([^<]{1,4096})<ESC>\\/g),
    ];
    expect(text.map((part) => part[1]).join("")).toMatch(/^1*0$/);
    expect(decode(Buffer.from(text.map((part) => part[2]).join(""), "base64"))).toMatchObject({ width: image.width });
    const iterm = await inline(image, "iterm");
    const shown = iterm.replaceAll("\u001b", "<ESC>").replaceAll("\u0007", "<BEL>");
    const [, size, body] =
      /^<ESC>\]1337;File=inline=1;size=(\d+);preserveAspectRatio=1:([^<]*)<BEL>\n$/.exec(shown) ?? [];
    expect(Buffer.from(body as string, "base64").length).toBe(Number(size));
  });

  it("sixels hold every pixel", async () => {
    const text = await inline(image, "sixel");
    expect(text.startsWith(`\u001bPq"1;1;${image.width};${image.height}#`)).toBe(true);
    expect(text.endsWith("\u001b\\\n")).toBe(true);
    // Every pixel once: the bits of all runs together.
    let pixels = 0;
    const bands = text.replace(/^.*?(?=#\d+[?-~!])/s, "").slice(0, -3);
    for (const [, times, character] of bands.replace(/#\d+/g, "").matchAll(/(?:!(\d+))?([?-~])/g)) {
      const bits = (character as string).charCodeAt(0) - 63;
      for (let bit = 0; bit < 6; bit++) if ((bits >> bit) & 1) pixels += Number(times ?? 1);
    }
    expect(pixels).toBe(image.width * image.height);
  });
});
