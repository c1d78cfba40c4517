// The kernels that are shipped are what their source compiles to.
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";
import { expect, test } from "vitest";
import { kernelModule } from "../src/module.ts";

test("src/module.ts is what scripts/kernel.mjs makes of kernel/", async () => {
  const made: Uint8Array[] = [];
  const baseDir = fileURLToPath(new URL("../kernel", import.meta.url));
  const { error } = await main(["--baseDir", baseDir, "--outFile", "kernel.wasm"], {
    writeFile: (_name, contents) => void made.push(contents as Uint8Array),
  });
  expect(error).toBeNull();
  expect(made.map((bytes) => Buffer.from(bytes).toString("base64"))).toEqual([kernelModule.replaceAll("\n", "")]);
});
