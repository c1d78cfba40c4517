// JSON and HDF5 between Python and TypeScript. usage: node formats.mjs FROM TO   (FROM: files by Python, and index.json)
// TO gets each file read and written again in its format, and what was read as one message, .pb.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load, save } from "masquerade";

const [from, to] = process.argv.slice(2);
for (const { file, options } of JSON.parse(readFileSync(join(from, "index.json"), "utf8"))) {
  const value = await load(join(from, file));
  await save(join(to, `${file}.pb`), value);
  await save(join(to, file), value, options);
}
