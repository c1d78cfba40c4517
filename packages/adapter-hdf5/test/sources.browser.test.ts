// In a browser: a file picked by a person, and one on a server, by the parts that a slice needs; and in a worker of the page's.
import { hdf5 } from "@masquerade/adapter-hdf5";
import { type AnyArray, counting, difference, dtypes, fromBlob, MaskedArray, NdArray, zeros } from "@masquerade/core";
import { expect, test } from "vitest";

const codec = await hdf5.codec();

function sample(): MaskedArray {
  const storage = Float64Array.from({ length: 600 * 500 }, (_, i) => i / 8);
  const mask = zeros("bool", [600, 500]);
  for (let i = 0; i < mask.storage.length; i += 7) mask.storage[i] = 1;
  return new MaskedArray({
    data: new NdArray({ dtype: dtypes.simple("float64"), shape: [600, 500], storage }) as NdArray,
    mask,
  });
}

test.each([
  ["contiguous", {}],
  ["compressed", { gzip: 4, shuffle: true, checksum: true, chunks: [40, 100] }],
])("a row of a Blob: %s", async (_, options) => {
  const value = sample();
  const bytes = await codec.encode(value, options);
  const source = counting(fromBlob(new Blob([bytes as Uint8Array<ArrayBuffer>])));
  const file = await codec.open?.(source);
  const row = await file?.array().read("123");
  expect(difference(value.slice("123").copy(), row?.copy() as AnyArray)).toBeUndefined();
  // Blocks of 64 KiB: a Blob is asked for what surrounds the headers too.
  expect(source.bytes).toBeLessThan(bytes.length / 2 + 65_536);
});

test("the same in a worker", async () => {
  const bytes = await codec.encode(sample(), { gzip: 4, chunks: [40, 100] });
  const worker = new Worker(new URL("./support/reading.worker.ts", import.meta.url), { type: "module" });
  try {
    const answer = new Promise<readonly number[]>((resolve, reject) => {
      worker.addEventListener("message", (event) => resolve(event.data));
      worker.addEventListener("error", (event) => reject(new Error(event.message)));
    });
    worker.postMessage(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    expect(await answer).toEqual([61500 / 8, 61501 / 8, 61502 / 8]);
  } finally {
    worker.terminate();
  }
});
