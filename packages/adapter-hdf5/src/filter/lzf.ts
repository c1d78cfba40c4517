import { malformed } from "../structure/cursor.ts";

/** Exactly `size` bytes from what liblzf made, h5py's `compression="lzf"`: runs of literals, and matches that reach back at most 8 KiB. Throws FormatError. */
export function unlzf(bytes: Uint8Array, size: number, offset: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  let to = 0;
  const byte = (): number => {
    if (at >= bytes.length) throw malformed("a chunk of lzf ends too early", offset);
    return bytes[at++] as number;
  };
  while (at < bytes.length) {
    const control = byte();
    if (control < 32) {
      const count = control + 1;
      if (count > bytes.length - at) throw malformed("a chunk of lzf ends within its literals", offset);
      if (count > size - to) throw malformed(`a chunk of lzf holds more than ${size} bytes`, offset);
      for (let i = 0; i < count; i++) out[to++] = bytes[at++] as number;
      continue;
    }
    const count = (control >> 5 === 7 ? byte() + 7 : control >> 5) + 2;
    let from = to - ((control & 31) << 8) - byte() - 1;
    if (from < 0) throw malformed("a match of lzf reaches before the data", offset);
    if (count > size - to) throw malformed(`a chunk of lzf holds more than ${size} bytes`, offset);
    for (let i = 0; i < count; i++) out[to++] = out[from++] as number;
  }
  if (to !== size) throw malformed(`a chunk of lzf holds ${to} bytes, ${size} are declared`, offset);
  return out;
}
