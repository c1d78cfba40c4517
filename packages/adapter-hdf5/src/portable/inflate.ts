import { unzlib } from "@masquerade/compression";

/** A zlib stream of exactly `size` bytes, checksum verified. Throws FormatError. `offset`: where it begins in the file. */
export async function inflateZlib(bytes: Uint8Array, size: number, offset: number): Promise<Uint8Array> {
  return unzlib(bytes, { maxBytes: size, size, format: "hdf5", offset });
}
