// Files that other tools wrote are added to: those of the oldest kind too, and what cannot be is refused before a byte is written.
import { readFile } from "node:fs/promises";
import { hdf5 } from "@masquerade/adapter-hdf5";
import {
  type AnyArray,
  Bundle,
  concatenate,
  difference,
  dtypes,
  isBundle,
  isMasqueradeError,
  NdArray,
} from "@masquerade/core";
import { describe, expect, inject, test } from "vitest";
import { lookup3 } from "../src/write/checksum.ts";
import { Disk } from "./support/disk.ts";
import { masked, sample } from "./support/samples.ts";

const codec = await hdf5.codec();
const corpus = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`../../../corpus/hdf5/${name}`, import.meta.url)));

async function bundleOf(bytes: Uint8Array): Promise<Bundle> {
  const value = await codec.decode(bytes, { unreadable: "skip" });
  if (!isBundle(value)) throw new Error("no bundle");
  return value;
}

const named = (name: string, array: AnyArray): Bundle => new Bundle({ entries: [[name, array]] });
const data = (array: AnyArray): NdArray => array.with({ dims: undefined, attrs: new Map() } as never) as NdArray;

describe("h5py's arrays grow, whatever lists their chunks", () => {
  test.each(["chunks-earliest.h5", "chunks-v110.h5", "chunks-latest.h5"])("%s", async (name) => {
    const disk = new Disk(await corpus(name));
    const before = await bundleOf(disk.bytes);
    const entries = ["extensible", "tree"].map(
      (one) => [one, (before.get(one) as AnyArray).slice("3:8") as AnyArray] as const,
    );
    await codec.append?.(disk, new Bundle({ entries }));
    const after = await bundleOf(disk.bytes);
    expect(after.names).toEqual(before.names);
    for (const one of before.names) {
      const array = before.get(one) as AnyArray;
      const more = entries.find(([own]) => own === one)?.[1];
      const want = more === undefined ? array : concatenate([array, more] as never);
      expect(difference(data(want as AnyArray), data(after.get(one) as AnyArray)), one).toBeUndefined();
    }
  });

  test("along an axis of which chunks are sparse, and the fill value lies past the edge", async () => {
    const disk = new Disk(await corpus("indices-userblock.h5"));
    const before = (await bundleOf(disk.bytes)).get("sparse") as NdArray;
    const more = before.slice("0:3") as NdArray;
    await codec.append?.(disk, named("sparse", more));
    await codec.append?.(disk, named("sparse", more));
    const after = (await bundleOf(disk.bytes)).get("sparse") as NdArray;
    expect(difference(data(concatenate([before, more, more] as never) as AnyArray), data(after))).toBeUndefined();
  });
});

test("an array among those of another tool comes back as it was, whatever that tool's reader would make of it", async () => {
  const disk = new Disk(await corpus("netcdf-groups.nc"));
  const text = dtypes.str(3);
  const words = new NdArray({
    dtype: text,
    shape: [2],
    storage: Uint32Array.from([97, 0, 0, 98, 233, 99]),
  }) as AnyArray;
  const value = new Bundle({
    entries: [
      ["words", words],
      ["m", masked([2, 3], 0)],
      ["g", new Bundle({ kind: "list", entries: [["0", masked([2], 0).with({ hardMask: true })]] })],
    ],
  });
  await codec.append?.(disk, value);
  const found = await bundleOf(disk.bytes);
  for (const name of ["words", "m"])
    expect(difference(value.get(name) as AnyArray, found.get(name) as AnyArray), name).toBeUndefined();
  expect(difference(value.get("g") as Bundle, found.get("g") as Bundle)).toBeUndefined();
  expect(found.names).not.toContain("m_mask");
});

describe("after any byte written, a file of the oldest kind is as it was or as it was to be", () => {
  test.each(["indices-userblock.h5", "mask-nexus.h5"])("%s", async (name) => {
    const bytes = await corpus(name);
    const base = name.includes("userblock") ? 1024 : 0;
    const more = named("new", masked([4, 3], 0));
    const whole = new Disk(bytes);
    await codec.append?.(whole, more);
    const [was, is] = [await bundleOf(bytes), await bundleOf(whole.bytes)];
    const written = whole.bytes.length - bytes.length + 96;
    let asItWas = 0;
    for (let most = 0; most <= written + 24; most += most < 30 || most > written - 110 ? 17 : 797) {
      const disk = new Disk(bytes, most);
      const failed = await codec.append?.(disk, more).then(
        () => false,
        () => true,
      );
      // The superblock lies within one sector, which is written or is not.
      const place = disk.bytes.subarray(base, base + 96);
      if (failed && Buffer.compare(place, bytes.subarray(base, base + 96)) !== 0) continue;
      const found = await bundleOf(disk.bytes);
      expect(difference(failed ? was : is, found), `after ${most} bytes`).toBeUndefined();
      if (failed) asItWas++;
    }
    expect(asItWas).toBeGreaterThan(5);
  });
});

/** A file with some of its bytes changed, its superblock's checksum made right where there is one. */
function changed(bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array {
  const out = bytes.slice();
  out.set(values, at);
  if (out[8] !== undefined && out[8] >= 2) new DataView(out.buffer).setUint32(44, lookup3(out.subarray(0, 44)), true);
  return out;
}

describe("refused, and nothing written", () => {
  const more = named("new", sample([2], 0));
  const refused = async (bytes: Uint8Array, value: Bundle, code: string, why: RegExp): Promise<void> => {
    const disk = new Disk(bytes);
    await expect(codec.append?.(disk, value)).rejects.toMatchObject({ code, message: expect.stringMatching(why) });
    expect(Buffer.compare(disk.bytes, bytes)).toBe(0);
  };

  test("files that are open elsewhere, or one of several", async () => {
    const [old, latest] = [await corpus("mask-nexus.h5"), await corpus("many-v110.h5")];
    await refused(changed(old, 20, 1), more, "CAPABILITY_MISSING", /open for writing elsewhere/);
    await refused(changed(latest, 11, 5), more, "CAPABILITY_MISSING", /h5clear/);
    await refused(changed(old, 48, 0, 0, 0, 0, 0, 0, 0, 0), more, "CAPABILITY_MISSING", /driver/);
  });

  test("arrays that cannot grow, or whose readers would see something else", async () => {
    const chunks = await corpus("chunks-earliest.h5");
    const before = await bundleOf(chunks);
    const fixed = before.names.find((one) => !["extensible", "tree"].includes(one)) as string;
    const row = (bundle: Bundle, name: string): Bundle =>
      named(name, (bundle.get(name) as AnyArray).slice("0:1") as AnyArray);
    await refused(chunks, row(before, fixed), "CAPABILITY_MISSING", /cannot grow|not stored in chunks/);
    const [, width] = (before.get("tree") as AnyArray).shape as [number, number];
    await refused(chunks, named("tree", sample([1, width], 0).astype("float32") as never), "DTYPE_MISMATCH", /dtype/);
    const flagged = (masked([1, width], 0) as AnyArray).astype((before.get("tree") as AnyArray).dtype as never);
    await refused(chunks, named("tree", flagged as AnyArray), "CAPABILITY_MISSING", /has no mask/);
    const matlab = await corpus("matlab-arrays.mat");
    const theirs = await bundleOf(matlab);
    const name = theirs.names.find((one) => !isBundle(theirs.get(one) as never)) as string;
    await refused(matlab, row(theirs, name), "CAPABILITY_MISSING", /MATLAB/);
    const scaled = await corpus("netcdf-scaled.nc");
    const packed = await bundleOf(scaled);
    await refused(scaled, row(packed, packed.names[0] as string), "CAPABILITY_MISSING", /packed|grow|chunks/);
  });

  test("mutants of a file of the oldest kind end in a value or a typed error, which leaves them alone", {
    timeout: 60_000,
  }, async () => {
    const bytes = await corpus("mask-nexus.h5");
    let state = inject("seed") >>> 0;
    const random = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    const ends = { value: 0, error: 0 };
    for (let i = 0; i < 150; i++) {
      const mutant = bytes.slice();
      for (let k = 0; k <= random(3); k++) mutant[random(bytes.length)] = random(256);
      const disk = new Disk(mutant);
      const error = await codec.append?.(disk, more).then(
        () => undefined,
        (one: unknown) => one,
      );
      ends[error === undefined ? "value" : "error"]++;
      if (error === undefined) expect(disk.bytes.length).toBeGreaterThan(bytes.length);
      else {
        expect(isMasqueradeError(error), `${i}: ${String(error)}`).toBe(true);
        expect(Buffer.compare(disk.bytes, mutant), `${i}`).toBe(0);
      }
    }
    expect(ends.value).toBeGreaterThan(10);
    expect(ends.error).toBeGreaterThan(10);
  });
});
