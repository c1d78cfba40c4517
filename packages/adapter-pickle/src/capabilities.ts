import type { Capabilities, Kind } from "@masquerade/core";
import { storageRules } from "@masquerade/core";

/** What a pickle of NumPy's objects keeps. */
export const pickleCapabilities: Capabilities = {
  kinds: /* @__PURE__ */ Object.keys(storageRules) as Kind[],
  mask: true,
  fieldMasks: true,
  hiddenValues: true,
  nomask: false,
  fillValue: true,
  hardMask: false,
  memoryOrder: true,
  byteOrder: true,
  attrs: false,
  dims: false,
  bundle: true,
  nested: true,
  lazy: true,
  streamed: true,
  appendable: false,
  inPlace: false,
  text: false,
  selfDescribing: true,
  compressed: false,
  aliasing: true,
};
