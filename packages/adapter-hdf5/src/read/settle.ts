import type { TypeReader } from "../type/from-h5.ts";
import type { H5Type } from "../type/h5type.ts";

/** A part of each element that readers give otherwise than it lies in the file. */
interface Spot {
  readonly at: number;
  readonly size: number;
  readonly how: "null-terminated" | "space-padded" | "time";
}

function spots(type: H5Type, reader: TypeReader, at: number, out: Spot[]): Spot[] {
  if (type.class === "compound") for (const one of type.members) spots(one.type, reader, at + one.offset, out);
  else if (type.class === "array") {
    const inner = spots(type.base, reader, 0, []);
    if (inner.length > 0)
      for (let k = 0; k < type.size; k += type.base.size)
        for (const one of inner) out.push({ ...one, at: at + k + one.at });
  } else if (type.class === "time" && type.size === 8) out.push({ at, size: 8, how: "time" });
  else if (type.class === "string" && type.pad !== "null-padded" && type.size > 1 && reader !== "pytables")
    out.push({ at, size: type.size, how: type.pad });
  return out;
}

/** Whether `reader` gives elements as they lie in the file. */
export const isSettled = (type: H5Type, reader: TypeReader): boolean => spots(type, reader, 0, []).length === 0;

/**
 * Elements as `reader` makes them of what lies in the file; a copy where that is something else: strings end at their first NUL or lose the spaces they are padded with,
 * and become NUL-padded, as h5py's type for them is (PyTables keeps them as they are); times of 64 bits, seconds and microseconds, which PyTables writes, become floats.
 */
export function settle(stored: Uint8Array, type: H5Type, reader: TypeReader): Uint8Array {
  const all = spots(type, reader, 0, []);
  if (all.length === 0) return stored;
  const raw = stored.slice();
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  for (let start = 0; start + type.size <= raw.length; start += type.size)
    for (const { at, size, how } of all) {
      const from = start + at;
      if (how === "time") {
        const seconds = view.getInt32(from + 4, true) + 1e-6 * view.getInt32(from, true);
        view.setFloat64(from, seconds, true);
        continue;
      }
      let end = from + size;
      if (how === "space-padded") while (end > from && raw[end - 1] === 0x20) end--;
      else {
        const nul = raw.subarray(from, end).indexOf(0);
        if (nul >= 0) end = from + nul;
      }
      raw.fill(0, end, from + size);
    }
  return raw;
}
