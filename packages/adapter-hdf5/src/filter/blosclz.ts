import { malformed } from "../structure/cursor.ts";

/** How far the short form of a match reaches. */
const NEAR = 8191;

/** Exactly `size` bytes from what blosclz made, Blosc's own codec: as FastLZ's second level. Throws FormatError. */
export function unblosclz(bytes: Uint8Array, size: number, offset: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  let to = 0;
  const byte = (): number => {
    if (at >= bytes.length) throw malformed("a block of blosclz ends too early", offset);
    return bytes[at++] as number;
  };
  // The first run is of literals, whatever its upper bits say.
  let control = byte() & 31;
  for (;;) {
    if (control < 32) {
      const count = control + 1;
      if (count > bytes.length - at) throw malformed("a block of blosclz ends within its literals", offset);
      if (count > size - to) throw malformed(`a block of blosclz holds more than ${size} bytes`, offset);
      for (let i = 0; i < count; i++) out[to++] = bytes[at++] as number;
    } else {
      let count = (control >> 5) + 2;
      let more = count === 9 ? 255 : 0;
      while (more === 255) {
        more = byte();
        count += more;
      }
      const high = (control & 31) << 8;
      let distance = high + byte();
      if (distance === NEAR) distance += byte() * 256 + byte();
      let from = to - distance - 1;
      if (from < 0) throw malformed("a match of blosclz reaches before the data", offset);
      if (count > size - to) throw malformed(`a block of blosclz holds more than ${size} bytes`, offset);
      for (let i = 0; i < count; i++) out[to++] = out[from++] as number;
    }
    if (at >= bytes.length) break;
    control = byte();
  }
  if (to !== size) throw malformed(`a block of blosclz holds ${to} bytes, ${size} are declared`, offset);
  return out;
}
