import type { Capabilities, Kind } from "@masquerade/core";
import { storageRules } from "@masquerade/core";

/** What a mmapdict keeps. */
export const mmappickleCapabilities: Capabilities = {
  // NumPy 1.x, with which mmappickle runs, has no StringDType.
  kinds: /* @__PURE__ */ (Object.keys(storageRules) as Kind[]).filter((kind) => kind !== "string"),
  mask: true,
  fieldMasks: true,
  hiddenValues: true,
  nomask: false,
  fillValue: true,
  hardMask: false,
  memoryOrder: false,
  byteOrder: true,
  attrs: false,
  dims: false,
  bundle: true,
  nested: true,
  lazy: true,
  streamed: true,
  appendable: true,
  inPlace: true,
  text: false,
  selfDescribing: true,
  compressed: false,
  aliasing: true,
};
