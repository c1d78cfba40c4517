import { type Codec, exact } from "@masquerade/core";
import { appendHdf5 } from "./append/append.ts";
import { createHdf5 } from "./create.ts";
import { decodeHdf5 } from "./decode.ts";
import { encodeHdf5, encodeHdf5Parts } from "./encode.ts";
import { openHdf5 } from "./open.ts";
import type { Hdf5ReadOptions, Hdf5WriteOptions } from "./options.ts";

/** HDF5 in full. */
export const hdf5Codec: Codec<"async", Hdf5WriteOptions, Hdf5ReadOptions> = {
  encode: encodeHdf5,
  encodeParts: encodeHdf5Parts,
  decode: decodeHdf5,
  open: (source, options) => openHdf5(exact(source), options),
  create: createHdf5,
  append: appendHdf5,
};
