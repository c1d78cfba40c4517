import {
  type AnyArray,
  type Bundle,
  checkOptions,
  describe,
  type EncodeOptions,
  eachArray,
  refuseLosses,
} from "@masquerade/core";
import { hdf5 } from "./format.ts";
import type { Hdf5WriteOptions } from "./options.ts";
import { writeFile } from "./write/file.ts";
import { demandFitting } from "./write/fitting.ts";
import { treeOf } from "./write/tree.ts";

/** {@link hdf5}'s file in pieces, views of the arrays' own memory where they are stored as they are. */
export function encodeHdf5Parts(
  value: AnyArray | Bundle,
  options: Hdf5WriteOptions & EncodeOptions = {},
): readonly Uint8Array[] {
  checkOptions("hdf5", hdf5.options.write, options);
  const header = describe(value);
  refuseLosses("hdf5", hdf5.losses(header, options), options);
  demandFitting(header, options);
  const values = new Map(eachArray(value));
  return writeFile(treeOf(header, options, values), values, options.signal);
}

/** {@link hdf5}'s encode. */
export async function encodeHdf5(
  value: AnyArray | Bundle,
  options: Hdf5WriteOptions & EncodeOptions = {},
): Promise<Uint8Array> {
  const parts = encodeHdf5Parts(value, options);
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
