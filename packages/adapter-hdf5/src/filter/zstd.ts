import { checkZstdFrame } from "@masquerade/compression";
import { malformed } from "../structure/cursor.ts";

/** Exactly `size` bytes from one zstd frame, which has to say that it holds them. Throws FormatError. */
export async function unzstd(bytes: Uint8Array, size: number, offset: number): Promise<Uint8Array> {
  checkZstdFrame(bytes, { size, format: "hdf5", offset });
  const { default: Zstd } = await import("numcodecs/zstd");
  let made: Uint8Array;
  try {
    made = await Zstd.fromConfig({ id: "zstd" }).decode(bytes);
  } catch {
    throw malformed("a zstd frame is damaged", offset);
  }
  if (made.length !== size) throw malformed(`a zstd frame holds ${made.length} bytes, not ${size}`, offset);
  return made;
}
