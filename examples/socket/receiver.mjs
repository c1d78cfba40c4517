// @ts-check
// Takes a stream of blocks from a socket into a .mqb file. Where the file is there already, only what it lacks is asked for.
//   node receiver.mjs PORT FILE.mqb
import { pathToFileURL } from "node:url";
import { receiveBlocks } from "@masquerade/transport";
import { connectTcp, fileStore } from "@masquerade/transport/node";

/** Receives until all is there, or until `most` blocks are. Gives the blocks there are in all, and those that came now. */
export async function receive(/** @type {number} */ port, /** @type {string} */ path, most = Number.POSITIVE_INFINITY) {
  const enough = new AbortController();
  const store = await fileStore(path);
  try {
    return await receiveBlocks(await connectTcp({ port }), store, {
      signal: enough.signal,
      onProgress: (blocks) => void (blocks >= most && enough.abort()),
    });
  } finally {
    await store.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [port, path = "received.mqb"] = process.argv.slice(2);
  console.log(await receive(Number(port), path));
}
