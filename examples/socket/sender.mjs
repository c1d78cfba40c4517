// @ts-check
// Serves one file over TCP, block by block, to whoever connects. It is never in memory as a whole.
//   node sender.mjs FILE        prints the port
import { pathToFileURL } from "node:url";
import { blockSource, sendBlocks } from "@masquerade/transport";
import { listenTcp } from "@masquerade/transport/node";
import { open } from "masquerade";

/** Listens on a port of this machine; `failures` has what went wrong with connections that broke. */
export async function serve(/** @type {string} */ path, port = 0) {
  const listener = await listenTcp({ port });
  /** @type {string[]} */
  const failures = [];
  const serving = (async () => {
    for (;;) {
      const channel = await listener.accept().catch(() => undefined);
      if (channel === undefined) return; // no longer listening
      const file = await open(path);
      try {
        await sendBlocks(channel, blockSource(file, { codec: "zstd", blockBytes: 16_384 }));
      } catch (error) {
        failures.push(`${error}`); // the receiver is gone; it may come again
      } finally {
        await file.close();
      }
    }
  })();
  return {
    port: listener.port,
    failures,
    async close() {
      await listener.close();
      await serving;
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [path = "", port = "0"] = process.argv.slice(2);
  console.log((await serve(path, Number(port))).port);
}
