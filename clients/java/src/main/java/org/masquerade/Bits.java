package org.masquerade;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.masquerade.v1.ChecksumKind;
import org.masquerade.v1.MaskEncoding;

/** Masks as buffers hold them, and checksums. */
final class Bits {
  private Bits() {}

  static int checksum(ChecksumKind kind, ByteBuffer data) {
    Checksum sum = kind == ChecksumKind.CHECKSUM_KIND_CRC32 ? new CRC32() : new CRC32C();
    sum.update(data.duplicate());
    return (int) sum.getValue();
  }

  static void putVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    for (; (rest & ~127L) != 0; rest >>>= 7) out.write((int) (rest & 127 | 128));
    out.write((int) rest);
  }

  static byte[] encode(byte[] bools, MaskEncoding encoding) {
    if (encoding == MaskEncoding.MASK_ENCODING_RAW) return bools;
    if (encoding == MaskEncoding.MASK_ENCODING_PACKED) {
      byte[] out = new byte[(bools.length + 7) >>> 3];
      for (int i = 0; i < bools.length; i++) out[i >> 3] |= (byte) (bools[i] << (i & 7));
      return out;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte masked = 0;
    for (int at = 0; at < bools.length; masked ^= 1) {
      int start = at;
      while (at < bools.length && bools[at] == masked) at++;
      putVarint(out, at - start);
    }
    return out.toByteArray();
  }

  /** Bools of a byte each. Refuses bytes that do not hold exactly `count` of them. */
  static byte[] decode(ByteString raw, MaskEncoding encoding, int count) throws MasqueradeException {
    int size = raw.size();
    if (encoding == MaskEncoding.MASK_ENCODING_RAW) {
      if (size != count) throw new MasqueradeException("a raw mask of " + size + " bytes for " + count + " bools");
      byte[] out = raw.toByteArray();
      for (byte one : out) if (one < 0 || one > 1) throw new MasqueradeException("a mask has a bool of " + (one & 0xff));
      return out;
    }
    if (encoding == MaskEncoding.MASK_ENCODING_RUN_LENGTH) return runs(raw, count);
    if (encoding != MaskEncoding.MASK_ENCODING_PACKED) throw new MasqueradeException("a mask does not say its encoding");
    if (size != (count + 7L) / 8) throw new MasqueradeException("a packed mask of " + size + " bytes for " + count + " bools");
    if ((count & 7) != 0 && (raw.byteAt(size - 1) & 0xff) >> (count & 7) != 0)
      throw new MasqueradeException("a packed mask has bits after the last bool");
    byte[] out = new byte[count];
    for (int i = 0; i < count; i++) out[i] = (byte) (raw.byteAt(i >> 3) >> (i & 7) & 1);
    return out;
  }

  private static byte[] runs(ByteString raw, int count) throws MasqueradeException {
    byte[] out = new byte[count];
    int filled = 0;
    byte masked = 0;
    for (int at = 0; at < raw.size(); masked ^= 1) {
      boolean first = at == 0;
      long run = 0;
      int shift = 0;
      byte one;
      do {
        if (at >= raw.size() || shift > 35) throw new MasqueradeException("a mask: a run's length is cut off or too long");
        one = raw.byteAt(at++);
        run |= (long) (one & 127) << shift;
        shift += 7;
      } while (one < 0);
      if (run == 0 && !first) throw new MasqueradeException("a mask has a run of no bools");
      if (run > count - filled) throw new MasqueradeException("a mask has runs of more than its " + count + " bools");
      java.util.Arrays.fill(out, filled, filled + (int) run, masked);
      filled += (int) run;
    }
    if (filled != count) throw new MasqueradeException("a mask's runs end after " + filled + " of " + count + " bools");
    return out;
  }
}
