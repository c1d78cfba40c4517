import type { BundleHeader, Capabilities, Header, Kind, Loss } from "@masquerade/core";
import { storageRules } from "@masquerade/core";
import { numpyPickleLosses } from "@masquerade/numpy-pickle/losses";
import { type JoblibWriteOptions, resolveWriteOptions } from "./options.ts";

/** What joblib's files keep. */
export const joblibCapabilities: Capabilities = {
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
  compressed: true,
  aliasing: true,
};

/** What a joblib file loses of an array or bundle: what a pickle does. */
export function joblibLosses(header: Header | BundleHeader, options?: JoblibWriteOptions): readonly Loss[] {
  return numpyPickleLosses(joblibCapabilities, header, { ...resolveWriteOptions(options), outside: true });
}
