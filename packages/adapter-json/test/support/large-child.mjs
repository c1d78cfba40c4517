// One task with a JSON file (or its rows) of gigabytes, in a process of its own: large-child.mjs TASK PATH ROWS COLUMNS. Prints what it saw and its peak memory.
import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { json, ndjson } from "@masquerade/adapter-json";
import { createRegistry, dtypes, MaskedArray, makeHeader, NdArray, pipe } from "@masquerade/core";
import { fileSink, fromFile } from "@masquerade/core/node";

const [task, path, rowsText, columnsText] = process.argv.slice(2);
const rows = Number(rowsText);
const columns = Number(columnsText);
const codec = await (path.endsWith(".ndjson") ? ndjson : json).codec();
const registry = createRegistry(json, ndjson);

/** What stands at a place: 17 digits, every fifth masked. */
const valueAt = (i) => (i % 5 === 0 ? -i : Math.sin(i) * 1e3);

function block(start, count) {
  const data = new Float64Array(count * columns);
  const mask = new Uint8Array(data.length);
  for (let k = 0; k < data.length; k++) {
    const i = start * columns + k;
    data[k] = valueAt(i);
    mask[k] = i % 5 === 0 ? 1 : 0;
  }
  const shape = [count, columns];
  return new MaskedArray({
    data: new NdArray({ dtype: dtypes.simple("float64"), shape, storage: data }),
    mask: new NdArray({ dtype: dtypes.simple("bool"), shape, storage: mask }),
  });
}

/** The elements that are not what was written: none. */
function wrong(array, start) {
  const data = array.data.toC();
  const mask = array.maskArray().toC();
  let count = 0;
  for (let k = 0; k < data.length; k++) {
    const i = start * columns + k;
    if (!Object.is(data[k], valueAt(i)) || (mask[k] !== 0) !== (i % 5 === 0)) count++;
  }
  return count;
}

const tasks = {
  async write() {
    const writer = await codec.create(
      await fileSink(path),
      makeHeader({ dtype: dtypes.simple("float64"), shape: [rows, columns], mask: "mask" }),
    );
    for (let start = 0; start < rows; start += 1024)
      await writer.write({ array: "", plane: "both", start, value: block(start, Math.min(1024, rows - start)) });
    await writer.finish();
    return { size: (await stat(path)).size };
  },
  async load() {
    const source = await fromFile(path);
    const array = await registry.load(source);
    await source[Symbol.asyncDispose]();
    return { shape: array.shape, wrong: wrong(array, 0) };
  },
  async rows() {
    const source = await fromFile(path);
    const file = await codec.open(source);
    const at = [rows - 3, 0, Math.floor(rows / 2)];
    let bad = 0;
    for (const start of at) bad += wrong(await file.array().read([{ start, stop: start + 3 }]), start);
    await source[Symbol.asyncDispose]();
    return { wrong: bad };
  },
  async convert() {
    const source = await fromFile(path);
    const file = await codec.open(source);
    let bytes = 0;
    const sink = {
      position: 0,
      write: async (part) => {
        bytes += part.length;
      },
      commit: async () => {},
      abort: async () => {},
    };
    await pipe(file, await codec.create(sink, file.header, { hidden: "drop", lossy: true }));
    await source[Symbol.asyncDispose]();
    return { bytes };
  },
};

const seen = await tasks[task]();
const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"));
console.log(JSON.stringify({ ...seen, peakBytes: Number(peak?.[1] ?? 0) * 1024 }));
