import { CapabilityError, swapLanes } from "@masquerade/core";
import { converse } from "#reader";
import type { FileImage } from "../structure/image.ts";
import type { H5Type } from "../type/h5type.ts";
import type { RawDataset } from "./raw.ts";

/** The largest file that goes into the library's memory. */
const MOST = 2 ** 30;

/**
 * All elements of a dataset, read by HDF5's own library in a worker: for filters that are its alone. Throws CapabilityError where there is no
 * worker or the file is too large for it, FormatError, and LimitError past the deadline (`limits.maxMilliseconds`; default 10 s and 1 s more
 * for every 10 MB).
 */
export async function readByLibrary(image: FileImage, raw: RawDataset, bytes: number): Promise<Uint8Array> {
  const { source, base, end, patience } = image;
  const size = base + end;
  if (size > MOST)
    throw new CapabilityError(
      "hdf5",
      "filter",
      `szip, nbit and scale-offset are read from files of at most ${MOST} bytes; h5repack takes the filter off`,
    );
  const file = (await source.read(0, size, patience.signal)).slice();
  const milliseconds = patience.limits.maxMilliseconds ?? 10_000 + size / 10_000;
  return await converse({ signal: patience.signal, milliseconds }, async ({ ask }) => {
    await ask({ ask: "open", bytes: file });
    return inFileOrder((await ask({ ask: "read", path: raw.path, bytes })) as Uint8Array, raw.stored.type);
  });
}

type Order = "little" | "big" | "mixed" | "none";

/** The byte order of a type as H5Tget_order has it: of a compound, what its members agree on. */
function orderOf(type: H5Type): Order {
  if (type.class === "integer" || type.class === "float" || type.class === "bitfield")
    return type.bigEndian ? "big" : "little";
  if (type.class === "time") return type.bigEndian ? "big" : "little";
  if (type.class === "enum" || type.class === "array" || type.class === "complex") return orderOf(type.base);
  if (type.class !== "compound") return "none";
  let order: Order = "none";
  for (const member of type.members) {
    const one = orderOf(member.type);
    if (one === "none") continue;
    if (order !== "none" && order !== one) return "mixed";
    order = one;
  }
  return order;
}

/** A number within an element: where, and how many bytes are swapped. */
interface Lane {
  readonly at: number;
  readonly bytes: number;
}

function lanes(type: H5Type, at: number, out: Lane[]): Lane[] {
  if (type.class === "compound") for (const member of type.members) lanes(member.type, at + member.offset, out);
  else if (type.class === "array")
    for (let k = 0; k < type.size; k += Math.max(1, type.base.size)) lanes(type.base, at + k, out);
  else if (type.class === "complex")
    out.push({ at, bytes: type.base.size }, { at: at + type.base.size, bytes: type.base.size });
  else if (orderOf(type) !== "none" && type.size > 1) out.push({ at, bytes: type.size });
  return out;
}

/**
 * Elements as they lie in the file. The library gives them so, but for types that are big-endian throughout: those it turns little-endian,
 * and here they are turned back, in place.
 */
function inFileOrder(raw: Uint8Array, type: H5Type): Uint8Array {
  if (orderOf(type) !== "big") return raw;
  const all = lanes(type, 0, []);
  for (let start = 0; start + type.size <= raw.length; start += type.size)
    for (const { at, bytes } of all) {
      const lane = raw.subarray(start + at, start + at + bytes);
      swapLanes(lane, bytes === lane.length ? bytes : 1, lane);
    }
  return raw;
}
