import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, describe as group, it, vi } from "vitest";
import {
  type AnyArray,
  Bundle,
  choose,
  counting,
  dtypes,
  fileSink,
  fromFile,
  isMasqueradeError,
  load,
  MaskedArray,
  NdArray,
  open,
  save,
} from "../src/node/index.ts";

const corpus = fileURLToPath(new URL("../../../corpus/", import.meta.url));
// Processes are started and codecs brought in: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 30_000 });

const root = mkdtempSync(join(tmpdir(), "masquerade-files-"));
afterAll(() => rmSync(root, { recursive: true }));
let folder = root;
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
});

const rows = 400;
const field = new NdArray<"float64">({
  dtype: dtypes.simple("float64"),
  shape: [rows, 100],
  storage: Float64Array.from({ length: rows * 100 }, (_, i) => (i % 97) / 3 - 0),
  order: "C",
});
const land = new NdArray<"bool">({
  dtype: dtypes.simple("bool"),
  shape: [rows, 100],
  storage: Uint8Array.from({ length: rows * 100 }, (_, i) => Number(i % 11 === 0)),
});
const sst = new MaskedArray({ data: field, mask: land });

const failure = async (work: () => unknown): Promise<{ readonly code: string; readonly message: string }> => {
  try {
    await work();
  } catch (error) {
    if (isMasqueradeError(error)) return error;
    throw error;
  }
  return { code: "no error", message: "" };
};
const codeOf = async (work: () => unknown): Promise<string> => (await failure(work)).code;
const sameAsSst = (back: MaskedArray): void => {
  // Not toEqual: it looks at a million bytes one by one.
  expect(Buffer.compare(back.data.toBytes(), field.toBytes())).toBe(0);
  expect(Buffer.compare(back.maskArray().toBytes(), land.toBytes())).toBe(0);
};

group("files", () => {
  it("are saved by their name and loaded by their bytes", async () => {
    const path = join(folder, "sst.npz");
    const saved = await save(path, sst);
    expect([saved.format, saved.losses, saved.bytes]).toEqual(["npz", [], readFileSync(path).length]);
    sameAsSst(await load(path, { as: "masked", dtype: "float64" }));
    sameAsSst(await load(pathToFileURL(path), { as: "masked" }));
    sameAsSst(await load(pathToFileURL(path).href, { as: "masked" }));
    // A Buffer, perhaps in the middle of Node's pool, is bytes like any others.
    const inBuffer = await load(Buffer.concat([Buffer.from("abc"), readFileSync(path)]).subarray(3), { as: "masked" });
    sameAsSst(inBuffer);
    expect(inBuffer.data.toBytes().constructor).toBe(Uint8Array);
    // The name says something else: the bytes decide.
    writeFileSync(join(folder, "sst.npy"), readFileSync(path));
    sameAsSst(await load(join(folder, "sst.npy"), { as: "masked" }));
    expect(await codeOf(() => load(join(folder, "sst.npy"), { format: "npy" }))).toMatch(/^FORMAT_/);
  });
  it("are read through outer compression", async () => {
    const path = join(folder, "sst.npz");
    await save(path, sst);
    writeFileSync(`${path}.gz`, gzipSync(gzipSync(readFileSync(path))));
    sameAsSst(await load(`${path}.gz`, { as: "masked" }));
    await using file = await open(`${path}.gz`);
    expect((await file.array().read("3")).shape).toEqual([100]);
    expect(await codeOf(() => load(`${path}.gz`, { limits: { maxBytes: 10_000 } }))).toBe("LIMIT_EXCEEDED");
    const torn = gzipSync(readFileSync(path));
    writeFileSync(`${path}.gz`, torn.subarray(0, torn.length - 1));
    expect(await codeOf(() => load(`${path}.gz`))).toMatch(/^FORMAT_/);
    expect(await failure(() => save(join(folder, "x.npz.gz"), sst))).toMatchObject({ code: "FORMAT_UNKNOWN" });
  });
  it("are not replaced without force, and untouched by what fails", async () => {
    const path = join(folder, "sst.npz");
    writeFileSync(path, "mine");
    expect(await codeOf(() => save(path, sst))).toBe("SOURCE_EXISTS");
    const objects = new NdArray<"object">({ dtype: dtypes.object(), shape: [1], storage: [null] });
    expect(await codeOf(() => save(join(folder, "x.npy"), objects))).toBe("CAPABILITY_MISSING");
    expect(await codeOf(() => save(path, objects, { force: true }))).toBe("CAPABILITY_MISSING");
    const stop = new AbortController();
    const stopping = { force: true, signal: stop.signal, onProgress: () => stop.abort() };
    expect(await codeOf(() => save(path, sst, stopping))).toBe("ABORTED");
    expect([readFileSync(path, "utf8"), readdirSync(folder)]).toEqual(["mine", ["sst.npz"]]);
    await save(path, sst, { force: true });
    sameAsSst(await load(path, { as: "masked" }));
    expect(await codeOf(() => save(join(folder, "none", "sst.npz"), sst))).toBe("SOURCE_MISSING");
    expect(await codeOf(() => save(join(folder, "sst.unknown"), sst))).toBe("FORMAT_UNKNOWN");
    expect(await codeOf(() => load(join(folder, "none.npz")))).toBe("SOURCE_MISSING");
    expect(await codeOf(() => load(folder))).toBe("SOURCE_IO");
    expect(readdirSync(folder)).toEqual(["sst.npz"]);
  });
  it("tell how far they are", async () => {
    const path = join(folder, "sst.npz");
    const written: number[] = [];
    const { bytes } = await save(path, sst, { onProgress: (done) => written.push(done) });
    expect(written.at(-1)).toBe(bytes);
    const read: (number | undefined)[] = [];
    await load(path, { onProgress: (done, total) => read.push(done, total) });
    expect(read.slice(-2)).toEqual([bytes, bytes]);
  });
  it("are converted as they are read, from any open file", async () => {
    const path = join(folder, "in.npz");
    await save(path, new Bundle({ entries: [["sst", sst] as const, ["plain", field] as const] }));
    const out = join(folder, "out.npz");
    {
      await using file = await open(path);
      expect(file.names).toEqual(["sst", "plain"]);
      await save(out, file);
    }
    sameAsSst(await load(out, { as: "masked", select: "sst" }));
    await using file = await open(path);
    expect(await codeOf(() => save(join(folder, "out.npy"), file))).toBe("CAPABILITY_MISSING");
    expect(readdirSync(folder).sort()).toEqual(["in.npz", "out.npz"]);
  });
  it("are changed in place when opened r+", async () => {
    const path = join(folder, "field.npy");
    await save(path, field);
    {
      await using file = await open(path, { mode: "r+" });
      await file
        .array()
        .write?.("1:2, 5", new NdArray<"float64">({ dtype: field.dtype, shape: [1], storage: Float64Array.of(-7) }));
    }
    expect(((await load(path, { as: "plain", dtype: "float64" })) as NdArray<"float64">).at(1, 5)).toBe(-7);
    await using file = await open(path);
    expect(file.array().write).toBeUndefined();
  });
  it("are closed", async () => {
    const path = join(folder, "field.npy");
    await save(path, field);
    const file = await open(path);
    await file.close();
    await file.close();
    expect(await codeOf(() => file.array().read())).toBe("SOURCE_CLOSED");
    const source = await fromFile(path);
    await load(source);
    expect((await source.read(0, 1)).length).toBe(1);
    await source[Symbol.asyncDispose]();
  });
  it("may be written to any sink", async () => {
    const sink = await fileSink(join(folder, "odd name"));
    await save(sink, sst, { format: "npz" });
    expect(existsSync(join(folder, "odd name"))).toBe(true);
  });
  it("written by NumPy are what they are", async () => {
    const masked = await load(join(corpus, "npz/np2/masked-f8.npz"), { as: "masked", dtype: "float64" });
    expect(masked.size).toBe(masked.data.data.length);
    const big = await load(join(corpus, "npz/np1/big-compressed.npz"), { as: "bundle" });
    expect([...big.names]).toEqual(["big", "small"]);
    const one = (await load(join(corpus, "npz/np1/big-compressed.npz"), { select: "big" })) as AnyArray;
    expect([one.dtype.kind, one.shape]).toEqual(["uint8", [70_000]]);
  });
});

group("what NumPy pickled", () => {
  it("goes to NPZ and back, bit for bit, and into a pickle again", async () => {
    const from = join(corpus, "demo/sst.pkl");
    const field = await load(from, { as: "masked", dtype: "float32" });
    expect(field.shape).toEqual([3, 36, 72]);
    const npz = join(folder, "sst.npz");
    await save(npz, field, { compress: true });
    const back = await load(npz, { as: "masked", dtype: "float32" });
    expect(Buffer.compare(back.data.toBytes(), field.data.toBytes())).toBe(0);
    expect(Buffer.compare(back.maskArray().toBytes(), field.maskArray().toBytes())).toBe(0);
    const again = join(folder, "again.pkl");
    const { losses } = await save(again, back);
    expect(losses.filter((loss) => loss.grade === "content")).toEqual([]);
    const third = await load(again, { as: "masked" });
    expect(Buffer.compare(third.data.toBytes(), field.data.toBytes())).toBe(0);
  });
  it("is opened and streamed, too", async () => {
    await using file = await open(join(corpus, "demo/sst.pkl"));
    expect([file.format, file.array().header.shape]).toEqual(["pickle", [3, 36, 72]]);
    const out = join(folder, "sst.npz");
    await save(out, file);
    const whole = await load(join(corpus, "demo/sst.pkl"), { as: "masked" });
    const back = await load(out, { as: "masked" });
    expect(Buffer.compare(back.data.toBytes(), whole.data.toBytes())).toBe(0);
    expect(Buffer.compare(back.maskArray().toBytes(), whole.maskArray().toBytes())).toBe(0);
  });
  it("is not for people one does not trust", () => {
    const [pickle] = choose({ formats: ["pickle"], untrusted: true });
    expect([pickle?.fits, pickle?.lacks.map((reason) => reason.about)]).toEqual([false, ["untrusted"]]);
  });
});

group("a file on a server", () => {
  let server: Server;
  let url = "";
  let bytes: Uint8Array;
  let sent = 0;
  beforeAll(async () => {
    const path = join(root, "served.npz");
    await save(path, sst);
    bytes = readFileSync(path);
    server = createServer((request, response) => {
      if (request.headers["x-token"] !== "t") {
        response.writeHead(401).end();
        return;
      }
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
      const start = Number(from);
      const end = Math.min(Number(to), bytes.length - 1);
      const part = bytes.subarray(start, end + 1);
      sent += part.length;
      response.writeHead(206, { ETag: '"1"', "Content-Range": `bytes ${start}-${end}/${bytes.length}` });
      response.end(part);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sst.npz`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it("is loaded, with headers of the caller's", async () => {
    sameAsSst(await load(url, { as: "masked", http: { headers: { "X-Token": "t" } } }));
    expect(await failure(() => load(url))).toMatchObject({ code: "SOURCE_IO" });
  });
  it("is opened by its header, and parts are fetched, not the whole", async () => {
    sent = 0;
    await using file = await open(new URL(url), { http: { headers: { "X-Token": "t" } } });
    expect(file.array().header).toMatchObject({ shape: [rows, 100], mask: "mask" });
    expect(sent).toBeLessThan(60_000);
    const part = (await file.array().read("200:400, :", { plane: "data" })) as NdArray;
    expect(Buffer.compare(part.toBytes(), field.slice("200:400, :").toBytes())).toBe(0);
    expect(sent).toBeLessThan(60_000 + 200 * 100 * 8 + 40_000);
    expect(sent).toBeLessThan(bytes.length);
  });
});

it("counts what an open file costs", async () => {
  const path = join(folder, "field.npy");
  await save(path, field);
  const source = counting(await fromFile(path));
  const file = await open(source);
  const part = await file.array().read("10, 20:30");
  expect(part.shape).toEqual([10]);
  expect(source.bytes).toBeLessThan(6000);
  await source[Symbol.asyncDispose]();
});
