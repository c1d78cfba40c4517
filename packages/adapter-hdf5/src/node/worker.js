// The worker's end in Node: HDF5's library as h5wasm's ESM build, which cannot see the machine's disk.
// @ts-check
import { parentPort } from "node:worker_threads";
import { createSession } from "../worker/session.js";

/** @import { Request } from "../worker/protocol.ts" */

// The library's heap grows through this and nothing else: where it may not, the library's own allocation fails.
const grow = WebAssembly.Memory.prototype.grow;
let most = Number.POSITIVE_INFINITY;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * 65_536 > most) throw new RangeError("beyond the limit of this file");
  return grow.call(this, pages);
};

const { ready } = await import("h5wasm");
const session = createSession(await ready, (bytes) => {
  most = bytes;
});
const port = parentPort;
port?.on("message", (/** @type {Request} */ request) => {
  const reply = session(request);
  if (request.ask === "close") return;
  const moved = reply.ok && reply.value instanceof Uint8Array ? [/** @type {ArrayBuffer} */ (reply.value.buffer)] : [];
  port.postMessage(reply, moved);
});
// Requests are taken from here on.
port?.postMessage("ready");
