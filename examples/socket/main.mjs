// @ts-check
// An array goes over a socket; the connection breaks in the middle; the next one brings what is missing; what arrived is compared.
//   npm start --prefix examples/socket
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { difference, isMasqueradeError, load } from "masquerade";
import { receive } from "./receiver.mjs";

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const original = here("../../corpus/demo/sst.pkl");
const folder = await mkdtemp(join(tmpdir(), "masquerade-socket-"));
const sender = spawn(process.execPath, [here("sender.mjs"), original], { stdio: ["ignore", "pipe", "inherit"] });
try {
  const port = await new Promise((resolve) =>
    createInterface(sender.stdout).once("line", (line) => resolve(Number(line))),
  );
  const arrived = join(folder, "sst.mqb");

  const first = await receive(port, arrived, 2).catch((error) => error);
  console.log("the first connection:", isMasqueradeError(first) ? first.code : first);

  const { blocks, received } = await receive(port, arrived);
  console.log(`the second: ${received} of ${blocks} blocks were missing`);
  console.log("what arrived differs in:", difference(await load(original), await load(arrived)) ?? "nothing");
} finally {
  sender.kill();
  await rm(folder, { recursive: true, force: true });
}
