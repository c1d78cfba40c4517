// Streams of blocks between Python and TypeScript. usage: node blocks.mjs FROM TO   (FROM: .mqb of each vector and an index.json)
// TO gets each vector written again without compression, which must be the same bytes, and some with every codec.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load, registry } from "masquerade";

const [from, to] = process.argv.slice(2);
const compressed = ["long", "mask-raw", "dtype-object", "fortran", "struct-nested", "dict"];
const index = [];
for (const { name, options } of JSON.parse(readFileSync(join(from, "index.json"), "utf8"))) {
  const value = await load(join(from, `${name}.mqb`));
  const codecs = compressed.includes(name) ? ["none", "deflate", "zstd", "blosc"] : ["none"];
  for (const codec of codecs) {
    const { bytes } = await registry.encode("blocks", value, { ...options, codec, ...(codec !== "none" && { blockBytes: 4096 }) });
    const file = codec === "none" ? `${name}.mqb` : `${name}-${codec}.mqb`;
    writeFileSync(join(to, file), bytes);
    if (codec !== "none") index.push({ name, file });
  }
}
writeFileSync(join(to, "codecs.json"), JSON.stringify(index));
