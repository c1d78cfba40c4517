import { CapabilityError, type Limits, type NdArray } from "@masquerade/core";
import type { NpyHeader } from "@masquerade/numpy";

export function readObjects(
  _bytes: Uint8Array,
  _header: NpyHeader,
  _limits: Limits,
  place: { readonly format: string; readonly offset: number },
): { readonly array: NdArray; readonly end: number } {
  throw new CapabilityError(place.format, "objects", "later");
}
