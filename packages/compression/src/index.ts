/** masquerade's compression: deflate, gzip and zlib both ways; bzip2, xz, LZMA and LZ4 read; with every length and checksum verified, within limits. */
export { adler32 } from "./adler32.ts";
export { bunzip2 } from "./bzip2.ts";
export { gunzip, gzip } from "./gzip.ts";
export { crc32, deflateRaw, type InflateOptions, inflateHead, inflateRaw, type Where } from "./inflate.ts";
export { unlz4, unlz4Block } from "./lz4.ts";
export { unlzma } from "./lzma.ts";
export { deflateRawChunks, inflateRawChunks } from "./stream.ts";
export { unxz } from "./xz.ts";
export { unzlib, zlib } from "./zlib.ts";
export { checkZstdFrame } from "./zstd-frame.ts";
