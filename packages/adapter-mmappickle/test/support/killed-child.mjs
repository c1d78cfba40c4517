// Works on a live dictionary until it is killed; says before each operation what the file holds before and after it.
import { openMmapDict } from "@masquerade/adapter-mmappickle/node";
// biome-ignore lint/correctness/useImportExtensions: it runs as it stands.
import { random, storm } from "./storm.mjs";

const [, , path, seed] = process.argv;
const dict = await openMmapDict(path, { mode: "r+", durable: false });
await storm(dict, "k", 1e6, random(Number(seed)), (before, after) => {
  return new Promise((resolve) => process.send({ before, after }, () => resolve()));
});
