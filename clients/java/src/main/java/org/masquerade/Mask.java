package org.masquerade;

/** A strided view of bools, true where masked: one for each element, or for records one for each field. */
final class Mask {
  final byte[] bools;
  final int at;
  final int[] strides;
  /** Bools of an element. */
  final int unit;

  Mask(byte[] bools, int at, int[] strides, int unit) {
    this.bools = bools;
    this.at = at;
    this.strides = strides;
    this.unit = unit;
  }

  /** Whether all bools of an element are set. */
  boolean all(int place) {
    for (int i = 0; i < unit; i++) if (bools[place + i] == 0) return false;
    return unit > 0;
  }
}
