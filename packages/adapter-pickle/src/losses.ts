import type { BundleHeader, Header, Loss } from "@masquerade/core";
import { numpyPickleLosses } from "@masquerade/numpy-pickle/losses";
import { pickleCapabilities } from "./capabilities.ts";
import { type PickleWriteOptions, resolveWriteOptions } from "./encode-options.ts";

/** What a pickle loses of an array or bundle. Attributes of bundles are items of the dict, list or tuple and are kept. */
export function pickleLosses(header: Header | BundleHeader, options?: PickleWriteOptions): readonly Loss[] {
  return numpyPickleLosses(pickleCapabilities, header, resolveWriteOptions(options));
}
