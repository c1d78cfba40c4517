import { bunzip2 } from "@masquerade/compression";
import { isMasqueradeError } from "@masquerade/core";
import { malformed } from "../structure/cursor.ts";
import type { Filter } from "../structure/dataset.ts";
import { unbitshuffle } from "./bitshuffle.ts";
import { unblosc } from "./blosc.ts";
import { unlz4Chunk } from "./lz4.ts";
import { unlzf } from "./lzf.ts";
import { unzstd } from "./zstd.ts";

/** Exactly `size` bytes of what a filter was given when writing. Throws FormatError, CapabilityError. */
type Undo = (bytes: Uint8Array, filter: Filter, size: number, offset: number) => Uint8Array | Promise<Uint8Array>;

/** Filters beyond HDF5's own that are undone here, by their registered number: h5py's lzf, PyTables' and hdf5plugin's. */
export const plugins: ReadonlyMap<number, Undo> = /* @__PURE__ */ new Map<number, Undo>([
  [307, (bytes, _, size, offset) => unbzip2(bytes, size, offset)],
  [32000, (bytes, _, size, offset) => unlzf(bytes, size, offset)],
  [32001, (bytes, _, size, offset) => unblosc(bytes, size, offset)],
  [32004, (bytes, _, size, offset) => unlz4Chunk(bytes, size, offset)],
  [32008, unbitshuffle],
  [32015, (bytes, _, size, offset) => unzstd(bytes, size, offset)],
]);

/** Filters people meet that are not undone here. */
const others: ReadonlyMap<number, string> = /* @__PURE__ */ new Map([
  [305, "LZO"],
  [32003, "Snappy"],
  [32012, "JPEG-LS"],
  [32013, "ZFP"],
  [32017, "SZ"],
  [32018, "FCIDECOMP"],
  [32019, "JPEG"],
  [32022, "BitGroom"],
  [32023, "Granular BitRound"],
  [32024, "SZ3"],
  [32026, "Blosc2"],
  [32028, "SPERR"],
]);

/** A filter as messages name it. */
export function filterName({ id, name }: Filter): string {
  const known = others.get(id) ?? name;
  return known === undefined ? `filter ${id}` : `${known} (filter ${id})`;
}

function unbzip2(bytes: Uint8Array, size: number, offset: number): Uint8Array {
  let made: Uint8Array;
  try {
    made = bunzip2(bytes, { maxBytes: size, format: "hdf5", offset });
  } catch (cause) {
    if (!isMasqueradeError(cause, "LIMIT_EXCEEDED")) throw cause;
    throw malformed(`a chunk of bzip2 holds more than ${size} bytes`, offset);
  }
  if (made.length !== size) throw malformed(`a chunk of bzip2 holds ${made.length} bytes, not ${size}`, offset);
  return made;
}
