import type { TypeReader } from "../type/from-h5.ts";
import type { H5Type } from "../type/h5type.ts";

/** A part of each element that readers give otherwise than it lies in the file. */
interface Spot {
  readonly at: number;
  readonly size: number;
  readonly how: "null-terminated" | "space-padded" | "time" | "bits";
  /** Of a number that does not take all its bits. */
  readonly integer?: Extract<H5Type, { class: "integer" }>;
}

function spots(type: H5Type, reader: TypeReader, at: number, out: Spot[]): Spot[] {
  if (type.class === "compound") for (const one of type.members) spots(one.type, reader, at + one.offset, out);
  else if (type.class === "array") {
    const inner = spots(type.base, reader, 0, []);
    if (inner.length > 0)
      for (let k = 0; k < type.size; k += type.base.size)
        for (const one of inner) out.push({ ...one, at: at + k + one.at });
  } else if (type.class === "enum") spots(type.base, reader, at, out);
  else if (type.class === "integer" && type.bits !== undefined)
    out.push({ at, size: type.size, how: "bits", integer: type });
  else if (type.class === "time" && type.size === 8) out.push({ at, size: 8, how: "time" });
  else if (type.class === "string" && type.pad !== "null-padded" && type.size > 1 && reader !== "pytables")
    out.push({ at, size: type.size, how: type.pad });
  return out;
}

/** Whether `reader` gives elements as they lie in the file. */
export const isSettled = (type: H5Type, reader: TypeReader): boolean => spots(type, reader, 0, []).length === 0;

/**
 * Elements as `reader` makes them of what lies in the file; a copy where that is something else: strings end at their first NUL or lose the spaces they are padded with,
 * and become NUL-padded, as h5py's type for them is (PyTables keeps them as they are); integers of fewer bits than their bytes take all of those; times of 64 bits, seconds and microseconds, which PyTables writes, become floats.
 */
export function settle(stored: Uint8Array, type: H5Type, reader: TypeReader): Uint8Array {
  const all = spots(type, reader, 0, []);
  if (all.length === 0) return stored;
  const raw = stored.slice();
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  for (let start = 0; start + type.size <= raw.length; start += type.size)
    for (const { at, size, how, integer } of all) {
      const from = start + at;
      if (integer !== undefined) {
        widen(raw.subarray(from, from + size), integer);
        continue;
      }
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

/** An integer of fewer bits as one of all bits of its bytes, in place. */
function widen(raw: Uint8Array, { bits, signed, bigEndian, size }: Extract<H5Type, { class: "integer" }>): void {
  if (bits === undefined) return;
  const from = bigEndian ? raw.toReversed() : raw;
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(from[i] as number);
  value >>= BigInt(bits.offset);
  value = signed ? BigInt.asIntN(bits.precision, value) : BigInt.asUintN(bits.precision, value);
  value = BigInt.asUintN(8 * size, value);
  for (let i = 0; i < size; i++) {
    raw[bigEndian ? size - 1 - i : i] = Number(value & 0xffn);
    value >>= 8n;
  }
}
