// Mutants of real and own files: a value or an error with a code, and the next good file is read right. And files that promise too much.
import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { hdf5 } from "@masquerade/adapter-hdf5";
import {
  array,
  Bundle,
  difference,
  fromBytes,
  isMasqueradeError,
  maskedArray,
  type OpenFile,
  readFile,
  zeros,
} from "@masquerade/core";
import { describe, expect, inject, test } from "vitest";
import { lookup3 } from "../src/write/checksum.ts";
import { writeFile } from "../src/write/file.ts";
import type { WriteGroup } from "../src/write/node.ts";
import { mutate } from "./support/mutants.ts";

const corpus = new URL("../../../corpus/hdf5/", import.meta.url);
const codec = await hdf5.codec();
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${name}.h5`, corpus)));
const good = maskedArray([1.5, 2, 3], { mask: [false, true, false] }) as never;
const seed = inject("seed" as never) as number;
test("500 mutants end in a value or a typed error, none at its deadline, and leave no trace", async () => {
  const fates = await mutate(500, seed);
  expect(fates.get("value")).toBeGreaterThan(50);
  expect(500 - (fates.get("value") ?? 0)).toBeGreaterThan(50);
});

test("every cut of a file of h5py's is refused, or has the same values", async () => {
  const whole = read("mask-nexus");
  const value = await codec.decode(whole);
  for (let n = 0; n < whole.length; n += 7) {
    const cut = await codec.decode(whole.subarray(0, n)).catch((error: unknown) => error);
    if (!isMasqueradeError(cut)) expect(difference(value, cut as never), `cut at ${n}`).toBeUndefined();
  }
});

test("the time that is given is kept", async () => {
  const bytes = read("many-earliest");
  const late = codec.decode(bytes, { limits: { maxMilliseconds: 1 } });
  await expect(late).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", limit: "maxMilliseconds" });
});

describe("what is declared costs nothing until it is there", () => {
  test("an array beyond the budget is refused before it is read", async () => {
    const bytes = await codec.encode(good);
    await expect(codec.decode(bytes, { limits: { maxBytes: 16 } })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });

  test("a dataset of 512 MB of which nothing is stored is refused by the budget", async () => {
    const small = await codec.encode(zeros("float64", [2, 2]) as never, { chunks: [2, 2], resizable: [0] });
    const huge = await grown(small, 2n ** 25n);
    expect(huge.length).toBeLessThan(10_000);
    await expect(codec.decode(huge, { limits: { maxBytes: 1e6 } })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    // By slices only what is asked for is made.
    await using file = await codec.open?.(fromBytes(huge), { limits: { maxBytes: 1e6 } });
    expect((await file?.array().read("33554431"))?.toBytes()).toEqual(new Uint8Array(16));
  });

  test.each([
    ["inflates to more than it declares", new Uint8Array(50_000_000)],
    ["inflates to less than it declares", new Uint8Array(100)],
  ])("a chunk that %s is refused, whatever else it would take", async (_, content) => {
    const bytes = await codec.encode(zeros("float64", [1024]) as never, { gzip: 9, chunks: [1024] });
    const stored = deflateSync(new Uint8Array(8192), { level: 9 });
    const at = Buffer.from(bytes).indexOf(Buffer.from(stored));
    expect(at).toBeGreaterThan(0);
    const bomb = deflateSync(content, { level: 9 });
    // The bomb goes behind the end, and the index points there.
    const end = Math.ceil(bytes.length / 8) * 8;
    const file = new Uint8Array(end + bomb.length);
    file.set(bytes);
    file.set(bomb, end);
    const index = Buffer.from(file).indexOf("TREE");
    const view = new DataView(file.buffer);
    view.setUint32(index + 24, bomb.length, true);
    view.setBigUint64(index + 24 + 8 + 16, BigInt(end), true);
    await withEnd(file);
    const before = process.memoryUsage().rss;
    await expect(codec.decode(file)).rejects.toMatchObject({ code: "FORMAT_MALFORMED" });
    expect(process.memoryUsage().rss - before).toBeLessThan(40e6);
  });

  test("texts that lie over each other meet a limit before memory", async () => {
    const texts = Array.from({ length: 5000 }, (_, i) => (i < 2 ? String(i).repeat(100_000) : "-"));
    const bytes = await codec.encode(array(texts, "string"));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (view.getUint32(at, true) !== 100_000 || view.getUint32(at + 16, true) !== 100_000) at++;
    // References to the two long ones, in turn, instead of those to the short ones.
    for (let i = 2; i < texts.length; i++) bytes.copyWithin(at + 16 * i, at + 16 * (i % 2), at + 16 * (i % 2) + 16);
    const before = process.memoryUsage().rss;
    await expect(codec.decode(bytes)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
    // All to one: no more memory than for one, and counted all the same.
    for (let i = 1; i < texts.length; i++) bytes.copyWithin(at + 16 * i, at, at + 16);
    await expect(codec.decode(bytes)).resolves.toMatchObject({ shape: [5000] });
    await expect(codec.decode(bytes, { limits: { maxBytes: 1e8 } })).rejects.toMatchObject({ limit: "maxBytes" });
  });

  test("arrays that are too large together are refused before the first is read", async () => {
    const one = zeros("uint8", [1000]);
    const bytes = await codec.encode(
      new Bundle({
        entries: [
          ["a", one],
          ["b", one],
        ],
      }),
    );
    const limits = { maxTotalBytes: 1500 };
    await expect(codec.decode(bytes, { limits })).rejects.toMatchObject({ limit: "maxTotalBytes" });
    await expect(codec.decode(bytes, { limits, select: "a" })).resolves.toBeDefined();
  });

  test("groups that hold each other twice, 25 deep, end at the limit of objects", async () => {
    await expect(codec.decode(doubled(25), { limits: { maxObjects: 1000 } })).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
  });
});

describe("nothing outside the file, and nothing that was not there", () => {
  test.each([
    ["refused-external-link", "UNSAFE_LINK"],
    ["refused-external-storage", "UNSAFE_LINK"],
    ["refused-virtual", "UNSAFE_LINK"],
    ["refused-soft-loop", "FORMAT_MALFORMED"],
    ["plugins/refused-filter", "CAPABILITY_MISSING"],
  ])("%s is %s where it is read, and told of where the file is opened", async (name, code) => {
    await expect(codec.decode(read(name))).rejects.toMatchObject({ code });
    await expect(codec.decode(read(name), { unreadable: "skip" })).resolves.toMatchObject({ names: [] });
    await using file = await codec.open?.(fromBytes(read(name)));
    expect(file?.names).toEqual([]);
    expect(file?.unreadable?.get("x")).toMatchObject({ code });
    expect(() => file?.array("x")).toThrow(expect.objectContaining({ code }));
    await expect(readFile(file as OpenFile)).rejects.toMatchObject({ code });
  });

  test("a group in itself is not entered again", async () => {
    await expect(codec.decode(read("hard-cycle"))).resolves.toBeDefined();
  });
});

/** Sets the first dimension of the only dataset that has these many, and every checksum that covers it. */
async function grown(bytes: Uint8Array, rows: bigint): Promise<Uint8Array> {
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  const pattern = Buffer.from(new BigUint64Array([2n, 2n]).buffer);
  const at = Buffer.from(out).lastIndexOf(pattern);
  view.setBigUint64(at, rows, true);
  resum(out);
  return out;
}

/** Makes all checksums of headers right again. */
function resum(file: Uint8Array): void {
  const view = new DataView(file.buffer, file.byteOffset);
  for (let at = Buffer.from(file).indexOf("OHDR"); at >= 0; at = Buffer.from(file).indexOf("OHDR", at + 1)) {
    const end = at + 10 + view.getUint32(at + 6, true);
    view.setUint32(end, lookup3(file.subarray(at, end)), true);
  }
}

/** Groups of which each holds the next one twice. */
function doubled(depth: number): Uint8Array {
  let group: WriteGroup = { node: "group", members: new Map(), attrs: [] };
  for (let i = 0; i < depth; i++)
    group = { node: "group", members: new Map([["a", group] as const, ["b", group] as const]), attrs: [] };
  return new Uint8Array(Buffer.concat(writeFile(group, new Map())));
}

/** Has the superblock say that the file ends where it does. */
async function withEnd(file: Uint8Array): Promise<void> {
  const view = new DataView(file.buffer, file.byteOffset);
  view.setBigUint64(28, BigInt(file.length), true);
  view.setUint32(44, lookup3(file.subarray(0, 44)), true);
}
