// What the page of web-socket.interop.test.ts runs.
import { array, isMaskedArray } from "@masquerade/core";
import {
  blockSource,
  blocksBody,
  memoryStore,
  readBlocksBody,
  receiveBlocks,
  sendBlocks,
  webSocketChannel,
} from "@masquerade/transport";

const told = (value) => ({
  shape: value.shape,
  masked: isMaskedArray(value),
  sum: value.sum(),
  beneath: value.data.at(0),
  fill: value.fillValue?.at(),
});

// #region page
globalThis.receiveFrom = async (url) => {
  const store = memoryStore();
  const channel = await webSocketChannel(new WebSocket(url));
  const { blocks, digest } = await receiveBlocks(channel, store);
  const value = await store.value(); // a MaskedArray, as the sender has it
  return { blocks, digest, ...told(value) };
};
// #endregion page

globalThis.sendTo = async (url, count) => {
  const values = array(
    Array.from({ length: count }, (_, i) => i),
    "int32",
  );
  return await sendBlocks(
    await webSocketChannel(new WebSocket(url)),
    blockSource(values, { codec: "zstd", blockBytes: 4096 }),
  );
};

globalThis.fetchFrom = async (url) => told(await readBlocksBody((await fetch(url)).body));

globalThis.bodyOf = async (count) => {
  const body = blocksBody(
    blockSource(
      array(
        Array.from({ length: count }, (_, i) => i),
        "int32",
      ),
      { codec: "blosc" },
    ),
  );
  return told(await readBlocksBody(body)).sum;
};
