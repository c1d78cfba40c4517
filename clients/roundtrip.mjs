// Reads each vector with the built TypeScript library and writes it again. usage: node roundtrip.mjs FROM TO INDEX.json
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load, save } from "masquerade";

const [from, to, index] = process.argv.slice(2);
for (const { name, options } of JSON.parse(readFileSync(index, "utf8")))
  await save(join(to, `${name}.pb`), await load(join(from, `${name}.pb`)), options);
