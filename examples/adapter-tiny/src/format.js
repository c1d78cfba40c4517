// The descriptor: a small constant that is always loaded. It says what the format keeps; the codec is loaded on first use.
import { lossesFromCapabilities } from "@masquerade/core";

export const MAGIC = new TextEncoder().encode("TINY1\n");

/** @type {import("@masquerade/core").Capabilities} Each flag is a promise, true or false; the suite tests both. */
const capabilities = {
  kinds: ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"],
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

/** @type {import("@masquerade/core").Format<"tiny", "sync">} */
export const tiny = {
  id: "tiny",
  title: "Tiny: a line of JSON, then the bytes",
  extensions: [".tiny"],
  mediaTypes: ["application/x-tiny"],
  timing: "sync",
  capabilities,
  options: { read: {}, write: {} },
  losses: (header) => lossesFromCapabilities(capabilities, header),
  sniff: (head) => (head.length >= MAGIC.length && MAGIC.every((byte, i) => head[i] === byte) ? "yes" : "no"),
  codec: async () => (await import("./codec.js")).codec,
};
