// Compiles kernel/ (AssemblyScript) to src/kernel/module.ts, so that nothing is compiled from text at run time and no file is fetched.
// Run by `npm run kernel` in this package after a change there; a test compares the two (`--print`).
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const options = ["-O3", "--runtime", "stub", "--noAssert", "--use", "abort=", "--initialMemory", "16"];

/** The source of the module that holds the compiled kernels. */
async function moduleSource() {
  let wasm;
  const { error, stderr } = await main(
    ["kernel.ts", "--baseDir", here("kernel"), ...options, "--outFile", "out.wasm"],
    {
      writeFile: (_name, contents) => {
        wasm = contents;
      },
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr}`);
  const lines = Buffer.from(wasm)
    .toString("base64")
    .match(/.{1,100}/g);
  return `// biome-ignore-all lint: generated
// biome-ignore-all format: generated
// Made by scripts/kernel.mjs from kernel/. Do not edit. ${wasm.length} bytes of WebAssembly, in base64.
export const kernelModule: string = \`
${lines.join("\n")}
\`;
`;
}

const source = await moduleSource();
if (process.argv.includes("--print")) process.stdout.write(source);
else writeFileSync(here("src/kernel/module.ts"), source);
