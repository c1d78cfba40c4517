// One array in MessagePack. The descriptor imports nothing of the library: that is for the codec, on first use.
import { lossesFromCapabilities } from "@masquerade/core";

/** A map of five, whose first key is "ndarray". */
const START = Uint8Array.of(0x85, 0xa7, 0x6e, 0x64, 0x61, 0x72, 0x72, 0x61, 0x79);

/** @type {import("@masquerade/core").Capabilities} */
const capabilities = {
  kinds: ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64"],
  mask: true,
  hiddenValues: true,
  nomask: true,
  fieldMasks: false,
  fillValue: false,
  hardMask: false,
  memoryOrder: false,
  byteOrder: false,
  attrs: false,
  dims: false,
  bundle: false,
  nested: false,
  lazy: false,
  streamed: false,
  appendable: false,
  inPlace: false,
  text: false,
  selfDescribing: true,
  compressed: false,
  aliasing: false,
};

/** @type {import("@masquerade/core").Format<"msgpack", "async">} */
export const msgpack = {
  id: "msgpack",
  title: "MessagePack, one array",
  extensions: [".msgpack"],
  mediaTypes: ["application/vnd.msgpack"],
  timing: "async",
  capabilities,
  options: { read: {}, write: {} },
  losses: (header) => lossesFromCapabilities(capabilities, header),
  sniff: (head) => (head.length >= START.length && START.every((byte, i) => head[i] === byte) ? "yes" : "no"),
  codec: async () => (await import("./codec.js")).codec,
};
