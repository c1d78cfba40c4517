import { describe, expect, it } from "vitest";
import { amount, clock, meter, progressLine } from "../src/progress.ts";

/** A terminal that keeps what is written, and a clock that is set by hand. */
function terminal({ isTTY = true, columns = 100 }: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  const time = { now: 0 };
  return {
    written,
    time,
    now: () => time.now,
    stderr: { isTTY, columns, write: (chunk: string | Uint8Array) => written.push(String(chunk)) },
  };
}

describe("a progress line", () => {
  const state = { label: "sst.npy", unit: "bytes", done: 120e6, total: 266e6, rate: 60.1e6 } as const;

  it("says how far, how fast and how long", () =>
    expect(progressLine(state, 100)).toBe(
      "sst.npy  [==========>             ]   45 %  120 MB of 266 MB  60.1 MB/s  0:03 left",
    ));

  it("gives up the bar, then the name, where there is no room", () => {
    expect(progressLine(state, 70)).toBe("sst.npy   45 %  120 MB of 266 MB  60.1 MB/s  0:03 left");
    expect(progressLine(state, 45)).toBe(" 45 %  120 MB of 266 MB  60.1 MB/s  0:03 left".slice(0, 45));
    expect(progressLine(state, 10)).toHaveLength(10);
  });

  it("does without a total, and without a rate", () => {
    expect(progressLine({ ...state, total: undefined }, 100)).toBe("sst.npy  120 MB  60.1 MB/s");
    expect(progressLine({ ...state, total: undefined, rate: undefined }, 100)).toBe("sst.npy  120 MB");
  });

  it("never says more than everything", () =>
    expect(progressLine({ ...state, done: 300e6 }, 100)).toContain("[========================]  100 %"));

  it("obeys nothing that a name holds", () =>
    expect(progressLine({ ...state, label: "a\u001b[2Jb" }, 100)).toMatch(/^a\\u001b\[2Jb {2}\[/));
});

describe("a meter", () => {
  it("shows nothing for quick work, then a line at most ten times a second, and takes it away", () => {
    const { written, time, now, stderr } = terminal();
    const one = meter({ stderr, env: {} }, { label: "x", unit: "elements", now });
    for (time.now = 0; time.now < 400; time.now += 20) one.update(time.now * 1e3, 1e6);
    expect(written).toEqual([]);
    for (time.now = 400; time.now <= 1000; time.now += 20) one.update(time.now * 1e3, 1e6);
    expect(written).toHaveLength(7);
    expect(written.at(-1)).toBe(
      "\r\u001b[Kx  [========================]  100 %  1.00 M of 1.00 M elements  1.00 M/s  0:00 left",
    );
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    expect(written.slice(7)).toEqual(["\r\u001b[K"]);
  });

  it.each([
    ["no terminal", { isTTY: false }, {}, {}],
    ["--quiet", {}, {}, { quiet: true }],
    ["a dumb terminal", {}, { TERM: "dumb" }, {}],
  ])("is silent: %s", (_, tty, env, more) => {
    const { written, time, now, stderr } = terminal(tty);
    const one = meter({ stderr, env }, { label: "x", now, ...more });
    time.now = 5000;
    one.update(1, 2);
    one[Symbol.dispose]();
    expect(written).toEqual([]);
  });

  it("forgets the rate of other work", () => {
    const { written, time, now, stderr } = terminal();
    const one = meter({ stderr, env: {} }, { label: "read", now });
    time.now = 1000;
    one.update(1e9, 2e9);
    one.restart("write", "files");
    time.now = 2000;
    one.update(3, 4);
    expect(written.at(-1)).toContain("write  [=================>      ]   75 %  3 of 4 files  3/s  0:01 left");
  });
});

describe("amounts", () => {
  it.each([
    [0, "bytes", "0 B"],
    [999, "bytes", "999 B"],
    [1000, "bytes", "1.00 kB"],
    [999_600, "bytes", "1.00 MB"],
    [5.5e12, "bytes", "5.50 TB"],
    [7, "elements", "7 elements"],
    [31.46e6, "elements", "31.5 M elements"],
  ] as const)("%d %s", (value, unit, text) => expect(amount(value, unit)).toBe(text));

  it.each([
    [0.2, "0:01"],
    [61, "1:01"],
    [3 * 3600 + 5, "3:00:05"],
    [1e12, "99:59:59"],
  ])("%d s", (seconds, text) => expect(clock(seconds)).toBe(text));
});
