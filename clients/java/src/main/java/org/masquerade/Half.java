package org.masquerade;

/** IEEE 754 binary16. */
final class Half {
  private Half() {}

  static float toFloat(short bits) {
    int exponent = (bits >> 10) & 31;
    int fraction = bits & 0x3ff;
    int sign = (bits & 0x8000) << 16;
    if (exponent == 31) return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
    if (exponent == 0) return (sign < 0 ? -1f : 1f) * fraction * 0x1p-24f;
    return Float.intBitsToFloat(sign | (exponent + 112) << 23 | fraction << 13);
  }

  static double toDouble(short bits) {
    return toFloat(bits);
  }
}
