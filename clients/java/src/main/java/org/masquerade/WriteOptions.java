package org.masquerade;

import org.masquerade.v1.ChecksumKind;
import org.masquerade.v1.MaskEncoding;

/** How a file is written. Immutable: each method gives another. */
public final class WriteOptions {
  /** Masks of a bit for each bool, CRC-32, values beneath the mask kept. */
  public static final WriteOptions DEFAULT =
      new WriteOptions(MaskEncoding.MASK_ENCODING_PACKED, ChecksumKind.CHECKSUM_KIND_CRC32, false);

  final MaskEncoding mask;
  final ChecksumKind checksum;
  final boolean dropHidden;

  private WriteOptions(MaskEncoding mask, ChecksumKind checksum, boolean dropHidden) {
    this.mask = mask;
    this.checksum = checksum;
    this.dropHidden = dropHidden;
  }

  /** A byte for each bool. */
  public WriteOptions rawMasks() {
    return new WriteOptions(MaskEncoding.MASK_ENCODING_RAW, checksum, dropHidden);
  }

  /** The lengths of runs. */
  public WriteOptions runLengthMasks() {
    return new WriteOptions(MaskEncoding.MASK_ENCODING_RUN_LENGTH, checksum, dropHidden);
  }

  public WriteOptions crc32c() {
    return new WriteOptions(mask, ChecksumKind.CHECKSUM_KIND_CRC32C, dropHidden);
  }

  public WriteOptions withoutChecksums() {
    return new WriteOptions(mask, ChecksumKind.CHECKSUM_KIND_UNSPECIFIED, dropHidden);
  }

  /** The fill value stands where a value was masked. The array needs one of its own dtype. */
  public WriteOptions droppingHidden() {
    return new WriteOptions(mask, checksum, true);
  }
}
