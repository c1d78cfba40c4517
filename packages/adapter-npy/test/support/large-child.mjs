// Works on one large NPY file in a process of its own and prints what it saw as JSON: values, and the peak of its memory.
import { npy } from "@masquerade/adapter-npy";
import { dtypes, makeHeader, NdArray } from "@masquerade/core";
import { fileSink, fromFile } from "@masquerade/core/node";

const [, , task, path, rows, columns] = process.argv;
const shape = [Number(rows), Number(columns)];
const codec = await npy.codec();
const seen = await { inspect, slice, update, write }[task]();
// Kilobytes, from the operating system: what was resident at most, buffers outside the heap included.
console.log(JSON.stringify({ ...seen, peakBytes: process.resourceUsage().maxRSS * 1024 }));

async function inspect() {
  const file = await codec.open(await fromFile(path));
  return { shape: file.header.shape, kind: file.header.dtype.kind };
}

async function slice() {
  const file = await codec.open(await fromFile(path));
  const array = file.array();
  const last = await array.read([-1, "..."]);
  const column = await array.read([{ start: 0, stop: shape[0], step: Math.ceil(shape[0] / 1000) }, 1]);
  let count = 0;
  let sum = 0;
  for await (const block of array.blocks({ maxBytes: 8 << 20 })) {
    if (block.start > shape[0] / 8) break;
    count += block.value.shape[0];
    for (const value of block.value.data) sum += value;
  }
  return { last: [...last.data.slice(0, 3)], column: column.size, count, sum };
}

async function update() {
  const file = await codec.open(await fromFile(path, { mode: "r+" }));
  const array = file.array();
  const row = new Float64Array(shape[1]).fill(7);
  await array.write([-2, "..."], new NdArray({ dtype: dtypes.simple("float64"), shape: [shape[1]], storage: row }));
  const one = new NdArray({ dtype: dtypes.simple("float64"), shape: [], storage: Float64Array.of(-1) });
  await array.write([{ step: Math.ceil(shape[0] / 100) }, 0], one);
  const back = await array.read([-2, "..."]);
  return { row: [...back.data.slice(0, 3)], first: (await array.read([0, 0])).data[0] };
}

async function write() {
  const sink = await fileSink(path);
  const writer = await codec.create(sink, makeHeader({ dtype: dtypes.simple("float64"), shape }));
  const step = Math.floor((8 << 20) / 8 / shape[1]);
  const storage = new Float64Array(step * shape[1]);
  for (let start = 0; start < shape[0]; start += step) {
    const count = Math.min(step, shape[0] - start);
    storage.fill(start);
    const value = new NdArray({ dtype: dtypes.simple("float64"), shape: [count, shape[1]], storage });
    await writer.write({ array: "", plane: "both", start, value });
  }
  await writer.finish();
  return { step };
}
