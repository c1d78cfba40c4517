import { checkZstdFrame, unzlib, zlib } from "@masquerade/compression";
import { type DType, FormatError, isMasqueradeError, OptionError } from "@masquerade/core";
import { type CodecName, FORMAT } from "./tables.ts";

/** Compresses blocks and takes them apart again. */
export interface BlockCodec {
  /** The bytes compressed, or as they are where that is not shorter. */
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /** Exactly `length` bytes. `at`: where in the file the block begins. Throws FormatError. */
  uncompress(data: Uint8Array, length: number, at: number): Promise<Uint8Array>;
}

const levels: Readonly<Record<CodecName, readonly [least: number, usual: number, most: number]>> = {
  none: [0, 0, 0],
  deflate: [0, 6, 9],
  zstd: [1, 3, 22],
  blosc: [0, 5, 9],
};

/** Throws OptionError for a level that a codec has not got. */
export function checkCodecLevel(codec: CodecName, level: number | undefined): number {
  const [least, usual, most] = levels[codec];
  if (level === undefined) return usual;
  if (codec === "none" || !Number.isInteger(level) || level < least || level > most)
    throw new OptionError(
      "OPTION_INVALID",
      codec === "none"
        ? "without a codec there is no level"
        : `a level of ${codec} is an integer from ${least} to ${most}`,
      "level",
    );
  return level;
}

/** How blosc rearranges elements before it compresses them: bit by bit for numbers; text and records stay as they are. */
function shuffleOf(dtype: DType | undefined): 0 | 2 {
  return dtype === undefined || ["bytes", "str", "void", "struct", "object", "string"].includes(dtype.kind) ? 0 : 2;
}

/** The codec of a stream, its library loaded. `dtype`: of the elements it is to compress, undefined for masks. */
export async function blockCodec(name: CodecName, level?: number, dtype?: DType): Promise<BlockCodec> {
  const effort = checkCodecLevel(name, level);
  const shorter = async (bytes: Uint8Array, made: Uint8Array | Promise<Uint8Array>): Promise<Uint8Array> => {
    const compressed = await made;
    return compressed.length < bytes.length ? compressed : bytes;
  };
  const guarded = (
    inner: (data: Uint8Array, length: number, at: number) => Uint8Array | Promise<Uint8Array>,
  ): BlockCodec["uncompress"] => {
    return async (data, length, at) => {
      if (data.length === length) return data;
      if (data.length > length) throw wrong(`a block of ${length} bytes takes ${data.length}`, at);
      let made: Uint8Array;
      try {
        made = await inner(data, length, at);
      } catch (cause) {
        if (isMasqueradeError(cause)) throw cause;
        throw new FormatError("FORMAT_MALFORMED", FORMAT, `a block is no ${name}`, { offset: at, cause });
      }
      if (made.length !== length) throw wrong(`a block of ${length} bytes gives ${made.length}`, at);
      return made;
    };
  };
  switch (name) {
    case "none":
      return {
        compress: async (bytes) => bytes,
        uncompress: guarded((data, length, at) => {
          throw wrong(`a block of ${length} bytes has ${data.length}, and the stream is not compressed`, at);
        }),
      };
    case "deflate":
      return {
        compress: (bytes) => shorter(bytes, zlib(bytes, { level: effort })),
        uncompress: guarded((data, size, offset) => unzlib(data, { format: FORMAT, offset, size, maxBytes: size })),
      };
    case "zstd": {
      const { default: Zstd } = await import("numcodecs/zstd");
      const codec = Zstd.fromConfig({ id: "zstd", level: effort });
      return {
        compress: (bytes) => shorter(bytes, codec.encode(bytes)),
        uncompress: guarded((data, length, at) => {
          checkZstdFrame(data, { size: length, format: FORMAT, offset: at });
          return codec.decode(data);
        }),
      };
    }
    case "blosc": {
      const { default: Blosc } = await import("numcodecs/blosc");
      const codec = Blosc.fromConfig({
        id: "blosc",
        clevel: effort,
        cname: "lz4",
        shuffle: shuffleOf(dtype),
        blocksize: 0,
      });
      return {
        compress: (bytes) => shorter(bytes, codec.encode(bytes)),
        uncompress: guarded((data, length, at) => {
          checkBlosc(data, length, at);
          return codec.decode(data);
        }),
      };
    }
  }
}

/** A Blosc 1 buffer for exactly this many bytes (its 16-byte header), its blocks within it. Throws FormatError. */
export function checkBlosc(data: Uint8Array, length: number, at: number): void {
  if (data.length < 16) throw wrong("a block ends within its blosc header", at);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [version, , flags] = data as unknown as [number, number, number];
  const nbytes = view.getUint32(4, true);
  const blocksize = view.getUint32(8, true);
  const cbytes = view.getUint32(12, true);
  if (version !== 2) throw wrong(`version ${version} of blosc; 2 is known`, at);
  if (nbytes !== length || cbytes !== data.length)
    throw wrong(`a block of ${length} bytes is a blosc buffer of ${nbytes} in ${cbytes}`, at);
  if (data[3] === 0 || blocksize === 0 || blocksize > nbytes) throw wrong("a blosc buffer is cut in no blocks", at);
  if ((flags & 2) !== 0) {
    if (cbytes !== 16 + nbytes) throw wrong("a blosc buffer of stored bytes has not all of them", at);
    return;
  }
  if (flags >> 5 > 4) throw wrong("a blosc buffer is compressed by a codec that is not known", at);
  const blocks = Math.ceil(nbytes / blocksize);
  const table = 16 + 4 * blocks;
  if (table > cbytes) throw wrong("a blosc buffer ends within the table of its blocks", at);
  for (let i = 0; i < blocks; i++) {
    const start = view.getUint32(16 + 4 * i, true);
    if (start < table || start >= cbytes) throw wrong("a block of a blosc buffer lies outside it", at);
  }
}

const wrong = (message: string, offset: number): FormatError =>
  new FormatError("FORMAT_MALFORMED", FORMAT, message, { offset });
