// Mutants of real and own files: a value or an error with a code, and the next good file is read right.
import { readFileSync } from "node:fs";
import { hdf5 } from "@masquerade/adapter-hdf5";
import { random } from "@masquerade/conformance";
import { difference, isMasqueradeError, maskedArray } from "@masquerade/core";
import { expect, inject, test } from "vitest";

const corpus = new URL("../../../corpus/hdf5/", import.meta.url);
const codec = await hdf5.codec();
const files = ["groups", "mask-nexus", "chunks-earliest", "chunks-latest", "structured"].map(
  (name) => new Uint8Array(readFileSync(new URL(`${name}.h5`, corpus))),
);
const good = maskedArray([1.5, 2, 3], { mask: [false, true, false] }) as never;
const seed = inject("seed" as never) as number;

test("300 mutants end in a value or a typed error, and leave no trace", { timeout: 120_000 }, async () => {
  const rnd = random(seed);
  const sound = await codec.encode(good);
  let refused = 0;
  for (let k = 0; k < 300; k++) {
    const mutant = (files[k % files.length] as Uint8Array).slice();
    for (let times = 1 + rnd.below(3); times > 0; times--) {
      // Metadata lie at both ends of these files.
      const at = rnd.below(2) === 0 ? rnd.below(2000) % mutant.length : rnd.below(mutant.length);
      mutant[at] = rnd.below(256);
    }
    try {
      await codec.decode(mutant, { limits: { maxMilliseconds: 500, maxBytes: 1e8, maxObjects: 1000 } });
    } catch (e) {
      refused++;
      expect(isMasqueradeError(e), `mutant ${k} of seed ${seed}: ${String(e)}`).toBe(true);
      expect((e as Error).message).not.toMatch(/\n/);
    }
    if (k % 30 === 0) expect(difference(good, await codec.decode(sound))).toBeUndefined();
  }
  expect(refused).toBeGreaterThan(20);
  expect(difference(good, await codec.decode(sound))).toBeUndefined();
});

test("an array beyond the budget is refused before it is read", async () => {
  const bytes = await codec.encode(good);
  await expect(codec.decode(bytes, { limits: { maxBytes: 16 } })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
});
