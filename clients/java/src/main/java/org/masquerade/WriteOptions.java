package org.masquerade;

import org.masquerade.v1.ChecksumKind;
import org.masquerade.v1.Codec;
import org.masquerade.v1.MaskEncoding;

/** How a file is written. Immutable: each method gives another. */
public final class WriteOptions {
  /** Masks of a bit for each bool, CRC-32, values beneath the mask kept; blocks without compression. */
  public static final WriteOptions DEFAULT =
      new WriteOptions(MaskEncoding.MASK_ENCODING_PACKED, ChecksumKind.CHECKSUM_KIND_CRC32, false, Codec.CODEC_NONE, 0);

  final MaskEncoding mask;
  final ChecksumKind checksum;
  final boolean dropHidden;
  /** Of streams of blocks, as is what follows. */
  final Codec codec;
  /** 0: as many as BLOCKS.md says. */
  final int blockBytes;

  private WriteOptions(MaskEncoding mask, ChecksumKind checksum, boolean dropHidden, Codec codec, int blockBytes) {
    this.mask = mask;
    this.checksum = checksum;
    this.dropHidden = dropHidden;
    this.codec = codec;
    this.blockBytes = blockBytes;
  }

  /** A byte for each bool. */
  public WriteOptions rawMasks() {
    return new WriteOptions(MaskEncoding.MASK_ENCODING_RAW, checksum, dropHidden, codec, blockBytes);
  }

  /** The lengths of runs; not in streams of blocks. */
  public WriteOptions runLengthMasks() {
    return new WriteOptions(MaskEncoding.MASK_ENCODING_RUN_LENGTH, checksum, dropHidden, codec, blockBytes);
  }

  /** A bit for each bool, as by default. */
  WriteOptions packedMasks() {
    return new WriteOptions(MaskEncoding.MASK_ENCODING_PACKED, checksum, dropHidden, codec, blockBytes);
  }

  public WriteOptions crc32c() {
    return new WriteOptions(mask, ChecksumKind.CHECKSUM_KIND_CRC32C, dropHidden, codec, blockBytes);
  }

  public WriteOptions withoutChecksums() {
    return new WriteOptions(mask, ChecksumKind.CHECKSUM_KIND_UNSPECIFIED, dropHidden, codec, blockBytes);
  }

  /** The fill value stands where a value was masked. The array needs one of its own dtype. */
  public WriteOptions droppingHidden() {
    return new WriteOptions(mask, checksum, true, codec, blockBytes);
  }

  /** Blocks compressed by zlib. */
  public WriteOptions deflated() {
    return new WriteOptions(mask, checksum, dropHidden, Codec.CODEC_DEFLATE, blockBytes);
  }

  /** Blocks compressed by Zstandard: declare com.github.luben:zstd-jni. */
  public WriteOptions zstd() {
    return new WriteOptions(mask, checksum, dropHidden, Codec.CODEC_ZSTD, blockBytes);
  }

  /** Bytes of a block at most, from 1 to 2^30, but at least one element. */
  public WriteOptions blocksOf(int bytes) {
    if (bytes < 1 || bytes > 1 << 30) throw new IllegalArgumentException("blocks of " + bytes + " bytes");
    return new WriteOptions(mask, checksum, dropHidden, codec, bytes);
  }
}
