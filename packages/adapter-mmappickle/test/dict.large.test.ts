// Arrays larger than memory should be: 3 GB of values, or MASQUERADE_LARGE_BYTES. Each task runs in a process whose peak memory is measured.
import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { mmappickle } from "@masquerade/adapter-mmappickle";
import { openMmapDict } from "@masquerade/adapter-mmappickle/node";
import { counting, fromUrl, isMaskedArray } from "@masquerade/core";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const bytes = Number(process.env["MASQUERADE_LARGE_BYTES"] ?? 3e9);
const columns = 1024;
const rows = Math.floor(bytes / 9 / columns);
// 300 MB for 3 GB; a Node that does nothing takes about 50.
const PEAK = 150e6 + 0.05 * bytes;

let folder = "";
let path = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-large-"));
  path = join(folder, "large.mmdpickle");
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function child(task: string): Promise<Record<string, unknown>> {
  const script = join(import.meta.dirname, "support/large-child.mjs");
  const { stdout } = await run(process.execPath, [script, task, path, String(rows), String(columns)]);
  const seen = JSON.parse(stdout) as Record<string, unknown> & { peakBytes: number };
  console.log(`${task}: peak ${Math.round(seen.peakBytes / 1e6)} MB for ${Math.round(bytes / 1e6)} MB`);
  expect(seen.peakBytes).toBeLessThan(PEAK);
  return seen;
}

test("a masked array is made, filled by slices and read by slices", async () => {
  expect(await child("fill")).toMatchObject({ keys: ["sea", "units"] });
  expect((await stat(path)).size).toBeGreaterThan(rows * columns * 9);
  let sum = 0;
  let masked = 0;
  for (let start = 0; start < rows; start += 256) {
    const size = Math.min(256, rows - start) * columns;
    sum += start * size;
    masked += Math.ceil(size / 5);
  }
  const last = Math.floor((rows - 1) / 256) * 256;
  expect(await child("read")).toMatchObject({
    sum,
    masked,
    fill: -9,
    last,
    column: Math.ceil(rows / Math.ceil(rows / 100)),
  });
});

test("a slice over HTTP fetches less than twice its bytes", async () => {
  const sent = { bytes: 0 };
  const server = await serve(path, sent);
  try {
    const { port } = server.address() as AddressInfo;
    const source = counting(await fromUrl(`http://127.0.0.1:${port}/large.mmdpickle`));
    const file = await (await mmappickle.codec()).open?.(source);
    expect(file?.names).toEqual(["sea"]);
    const middle = Math.floor(rows / 2 / 256) * 256;
    // 128 rows of 1024 float64: 1 MiB, and their masks.
    const part = await file?.array("sea").read([{ start: middle, stop: middle + 128 }]);
    if (part === undefined || !isMaskedArray(part)) throw new Error("a masked array");
    expect(part.shape).toEqual([128, columns]);
    expect(new Set(part.data.data as Float64Array)).toEqual(new Set([middle]));
    expect(sent.bytes).toBeLessThan(2 * 2 ** 20);
    expect(source.bytes).toBeLessThan(2 * 2 ** 20);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("a vacuum gives back gigabytes and keeps what is left", async () => {
  await using dict = await openMmapDict(path, { mode: "r+", durable: false });
  await dict.create("hole", { dtype: "float64", shape: [Math.floor(bytes / 8)] });
  await dict.delete("hole");
  const before = (await stat(path)).size;
  const freed = await dict.vacuum({ exclusive: true });
  expect(freed).toBeGreaterThan(bytes * 0.99);
  expect((await stat(path)).size).toBe(before - freed);
  expect(await dict.keys()).toEqual(["sea", "units"]);
  expect((await dict.array("sea")).header.shape).toEqual([rows, columns]);
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
