// A page's own worker: it is sent a file and answers with three elements of it.
import { hdf5 } from "@masquerade/adapter-hdf5";
import { fromBlob, isMaskedArray } from "@masquerade/core";

addEventListener("message", async (event: MessageEvent<Blob>) => {
  const codec = await hdf5.codec();
  const file = await codec.open?.(fromBlob(event.data));
  const part = await file?.array().read("123, :3");
  if (part === undefined || !isMaskedArray(part)) throw new Error("no masked array");
  postMessage(Array.from(part.data.toC() as Float64Array));
});
