// Every file h5py wrote for the corpus: read, compared with what h5py itself reads, and written again; and files that reach outside themselves.
import { readFileSync } from "node:fs";
import { hdf5 } from "@masquerade/adapter-hdf5";
import {
  type AnyArray,
  Bundle,
  type BundleMember,
  difference,
  eachArray,
  fromBytes,
  headerOf,
  isBundle,
  isMaskedArray,
  isMasqueradeError,
  type NdArray,
  nomask,
  sameDType,
  zeros,
} from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { expectedArray } from "../../../corpus/support/expect.ts";

const corpus = new URL("../../../corpus/", import.meta.url);
const codec = await hdf5.codec();

interface Entry {
  readonly file: string;
  readonly expect: { readonly refused?: string };
}
const entries: readonly Entry[] = JSON.parse(readFileSync(new URL("hdf5/manifest.json", corpus), "utf8")).entries;
const bytesOf = (entry: Entry): Uint8Array => new Uint8Array(readFileSync(new URL(entry.file, corpus)));

/** A description's attributes and dtype marks are not what is compared here, nor the order of names: names, dtypes, values, masks, fill values are. */
function bare(value: BundleMember): BundleMember {
  if (isBundle(value)) {
    const entries = [...value.entries].map(([name, one]) => [name, bare(one)] as const);
    return new Bundle({ entries: entries.sort(([a], [b]) => (a < b ? -1 : 1)) });
  }
  const data = (isMaskedArray(value) ? value.data : value).with({ attrs: new Map(), subclass: undefined });
  return isMaskedArray(value) ? value.with({ data: data.with({ dims: undefined }) }) : data.with({ dims: undefined });
}

/**
 * A netCDF variable by parts has a mask, and the fill value of the first rule it has, in any case: which rules find something missing shows at
 * the end only.
 */
function asByParts(array: AnyArray, byParts: AnyArray, netcdf: boolean): AnyArray {
  if (!netcdf || !isMaskedArray(array) || !isMaskedArray(byParts) || byParts.mask === nomask) return array;
  return array.with({ mask: array.maskArray(), fillValue: byParts.fillValue });
}

/** What `open` gives of a file, whole and by a slice, against what `decode` gave. */
async function demandSame(bytes: Uint8Array, value: AnyArray | Bundle, netcdf: boolean): Promise<void> {
  await using file = await codec.open?.(fromBytes(bytes));
  if (file === undefined) throw new Error("no open");
  const arrays = new Map(eachArray(value));
  expect(file.names).toEqual([...arrays.keys()]);
  for (const [name, whole] of arrays) {
    const lazy = file.array(name);
    const read = await lazy.read();
    expect(difference(asByParts(whole, read, netcdf), read), name).toBeUndefined();
    expect(lazy.header.mask, name).toBe(headerOf(read).mask);
    expect(lazy.header.shape, name).toEqual(whole.shape);
    expect(sameDType(lazy.header.dtype, whole.dtype), name).toBe(true);
    if (whole.ndim === 0 || whole.shape.includes(0)) continue;
    const part = await lazy.read("-1:0:-2");
    const want = asByParts(whole, read, netcdf).slice("-1:0:-2");
    expect(difference(want.copy(part.order), part.copy(part.order)), name).toBeUndefined();
    for (const selection of [undefined, "1:", "::2", "0"]) {
      const room = dirty(whole.slice(selection ?? "..."));
      const into = await lazy.read(selection, { out: room });
      const plain = isMaskedArray(into) ? into.data : into;
      const shown = `${name}, ${selection} into an array`;
      expect(plain.storage, shown).toBe(room.storage);
      const same = await lazy.read(selection);
      // A part that is read anew is in the file's order, a part of what is there in none.
      expect(difference(asWritten(same.copy(plain.order)), asWritten(into)), shown).toBeUndefined();
    }
  }
}

/** An array of one's own, with something else in it. */
function dirty(like: AnyArray): NdArray {
  const { dtype, shape, order } = isMaskedArray(like) ? like.data : like;
  const room = zeros(dtype, shape, order) as NdArray;
  if (!Array.isArray(room.storage)) {
    const { buffer, byteOffset, byteLength } = room.storage as Uint8Array;
    new Uint8Array(buffer, byteOffset, byteLength).fill(0xa5);
  }
  return room;
}

/** Without what an array of one's own does not take from the file: names of axes. */
function asWritten(array: AnyArray): AnyArray {
  const data = (isMaskedArray(array) ? array.data : array).with({
    dims: undefined,
    subclass: undefined,
    attrs: new Map(),
  });
  return isMaskedArray(array) ? array.with({ data }) : data;
}

describe("written by h5py", () => {
  test.each(entries.map((entry) => [entry.file, entry] as const))("%s", async (_, entry) => {
    const bytes = bytesOf(entry);
    if (entry.expect.refused !== undefined) {
      const error: unknown = await codec.decode(bytes).catch((e: unknown) => e);
      expect(isMasqueradeError(error) && error.code).toBe(entry.expect.refused);
      return;
    }
    const value = await codec.decode(bytes);
    expect(difference(bare(value), bare(expectedArray(entry.expect) as AnyArray | Bundle))).toBeUndefined();
    await demandSame(bytes, value, entry.file.endsWith(".nc"));
    // Sequences of varying length are read, and not written.
    if ([...eachArray(value)].some(([, one]) => one.dtype.kind === "object")) return;
    const again = await codec.decode(await codec.encode(value));
    expect(difference(value, again)).toBeUndefined();
  });
});
