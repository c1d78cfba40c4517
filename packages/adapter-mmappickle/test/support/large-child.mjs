// Works on one large masked array of a live dictionary in a process of its own and prints what it saw as JSON, with the peak of its memory.
import { openMmapDict } from "@masquerade/adapter-mmappickle/node";
import { arrayFromBytes, dtypes, MaskedArray, NdArray } from "@masquerade/core";

const [, , task, path, rows, columns] = process.argv;
const shape = [Number(rows), Number(columns)];
const STEP = 256;
const dict = await openMmapDict(path, { mode: "a+", durable: false });
const seen = await { fill, read }[task]();
await dict.close();
console.log(JSON.stringify({ ...seen, peakBytes: process.resourceUsage().maxRSS * 1024 }));

async function fill() {
  const array = await dict.create("sea", { dtype: "float64", shape, masked: true, fillValue: -9 });
  const bits = Uint8Array.from({ length: STEP * shape[1] }, (_, i) => (i % 5 === 0 ? 1 : 0));
  const storage = new Float64Array(STEP * shape[1]);
  for (let start = 0; start < shape[0]; start += STEP) {
    const count = Math.min(STEP, shape[0] - start);
    storage.fill(start);
    const data = new NdArray({ dtype: dtypes.simple("float64"), shape: [STEP, shape[1]], storage });
    const mask = arrayFromBytes(bits, dtypes.simple("bool"), [STEP, shape[1]]);
    await array.write([{ start, stop: start + count }], new MaskedArray({ data, mask }).slice([{ stop: count }]));
  }
  await dict.set("units", "kelvin");
  return { keys: await dict.keys() };
}

async function read() {
  const array = await dict.array("sea");
  let sum = 0;
  let masked = 0;
  for await (const { value } of array.blocks({ maxBytes: 4 << 20 })) {
    for (const one of value.data.data) sum += one;
    for (const bit of value.maskArray().data) masked += bit;
  }
  const column = await array.read([{ step: Math.ceil(shape[0] / 100) }, 1]);
  return {
    sum,
    masked,
    column: column.size,
    fill: array.header.fillValue.at(),
    last: (await array.read("-1, -2:")).data.at(0),
  };
}
