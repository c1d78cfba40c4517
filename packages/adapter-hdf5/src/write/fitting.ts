import { type BundleHeader, eachHeader, type Header, OptionError } from "@masquerade/core";
import type { Hdf5WriteOptions } from "../options.ts";

/**
 * Throws OptionError for chunks, and axes to grow along, that are for no array there is: in a bundle they are for those arrays that have as many
 * dimensions. Arrays without dimensions have neither.
 */
export function demandFitting(header: Header | BundleHeader, { chunks, resizable = [] }: Hdf5WriteOptions): void {
  const ranks = new Set([...eachHeader(header)].map(([, one]) => one.shape.length).filter((rank) => rank > 0));
  if (ranks.size === 0) return;
  const there = [...ranks].sort((a, b) => a - b).join(", ");
  if (chunks !== undefined && !ranks.has(chunks.length))
    throw new OptionError(
      "OPTION_INVALID",
      `hdf5: chunks of ${chunks.length} dimensions are for no array: there are arrays of ${there}`,
      "chunks",
    );
  const far = resizable.find((axis) => axis >= Math.max(...ranks));
  if (far !== undefined)
    throw new OptionError(
      "OPTION_INVALID",
      `hdf5: no array has an axis ${far} to grow along: there are arrays of ${there} dimensions, whose axes count from 0`,
      "resizable",
    );
}
