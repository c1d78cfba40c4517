import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { corpus, type Entry, manifest, masq } from "./support/masq.ts";

interface Described {
  readonly kind: string;
  readonly dtype?: unknown;
  readonly shape?: readonly number[];
  readonly order?: string;
  readonly data?: Described;
}

/** The arrays of simple dtypes in a manifest entry, as `inspect --json` is to show them. */
function promised(entry: Entry): object | undefined {
  const described = entry.expect as Described;
  const data = described.kind === "masked" ? described.data : described;
  if (data?.kind !== "ndarray" || typeof data.dtype !== "string") return undefined;
  return { dtype: data.dtype, shape: data.shape, order: data.order, masked: described.kind === "masked" };
}

/** No more than 2^53 elements along an axis, of which there may be none: what JavaScript counts. */
const countable = (entry: Entry): boolean =>
  (promised(entry) as { shape: number[] }).shape.every((dim) => Number.isSafeInteger(dim));

/** What np.load does too: takes the first of several arrays, and (with allow_pickle) object arrays. */
const inspect = ["inspect", "--json", "--objects", "--trailing", "ignore"];

describe("a file with members that are no arrays", () => {
  const file = corpus("hdf5/odd/refused-regions.h5");
  const why = /"\/regions" holds references to parts of datasets/;

  it("is shown, and what they are refused for", async () => {
    const { code, out } = await masq(["inspect", file]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}x {8}<i8 \(3,\)$/m);
    expect(out).toMatch(/^ {2}regions {2}not read: hdf5: "\/regions" holds references/m);
    const told = JSON.parse((await masq(["inspect", "--json", file])).out);
    expect(told.unreadable).toEqual([
      { key: "regions", code: "CAPABILITY_MISSING", message: expect.stringMatching(why) },
    ]);
  });

  it("is not converted or compared without them, unless asked to be", async () => {
    for (const argv of [
      ["convert", file, "-", "--to", "npz"],
      ["head", file, "--select", "regions"],
      ["diff", file, file],
    ]) {
      const { code, err } = await masq(argv);
      expect([code, err], argv.join(" ")).toEqual([2, expect.stringMatching(why)]);
    }
    const { code, err } = await masq(["diff", "--unreadable", "skip", file, file]);
    expect([code, err]).toEqual([0, ""]);
  });
});

describe("inspect --json", () => {
  const entries = ["npy", "npz", "demo"].flatMap(manifest);
  const single = entries.filter((entry) => promised(entry) !== undefined);

  it("says of every file of the corpus what NumPy says", async () => {
    expect(single.length).toBeGreaterThan(100);
    for (const entry of single) {
      const { code, out, err } = await masq([...inspect, corpus(entry.file)]);
      if (!countable(entry)) {
        expect(err).toMatch(/^masq: LIMIT_EXCEEDED: /);
        continue;
      }
      expect(code, `${entry.file}: ${err}`).toBe(0);
      const found = JSON.parse(out) as { format: string; arrays: object[]; attrs: object };
      expect(found.format).toBe(entry.format);
      expect(found.arrays.length, entry.file).toBe(1);
      expect(found.arrays[0], entry.file).toMatchObject({ key: null, ...promised(entry) });
    }
  });

  it("tells the header of an object array without reading its pickle, and refuses its elements", async () => {
    const { code, out } = await masq(["inspect", "--json", corpus("npy/np2/object.npy")]);
    expect(code).toBe(0);
    expect(JSON.parse(out).arrays).toMatchObject([{ key: null, dtype: "|O", masked: false }]);
    const { code: refused, out: nothing, err } = await masq(["head", corpus("npy/np2/object.npy")]);
    expect([refused, nothing]).toEqual([2, ""]);
    expect(err).toMatch(/^masq: UNSAFE_OBJECT: /);
  });

  it("has exactly these keys, in this order", async () => {
    const { out, err } = await masq(["inspect", "--json", corpus("demo/sst.pkl")]);
    expect(out).toBe(
      '{"format":"pickle","arrays":[{"key":null,"dtype":"<f4","shape":[3,36,72],"order":"C","masked":true,' +
        '"fillValue":-999,"attrs":{}}],"attrs":{}}\n',
    );
    expect(err).toBe("");
  });

  it("names the arrays of an archive, and selects among them", async () => {
    const file = corpus("npz/np2/several.npz");
    const all = JSON.parse((await masq(["inspect", "--json", file])).out) as { arrays: { key: string }[] };
    const keys = all.arrays.map((array) => array.key);
    expect(keys.length).toBeGreaterThan(1);
    const last = keys.at(-1) as string;
    const one = JSON.parse((await masq(["inspect", "--json", "--select", last, file])).out) as typeof all;
    expect(one.arrays.map((array) => array.key)).toEqual([last]);
    expect(await masq(["inspect", "--select", "nobody", file])).toMatchObject({ code: 2, out: "" });
  });

  it("gives records as their descr", async () => {
    const { out } = await masq(["inspect", "--json", corpus("npz/np2/structs.npz")]);
    const { arrays } = JSON.parse(out) as { arrays: { dtype: unknown }[] };
    for (const { dtype } of arrays) expect(Array.isArray(dtype)).toBe(true);
  });

  it("reads the header over HTTP, by ranges", async () => {
    const bytes = readFileSync(corpus("demo/sst.pkl"));
    let sent = 0;
    const server = createServer((request, response) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
      const [start, end] = [Number(from), Math.min(Number(to), bytes.length - 1)];
      response.writeHead(206, { "content-range": `bytes ${start}-${end}/${bytes.length}`, etag: '"1"' });
      sent += end + 1 - start;
      response.end(bytes.subarray(start, end + 1));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { out, err } = await masq(["inspect", "--json", `http://127.0.0.1:${port}/sst.pkl`]);
    server.close();
    expect(err).toBe("");
    expect(out).toBe((await masq(["inspect", "--json", corpus("demo/sst.pkl")])).out);
    expect(sent).toBeGreaterThan(0);
  });

  it("reads stdin, and takes off gzip", async () => {
    const bytes = readFileSync(corpus("demo/sst.pkl"));
    const plain = await masq(["inspect", "--json", "-"], { stdin: [bytes.subarray(0, 10), bytes.subarray(10)] });
    const packed = await masq(["inspect", "--json", "-"], { stdin: [gzipSync(bytes)] });
    expect(plain.code).toBe(0);
    expect(packed.out).toBe(plain.out);
  });
});

describe("inspect", () => {
  it("tells people the same in a line", async () => {
    const { out } = await masq(["inspect", corpus("demo/sst.pkl")]);
    expect(out).toBe(`${corpus("demo/sst.pkl")}: Python pickle, 1 array\n  <f4 (3, 36, 72), masked, fill value -999\n`);
  });

  it("adds what a pass over the data finds", async () => {
    const { out } = await masq(["inspect", "--json", "--stats", corpus("demo/sst.pkl")]);
    const { stats } = (JSON.parse(out) as { arrays: { stats: Record<string, number> }[] }).arrays[0] as never as {
      stats: Record<string, number>;
    };
    // numpy.ma: count(), mask.sum(), min(), max() and mean(dtype="f8") of the same file.
    expect(stats).toMatchObject({ count: 5136, masked: 2640, nan: 0, min: Math.fround(-1.8), max: Math.fround(30.83) });
    expect(stats["mean"]).toBeCloseTo(11.377494158383206, 12);
  });
});
