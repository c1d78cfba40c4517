// Adds a large masked array to a file, as more of an array and as a new one, in a process of its own, so that its peak memory is its own too.
import { statSync } from "node:fs";
import { hdf5 } from "@masquerade/adapter-hdf5";
import { Bundle, dtypes, MaskedArray, NdArray } from "@masquerade/core";
import { fromFile } from "@masquerade/core/node";

const [path, bytes] = [process.argv[2], Number(process.argv[3])];
const codec = await hdf5.codec();
const columns = 4096;
const rows = Math.ceil(bytes / (columns * 9));
const data = new NdArray({
  dtype: dtypes.simple("float64"),
  shape: [rows, columns],
  storage: new Float64Array(rows * columns),
});
const mask = new NdArray({
  dtype: dtypes.simple("bool"),
  shape: [rows, columns],
  storage: new Uint8Array(rows * columns),
});
for (let i = 0; i < data.storage.length; i++) {
  data.storage[i] = i;
  if (i % 7 === 0) mask.storage[i] = 1;
}
const value = new MaskedArray({ data, mask });
const before = process.memoryUsage().rss;
const seconds = [];
const file = await fromFile(path, { mode: "r+" });
for (const name of ["m", "new"]) {
  const start = performance.now();
  await codec.append(file, new Bundle({ entries: [[name, value]] }));
  seconds.push(Math.round((performance.now() - start) / 100) / 10);
}
const peak = process.resourceUsage().maxRSS * 1024;
const opened = await codec.open(file);
let wrong = 0;
for (const [name, first] of [
  ["m", opened.array("m").header.shape[0] - rows],
  ["new", 0],
])
  for (const row of [0, 1, Math.floor(rows / 2), rows - 1]) {
    const one = await opened.array(name).read(`${first + row}`);
    for (let k = 0; k < columns; k++) {
      const want = row * columns + k;
      if (one.data.toC()[k] !== want || one.maskArray().toC()[k] !== (want % 7 === 0 ? 1 : 0)) wrong++;
    }
  }
await opened[Symbol.asyncDispose]();
await file[Symbol.asyncDispose]();
console.log(JSON.stringify({ peak, before, wrong, seconds, value: rows * columns * 9, size: statSync(path).size }));
