import { throwIfAborted, type Wrapper } from "@masquerade/core";
import { isZlibHeader } from "./zlib-header.ts";

// Small constants, always loaded; what inflates is brought in on first use.

/** gzip around a file of any format. */
export const gzipWrapper: Wrapper = {
  id: "gzip",
  title: "gzip",
  extensions: [".gz"],
  sniff: (head) => head[0] === 0x1f && head[1] === 0x8b && head[2] === 8,
  unwrap: async (bytes, options) => {
    throwIfAborted(options.signal);
    const { gunzip } = await import("./gzip.ts");
    return gunzip(bytes, options);
  },
};

/** A zlib stream around a file of any format. Its two-byte header is checked with the type of its first block. */
export const zlibWrapper: Wrapper = {
  id: "zlib",
  title: "zlib",
  extensions: [".zlib", ".z"],
  sniff: (head) => isZlibHeader(head[0], head[1]) && head[2] !== undefined && ((head[2] >> 1) & 3) !== 3,
  unwrap: async (bytes, options) => {
    throwIfAborted(options.signal);
    const { unzlib } = await import("./zlib.ts");
    return unzlib(bytes, options);
  },
};
