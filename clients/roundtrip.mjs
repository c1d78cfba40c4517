// Reads each vector with the built TypeScript library and writes it again. usage: node roundtrip.mjs FROM TO
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load, save } from "masquerade";

const [from, to] = process.argv.slice(2);
mkdirSync(to, { recursive: true });
for (const { name, options } of JSON.parse(readFileSync(join(from, "index.json"), "utf8")))
  await save(join(to, `${name}.pb`), await load(join(from, `${name}.pb`)), options);
