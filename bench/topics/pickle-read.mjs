// Reading pickles of a masked float64 array: protocols 2 (what dumps() writes; the data are text), 4 and 5, and a plain array.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pickle } from "@masquerade/adapter-pickle";
import { dtypes, MaskedArray, NdArray } from "@masquerade/core";
import { Parser } from "pickleparser";

export const title = "pickle, read";

const codec = await pickle.codec();
let folder;

/** Noise about zero, so that the bytes of the numbers are of every value; one element in five masked. */
function field(count) {
  const data = new Float64Array(count);
  const mask = new Uint8Array(count);
  let seed = 1;
  for (let i = 0; i < count; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    data[i] = Math.sin(seed) * 10;
    mask[i] = seed % 5 === 0 ? 1 : 0;
  }
  return new MaskedArray({
    data: new NdArray({ dtype: dtypes.simple("float64"), shape: [count], storage: data }),
    mask: new NdArray({ dtype: dtypes.simple("bool"), shape: [count], storage: mask }),
  });
}

/** pickleparser knows no NumPy: it is given the least that gets through, and makes neither array nor dtype. */
function parsed(bytes) {
  class Anything {
    __setstate__(state) {
      this.state = state;
    }
  }
  const resolver = {
    resolve: () =>
      function made(...args) {
        return Object.assign(new Anything(), { args });
      },
  };
  return new Parser({ nameResolver: resolver }).parse(bytes);
}

export async function rows({ count, python }) {
  folder = mkdtempSync(join(tmpdir(), "masquerade-bench-"));
  const masked = field(count);
  const targets = { 2: 3, 4: 10, 5: 10 };
  const made = [];
  for (const protocol of [2, 4, 5]) {
    const bytes = codec.encode(masked, { protocol, numpy: 2 });
    const path = join(folder, `masked-p${protocol}.pkl`);
    writeFileSync(path, bytes);
    await python.run(`import pickle\nb${protocol} = open(${JSON.stringify(path)}, "rb").read()`);
    made.push({
      // The data of protocols 4 and 5 are views, or copied when an element is read: the rows with a sum read every element.
      work: `protocol ${protocol}${protocol === 2 ? "" : " (views)"}`,
      bytes: count * 9,
      ours: () => codec.decode(bytes),
      peers: { pickleparser: () => parsed(bytes) },
      python: `r = pickle.loads(b${protocol})`,
      target: { NumPy: targets[protocol] },
    });
    made.push({
      work: `protocol ${protocol} + sum`,
      bytes: count * 9,
      ours: () => codec.decode(bytes).sum(),
      python: `r = pickle.loads(b${protocol}).sum()`,
    });
  }
  return made;
}

export function done() {
  rmSync(folder, { recursive: true, force: true });
}
