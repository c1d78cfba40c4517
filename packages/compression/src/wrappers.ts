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

const begins = (head: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => head[i] === byte);

/** bzip2 around a file of any format. */
export const bzip2Wrapper: Wrapper = {
  id: "bzip2",
  title: "bzip2",
  extensions: [".bz2"],
  sniff: (head) =>
    begins(head, [0x42, 0x5a, 0x68]) && (begins(head.subarray(4), BLOCK) || begins(head.subarray(4), END)),
  unwrap: async (bytes, options) => {
    throwIfAborted(options.signal);
    const { bunzip2 } = await import("./bzip2.ts");
    return bunzip2(bytes, options);
  },
};
/** How a block of bzip2 begins, and the end of a stream. */
const BLOCK = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const END = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];

/** xz around a file of any format. */
export const xzWrapper: Wrapper = {
  id: "xz",
  title: "xz",
  extensions: [".xz"],
  sniff: (head) => begins(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
  unwrap: async (bytes, options) => {
    throwIfAborted(options.signal);
    const { unxz } = await import("./xz.ts");
    return unxz(bytes, options);
  },
};

/** LZMA alone around a file of any format: no magic number, so its header is looked at as liblzma does. */
export const lzmaWrapper: Wrapper = {
  id: "lzma",
  title: "LZMA",
  extensions: [".lzma"],
  sniff: isLzmaHeader,
  unwrap: async (bytes, options) => {
    throwIfAborted(options.signal);
    const { unlzma } = await import("./lzma.ts");
    return unlzma(bytes, options);
  },
};

/** Possible properties, a dictionary of 2^n or 2^n + 2^(n-1) bytes, a length unknown or below 256 GiB, and the coder's first byte, which is 0. */
function isLzmaHeader(head: Uint8Array): boolean {
  if (head.length < 18 || (head[0] as number) >= 225 || head[13] !== 0) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const dictionary = view.getUint32(1, true);
  if (dictionary !== 0xffffffff) {
    const one = 2 ** Math.floor(Math.log2(Math.max(dictionary, 1)));
    if (dictionary < 4096 || (dictionary !== one && dictionary !== one + one / 2)) return false;
  }
  const size = view.getBigUint64(5, true);
  return size === 0xffff_ffff_ffff_ffffn || size < 1n << 38n;
}

/** LZ4 frames around a file of any format. */
export const lz4Wrapper: Wrapper = {
  id: "lz4",
  title: "LZ4",
  extensions: [".lz4"],
  sniff: (head) => begins(head, [0x04, 0x22, 0x4d, 0x18]),
  unwrap: async (bytes, options) => {
    throwIfAborted(options.signal);
    const { unlz4 } = await import("./lz4.ts");
    return unlz4(bytes, options);
  },
};

/** Every wrapper there is, for a registry. */
export const wrappers: readonly Wrapper[] = [
  gzipWrapper,
  zlibWrapper,
  bzip2Wrapper,
  xzWrapper,
  lzmaWrapper,
  lz4Wrapper,
];
