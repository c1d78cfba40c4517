// Files larger than memory should be: 6 GB, or MASQUERADE_LARGE_BYTES. Each task runs in a process of its own, whose peak memory is measured.
import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { npy, npz } from "@masquerade/adapter-npy";
import {
  type AnyArray,
  type ByteSource,
  type Codec,
  counting,
  dtypes,
  fromUrl,
  makeHeader,
  NdArray,
  type OpenFile,
} from "@masquerade/core";
import { fileSink, fromFile } from "@masquerade/core/node";
import { writeNpyHeader } from "@masquerade/numpy";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const bytes = Number(process.env["MASQUERADE_LARGE_BYTES"] ?? 6e9);
const columns = 1000;
const rows = Math.floor(bytes / 8 / columns);
const PEAK = 150e6;

let folder = "";
let path = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-large-"));
  path = join(folder, "large.npy");
  const header = writeNpyHeader({ dtype: dtypes.simple("float64"), shape: [rows, columns] });
  const file = await open(path, "w");
  await file.write(header);
  // A sparse file: zeros that take no place on the disk, but for the last row.
  await file.truncate(header.length + rows * columns * 8);
  await file.write(Float64Array.of(1, 2, 3), 0, 24, header.length + (rows - 1) * columns * 8);
  await file.close();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function opened(codec: Codec, source: ByteSource): Promise<OpenFile> {
  const file = await codec.open?.(source);
  if (file === undefined) throw new Error("the codec opens");
  return file;
}

async function child(task: string, file = path): Promise<Record<string, unknown> & { peakBytes: number }> {
  const script = new URL("support/large-child.mjs", import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [script, task, file, String(rows), String(columns)]);
  const seen = JSON.parse(stdout) as Record<string, unknown> & { peakBytes: number };
  expect(seen.peakBytes).toBeLessThan(PEAK);
  return seen;
}

test("inspected", async () => {
  expect(await child("inspect")).toMatchObject({ shape: [rows, columns], kind: "float64" });
});

test("sliced", async () => {
  const seen = await child("slice");
  expect(seen).toMatchObject({ last: [1, 2, 3], column: Math.ceil(rows / Math.ceil(rows / 1000)), sum: 0 });
  expect(seen["count"]).toBeGreaterThan(rows / 8);
});

test("updated in place", async () => {
  const before = (await stat(path)).size;
  expect(await child("update")).toMatchObject({ row: [7, 7, 7], first: -1 });
  expect((await stat(path)).size).toBe(before);
});

test("written block by block", async () => {
  const made = join(folder, "made.npy");
  await child("write", made);
  expect((await stat(made)).size).toBe((await stat(path)).size);
  await using file = await opened(await npy.codec(), await fromFile(made));
  const row = (await file.array().read([rows - 1, { stop: 2 }])) as NdArray<"float64">;
  expect([...row.data]).toEqual([row.data[0], row.data[0]]);
  expect(row.data[0]).toBeGreaterThan(0);
  await rm(made);
});

test("a slice over HTTP fetches less than twice its bytes", async () => {
  const sent = { bytes: 0 };
  const server = await serve(path, sent);
  try {
    const { port } = server.address() as AddressInfo;
    const source = counting(await fromUrl(`http://127.0.0.1:${port}/large.npy`));
    await using file = await opened(await npy.codec(), source);
    const before = sent.bytes;
    const part = (await file.array().read("10:14, :")) as AnyArray;
    expect(part.shape).toEqual([4, columns]);
    const own = 4 * columns * 8;
    expect(sent.bytes - before).toBeLessThan(2 * own);
    expect(sent.bytes).toBeLessThan(2 * own);
    expect(source.bytes).toBeLessThan(2 * own);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

/** A server that answers range requests, and counts what it sends. */
async function serve(file: string, sent: { bytes: number }): Promise<Server> {
  const { size } = await stat(file);
  const server = createServer((request, response) => {
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const [from, to] = range === null ? [0, size - 1] : [Number(range[1]), Math.min(Number(range[2]), size - 1)];
    response.writeHead(range === null ? 200 : 206, {
      "accept-ranges": "bytes",
      etag: '"1"',
      "content-length": to - from + 1,
      ...(range !== null && { "content-range": `bytes ${from}-${to}/${size}` }),
    });
    if (request.method === "HEAD") return response.end();
    const stream = createReadStream(file, { start: from, end: to });
    stream.on("data", (chunk) => {
      sent.bytes += chunk.length;
    });
    return stream.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

test("an archive with a member beyond 4 GiB and members behind it", async () => {
  const made = join(folder, "large.npz");
  const codec = await npz.codec();
  const big = makeHeader({ dtype: dtypes.simple("float64"), shape: [rows, columns] });
  const small = makeHeader({ dtype: dtypes.simple("int16"), shape: [3] });
  const plan = {
    kind: "dict" as const,
    entries: new Map([
      ["big", big],
      ["small", small],
    ]),
    attrs: new Map(),
  };
  const writer = await codec.create?.(await fileSink(made), plan);
  const step = 1000;
  const block = new NdArray({
    dtype: big.dtype,
    shape: [step, columns],
    storage: new Float64Array(step * columns).fill(3),
  }) as NdArray;
  for (let start = 0; start < rows; start += step) {
    const count = Math.min(step, rows - start);
    await writer?.write({ array: "big", plane: "data", start, value: block.slice([{ stop: count }]) });
  }
  const three = new NdArray({ dtype: small.dtype, shape: [3], storage: Int16Array.of(1, -2, 3) }) as NdArray;
  await writer?.write({ array: "small", plane: "data", start: 0, value: three });
  await writer?.finish();
  await using file = await opened(codec, await fromFile(made));
  expect(file.names).toEqual(["big", "small"]);
  expect([...((await file.array("small").read()) as NdArray<"int16">).data]).toEqual([1, -2, 3]);
  expect([...((await file.array("big").read([-1, { stop: 2 }])) as NdArray<"float64">).data]).toEqual([3, 3]);
  const python = process.env["MASQUERADE_PY2"];
  if (python !== undefined) {
    const code =
      "import numpy as np, sys; f = np.load(sys.argv[1]); print(f['small'].tolist()); import zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.getinfo('big.npy').file_size)";
    const { stdout } = await run(python, ["-c", code, made]);
    expect(stdout.trim().split("\n")).toEqual(["[1, -2, 3]", String(rows * columns * 8 + 128)]);
  }
});
