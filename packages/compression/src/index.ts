/** masquerade's compression: deflate, gzip and zlib with every length and checksum verified, within limits. */
export { adler32 } from "./adler32.ts";
export { gunzip, gzip } from "./gzip.ts";
export { crc32, deflateRaw, type InflateOptions, inflateHead, inflateRaw, type Where } from "./inflate.ts";
export { deflateRawChunks, inflateRawChunks } from "./stream.ts";
export { unzlib, zlib } from "./zlib.ts";
