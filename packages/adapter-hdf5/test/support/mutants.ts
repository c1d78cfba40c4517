import { readFileSync } from "node:fs";
import { hdf5 } from "@masquerade/adapter-hdf5";
import { random } from "@masquerade/conformance";
import { difference, isMasqueradeError, maskedArray } from "@masquerade/core";
import { expect } from "vitest";

const corpus = new URL("../../../../corpus/hdf5/", import.meta.url);
const names = [
  "groups.h5",
  "mask-nexus.h5",
  "chunks-earliest.h5",
  "chunks-latest.h5",
  "structured.h5",
  "many-latest.h5",
  "many-earliest.h5",
  "netcdf-groups.nc",
  "netcdf-texts.nc",
  "pytables-arrays.h5",
  "matlab-arrays.mat",
  "astropy-tables.h5",
  "plugins/filters-lzf.h5",
];
const limits = { maxMilliseconds: 20_000, maxBytes: 1e8, maxObjects: 3000 };

/**
 * Decodes mutants of files that other tools wrote: each must end in a value or a typed error of one line, before its deadline, and the next good file
 * must be read right. Gives how many ended in what. `more`: further files.
 */
export async function mutate(
  count: number,
  seed: number,
  more: readonly string[] = [],
): Promise<ReadonlyMap<string, number>> {
  const codec = await hdf5.codec();
  const files = [...names, ...more].map((name) => new Uint8Array(readFileSync(new URL(name, corpus))));
  const good = maskedArray([1.5, 2, 3], { mask: [false, true, false] }) as never;
  const sound = await codec.encode(good);
  const rnd = random(seed);
  const fates = new Map<string, number>();
  for (let k = 0; k < count; k++) {
    const mutant = (files[k % files.length] as Uint8Array).slice();
    for (let times = 1 + rnd.below(3); times > 0; times--) {
      // Metadata lie at both ends of these files.
      const at = rnd.below(2) === 0 ? rnd.below(2000) % mutant.length : rnd.below(mutant.length);
      const place = Math.min(at, mutant.length - 4);
      if (rnd.below(4) > 0) mutant[at] = rnd.below(256);
      else new DataView(mutant.buffer).setUint32(place, rnd.below(2) === 0 ? 0xffffffff : rnd.below(2 ** 31), true);
    }
    let fate = "value";
    try {
      await codec.decode(mutant, { limits });
    } catch (error) {
      if (!isMasqueradeError(error)) throw new Error(`mutant ${k} of seed ${seed}`, { cause: error });
      expect(error.message).not.toMatch(/\n/);
      expect("limit" in error && error.limit, `mutant ${k} of seed ${seed}`).not.toBe("maxMilliseconds");
      fate = error.code;
    }
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
    if (k % 20 === 0) expect(difference(good, await codec.decode(sound))).toBeUndefined();
  }
  expect(difference(good, await codec.decode(sound))).toBeUndefined();
  return fates;
}
