// Pickles larger than memory should be: 4 GB, or MASQUERADE_LARGE_BYTES. Each task runs in a process of its own, whose peak memory is measured.
import { execFile } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { dtypes, makeHeader } from "@masquerade/core";
import { numpyPickleHeaderGraph } from "@masquerade/numpy-pickle";
import { type Payload, picklePieces } from "@masquerade/pickle";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const bytes = Number(process.env["MASQUERADE_LARGE_BYTES"] ?? 4e9);
const columns = 1000;
const rows = Math.floor(bytes / 9 / columns);
const PEAK = 150e6;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-large-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A masked pickle of zeros in a sparse file; at the end of data and mask 1, 2, 3 and masked, not, masked. */
async function write(protocol: 4 | 5): Promise<string> {
  const path = join(folder, `large-p${protocol}.pkl`);
  const file = await open(path, "w");
  const header = makeHeader({ dtype: dtypes.simple("float64"), shape: [rows, columns], mask: "mask" });
  const planes = new Map<Payload, "data" | "mask">();
  const graph = numpyPickleHeaderGraph(header, { protocol, numpy: 2 }, ({ plane, size }) => {
    const payload: Payload = { size };
    planes.set(payload, plane);
    return payload;
  });
  let at = 0;
  for (const part of picklePieces(graph, { protocol })) {
    if (part instanceof Uint8Array) {
      await file.write(part, 0, part.length, at);
      at += part.length;
      continue;
    }
    at += part.payload.size;
    const mask = planes.get(part.payload) === "mask";
    const row = mask ? new Uint8Array(columns) : new Float64Array(columns);
    row.set(mask ? [1, 0, 1] : [1, 2, 3]);
    await file.write(new Uint8Array(row.buffer), 0, row.byteLength, at - row.byteLength);
  }
  await file.close();
  return path;
}

describe.each([4, 5] as const)("protocol %i", (protocol) => {
  let path = "";
  beforeAll(async () => {
    path = await write(protocol);
  });

  async function child(task: string): Promise<Record<string, unknown>> {
    const script = new URL("support/large-child.mjs", import.meta.url).pathname;
    const { stdout } = await run(process.execPath, [script, task, path]);
    const seen = JSON.parse(stdout) as Record<string, unknown> & { peakBytes: number };
    expect(seen.peakBytes).toBeLessThan(PEAK);
    return seen;
  }

  test("inspected", async () => {
    expect(await child("inspect")).toMatchObject({ shape: [rows, columns], kind: "float64", mask: "mask" });
  });

  test("sliced, and read through block by block", async () => {
    expect(await child("slice")).toMatchObject({
      last: [1, 2, 3],
      mask: [1, 0, 1],
      column: Math.ceil(rows / 1000),
      count: rows * columns,
      sum: 2,
    });
  });
});
