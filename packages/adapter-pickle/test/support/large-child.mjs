// One task on a large pickle, in a process of its own: prints what it saw and its peak memory as JSON.
import { pickle } from "@masquerade/adapter-pickle";
import { fromFile } from "@masquerade/core/node";

const [task, path] = process.argv.slice(2);
const codec = await pickle.codec();
const source = await fromFile(path);
const file = await codec.open(source);
const array = file.array();
const { shape, mask, dtype } = array.header;
const seen = { shape, mask, kind: dtype.kind };
if (task === "slice") {
  const last = await array.read("-1, :3");
  seen.last = [...last.data.toC()];
  seen.mask = [...last.mask.toC()];
  const column = await array.read("::1000, 7");
  seen.column = column.shape[0];
  let count = 0;
  let sum = 0;
  for await (const block of array.blocks({ maxBytes: 16 * 2 ** 20, plane: "mask" })) {
    for (const hidden of block.value.toC()) sum += hidden;
    count += block.value.size;
  }
  seen.count = count;
  seen.sum = sum;
}
await file[Symbol.asyncDispose]();
seen.peakBytes = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify(seen));
