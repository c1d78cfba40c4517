package org.masquerade;

/** Zstandard, by zstd-jni, which is there only where somebody declared it. */
final class Zstd {
  private static final int MAGIC = 0xfd2fb528;

  private Zstd() {}

  /** Throws unless the library is there. */
  static void demand() throws MasqueradeException {
    try {
      Class.forName("com.github.luben.zstd.Zstd");
    } catch (ClassNotFoundException | LinkageError e) {
      throw new MasqueradeException("blocks compressed by zstd: declare com.github.luben:zstd-jni", e);
    }
  }

  static byte[] compress(byte[] raw, int level) {
    return com.github.luben.zstd.Zstd.compress(raw, level);
  }

  /** Exactly so many bytes. What the frame says is checked before the library sees it. */
  static byte[] decompress(byte[] data, int length, String what) throws MasqueradeException {
    if (!isOneFrame(data, length)) throw new MasqueradeException(what + " is no Zstandard frame of " + length + " bytes");
    byte[] out = new byte[length];
    long found = com.github.luben.zstd.Zstd.decompress(out, data);
    if (found != length) throw new MasqueradeException(what + " is a damaged Zstandard frame");
    return out;
  }

  /** Whether there is one frame, without dictionary, that states this content size, and nothing after it (RFC 8878, 3.1.1). */
  private static boolean isOneFrame(byte[] data, int length) {
    if (data.length < 6 || (int) number(data, 0, 4) != MAGIC) return false;
    int descriptor = data[4] & 0xff;
    boolean single = (descriptor & 32) != 0;
    int flag = descriptor >> 6;
    int bytes = flag == 0 ? (single ? 1 : 0) : 1 << flag;
    int at = single ? 5 : 6;
    if ((descriptor & 11) != 0 || bytes == 0 || data.length < at + bytes) return false;
    if (number(data, at, bytes) + (flag == 1 ? 256 : 0) != length) return false;
    at += bytes;
    for (boolean last = false; !last; ) {
      if (data.length - at < 3) return false;
      int head = (int) number(data, at, 3);
      int type = head >> 1 & 3;
      if (type == 3) return false;
      last = (head & 1) != 0;
      int size = type == 1 ? 1 : head >> 3;
      if (data.length - at - 3 < size) return false;
      at += 3 + size;
    }
    return at + ((descriptor & 4) != 0 ? 4 : 0) == data.length;
  }

  private static long number(byte[] data, int at, int bytes) {
    long out = 0;
    for (int i = bytes - 1; i >= 0; i--) out = out << 8 | data[at + i] & 0xff;
    return out;
  }
}
