// Writes and reads back one large masked array in a process of its own, so that its peak memory is its own too. Says what it found as JSON.
import { hdf5 } from "@masquerade/adapter-hdf5";
import { dtypes, MaskedArray, makeHeader, NdArray } from "@masquerade/core";
import { fileSink, fromFile } from "@masquerade/core/node";

const [path, bytes, options] = [process.argv[2], Number(process.argv[3]), JSON.parse(process.argv[4])];
const columns = 4096;
const rows = Math.ceil(bytes / (columns * 9));
const codec = await hdf5.codec();
const shape = [rows, columns];
const valueAt = (row, column) => row * 3 + column / 8;
const maskedAt = (row, column) => (row + column) % 7 === 0;
const seconds = [];
let start = performance.now();
const lap = () => {
  seconds.push(Math.round((performance.now() - start) / 100) / 10);
  start = performance.now();
};

const plan = makeHeader({ dtype: dtypes.simple("float64"), shape, mask: "mask" });
const writer = await codec.create(await fileSink(path), plan, options);
const perBlock = 256;
for (const plane of ["data", "mask"])
  for (let first = 0; first < rows; first += perBlock) {
    const count = Math.min(perBlock, rows - first);
    const make = plane === "data" ? Float64Array : Uint8Array;
    const storage = new make(count * columns);
    for (let i = 0; i < storage.length; i++) {
      const [row, column] = [first + Math.floor(i / columns), i % columns];
      storage[i] = plane === "data" ? valueAt(row, column) : maskedAt(row, column) ? 1 : 0;
    }
    const dtype = dtypes.simple(plane === "data" ? "float64" : "bool");
    await writer.write({
      array: "",
      plane,
      start: first,
      value: new NdArray({ dtype, shape: [count, columns], storage }),
    });
  }
await writer.finish();
lap();

const source = await fromFile(path);
const file = await codec.open(source);
const array = file.array();
let wrong = 0;
let slices = 0;
const check = (part, rowOf, columnOf) => {
  slices++;
  if (!(part instanceof MaskedArray)) wrong++;
  const [n, m] = part.shape;
  const [data, mask] = [part.data.toC(), part.maskArray().toC()];
  for (let i = 0; i < n; i++)
    for (let k = 0; k < m; k++) {
      const [row, column] = [rowOf(i), columnOf(k)];
      if (data[i * m + k] !== valueAt(row, column) || (mask[i * m + k] !== 0) !== maskedAt(row, column)) wrong++;
    }
};
for (let k = 0; k < 16; k++) {
  const first = Math.floor(((rows - 20) * k) / 15);
  check(
    await array.read([{ start: first, stop: first + 20 }, "..."]),
    (i) => first + i,
    (j) => j,
  );
}
for (const column of [0, 1000, columns - 1]) {
  const step = Math.max(1, Math.floor(rows / 500));
  check(
    await array.read([{ step }, { start: column, stop: column + 1 }]),
    (i) => i * step,
    () => column,
  );
}
lap();
for await (const { start: first, value } of array.blocks())
  check(
    value,
    (i) => first + i,
    (j) => j,
  );
lap();
await file[Symbol.asyncDispose]();
await source[Symbol.asyncDispose]();
process.stdout.write(JSON.stringify({ rows, wrong, slices, peak: process.resourceUsage().maxRSS * 1024, seconds }));
