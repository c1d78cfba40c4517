// Compiles kernel/ (AssemblyScript; its options are in kernel/asconfig.json) to src/module.ts, so that nothing is compiled from text at run
// time and no file is fetched. Run by `npm run kernel` in this package after a change there; a test compares the two.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

let wasm;
const { error, stderr } = await main(["--baseDir", here("kernel"), "--outFile", "kernel.wasm"], {
  writeFile: (_name, contents) => {
    wasm = contents;
  },
});
if (error) throw new Error(`${error.message}\n${stderr}`);
const lines = Buffer.from(wasm)
  .toString("base64")
  .match(/.{1,100}/g);
writeFileSync(
  here("src/module.ts"),
  `// biome-ignore-all lint: generated
// biome-ignore-all format: generated
// Made by scripts/kernel.mjs from kernel/. Do not edit. ${wasm.length} bytes of WebAssembly, in base64.
export const kernelModule: string = \`
${lines.join("\n")}
\`;
`,
);
