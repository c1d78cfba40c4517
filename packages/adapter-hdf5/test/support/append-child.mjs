// Adds to the array `m` of an HDF5 file again and again, until it is killed: row i is i, each third masked. Says how long the array is after each.
import { hdf5 } from "@masquerade/adapter-hdf5";
import { Bundle, dtypes, MaskedArray, NdArray } from "@masquerade/core";
import { fromFile } from "@masquerade/core/node";

const [path, batch] = [process.argv[2], Number(process.argv[3])];
const codec = await hdf5.codec();
await addTo(await fromFile(path, { mode: "r+" }));

async function addTo(file) {
  const opened = await codec.open(file);
  let [length] = opened.array("m").header.shape;
  await opened[Symbol.asyncDispose]();
  process.stdout.write(`${length}\n`);
  for (;;) {
    const indices = Array.from({ length: batch }, (_, i) => length + i);
    const data = new NdArray({ dtype: dtypes.simple("float64"), shape: [batch], storage: Float64Array.from(indices) });
    const flags = Uint8Array.from(indices, (i) => (i % 3 === 0 ? 1 : 0));
    const mask = new NdArray({ dtype: dtypes.simple("bool"), shape: [batch], storage: flags });
    const m = new MaskedArray({ data, mask });
    await codec.append(
      file,
      new Bundle({
        entries: [
          ["m", m],
          [`from_${length}`, data],
        ],
      }),
    );
    length += batch;
    process.stdout.write(`${length}\n`);
  }
}
