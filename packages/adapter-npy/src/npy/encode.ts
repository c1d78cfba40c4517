import {
  type AnyArray,
  type Bundle,
  CapabilityError,
  checkOptions,
  describe,
  type EncodeOptions,
  hasObjects,
  isArray,
  isBundle,
  isMaskedArray,
  type NdArray,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { type NpyVersion, writeNpyHeader } from "@masquerade/numpy";
import { type NpyWriteOptions, npy } from "./format.ts";
import { type ObjectWriting, writeObjects } from "./objects.ts";

const versions: { readonly [text: string]: NpyVersion } = { "1.0": [1, 0], "2.0": [2, 0], "3.0": [3, 0] };

/** Header and data of one plain array, as np.save writes them: in Fortran order for arrays that are so and not C-contiguous, else in C order. */
export function npyParts(
  array: NdArray,
  version?: string,
  format = "npy",
  writing: ObjectWriting = {},
): readonly [header: Uint8Array, data: Uint8Array] {
  const { order, shape, dtype } = array;
  const header = writeNpyHeader({
    dtype,
    shape,
    order,
    version: version === undefined ? undefined : versions[version],
    format,
  });
  return [header, hasObjects(dtype) ? writeObjects(array, format, writing) : array.toBytes(order)];
}

/** The first array of a value; what else it holds is lost, which the caller has accepted. */
function firstArray(value: AnyArray | Bundle): NdArray {
  const pending: (AnyArray | Bundle)[] = [value];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    if (!isBundle(one)) return isMaskedArray(one) ? one.data : one;
    pending.push(...[...one.entries.values()].reverse());
  }
  throw new CapabilityError("npy", "arrays", "there is no array in it, and an .npy file holds exactly one");
}

/** The file in two pieces: the header and, where it is contiguous and in host order, a view of the array's own memory. */
export function encodeNpyParts(
  value: AnyArray | Bundle,
  options: NpyWriteOptions & EncodeOptions = {},
): readonly Uint8Array[] {
  checkOptions("npy", npy.options.write, options);
  throwIfAborted(options.signal);
  refuseLosses("npy", npy.losses(describe(value), options), options);
  return npyParts(
    isArray(value) && !isMaskedArray(value) ? value : firstArray(value),
    options.headerVersion,
    "npy",
    options,
  );
}

/** Pieces in one buffer. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
