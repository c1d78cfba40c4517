package org.masquerade;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.masquerade.v1.Kind;
import org.masquerade.v1.LongDoubleLayout;
import org.masquerade.v1.TimeUnit;

/** The header of an NPY file, as numpy.save writes it. */
final class NpyHeaders {
  private static final List<String> UNITS = List.of("", "generic", "Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as");
  /** Digits of an axis that may grow, for which numpy.save leaves room. */
  private static final int DIGITS = 21;
  private static final int MOST = 1 << 20;

  private NpyHeaders() {}

  /** The bytes before the data. */
  static byte[] write(DType dtype, int[] shape, boolean fortran) throws MasqueradeException {
    StringBuilder text = new StringBuilder("{'descr': ").append(descr(dtype)).append(", 'fortran_order': ");
    text.append(fortran ? "True" : "False").append(", 'shape': ").append(tuple(shape)).append(", }");
    if (shape.length > 0) text.append(" ".repeat(DIGITS - Integer.toString(shape[fortran ? shape.length - 1 : 0]).length()));
    boolean latin = text.chars().allMatch(c -> c < 256);
    byte[] body = text.toString().getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    byte[] header = padded(body, 10);
    int version = !latin ? 3 : header.length > 0xffff ? 2 : 1;
    if (version > 1) header = padded(body, 12);
    if (header.length > MOST) throw new MasqueradeException("a dtype whose NPY header takes " + header.length + " bytes");
    ByteBuffer out = ByteBuffer.allocate((version == 1 ? 10 : 12) + header.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    if (version == 1) out.putShort((short) header.length);
    else out.putInt(header.length);
    return out.put(header).array();
  }

  private static byte[] padded(byte[] body, int before) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(body);
    for (int i = 64 - (before + body.length + 1) % 64; i > 0; i--) out.write(' ');
    out.write('\n');
    return out.toByteArray();
  }

  /** Whether a header has words for all of a dtype, so that the envelope need not repeat it. */
  static boolean saysAll(DType dtype) {
    if (dtype.kind == Kind.KIND_STRING || !dtype.metadata.isEmpty() || dtype.aligned || dtype.record) return false;
    if (DType.isLong(dtype.kind)) {
      int size = dtype.kind == Kind.KIND_LONGDOUBLE ? 16 : 32;
      return dtype.layout == LongDoubleLayout.LONG_DOUBLE_LAYOUT_X87 && dtype.itemsize == size;
    }
    return inOrder(dtype) && dtype.fields.stream().allMatch(field -> saysAll(field.dtype()));
  }

  private static long end(Field field) {
    return field.offset() + Shapes.times(field.count(), field.dtype().itemsize);
  }

  /** Whether the fields of a record follow one another, without overlap. */
  private static boolean inOrder(DType dtype) {
    long at = 0;
    for (Field field : dtype.fields) {
      if (field.offset() < at || !inOrder(field.dtype())) return false;
      at = end(field);
    }
    return true;
  }

  private static String descr(DType dtype) throws MasqueradeException {
    if (dtype.ofObjects()) return "'|O'";
    if (!inOrder(dtype)) return "'|V" + dtype.itemsize + "'";
    if (dtype.kind != Kind.KIND_STRUCT) return "'" + code(dtype) + "'";
    List<String> out = new ArrayList<>();
    long at = 0;
    for (Field field : dtype.fields) {
      if (field.offset() > at) out.add("('', '|V" + (field.offset() - at) + "')");
      String name = repr(field.name());
      if (field.titled()) {
        if (!(field.title() instanceof String))
          throw new MasqueradeException("the field \"" + field.name() + "\" has a title that is no text, for which an NPY header has no words here");
        name = "(" + repr((String) field.title()) + ", " + name + ")";
      }
      out.add("(" + name + ", " + descr(field.dtype()) + (field.shape().length > 0 ? ", " + tuple(field.shape()) : "") + ")");
      at = end(field);
    }
    if (dtype.itemsize > at) out.add("('', '|V" + (dtype.itemsize - at) + "')");
    return "[" + String.join(", ", out) + "]";
  }

  private static String code(DType dtype) {
    String order = dtype.order == null ? "|" : dtype.order == ByteOrder.BIG_ENDIAN ? ">" : "<";
    String name = dtype.kind.name().substring("KIND_".length());
    if (dtype.kind == Kind.KIND_STR) return order + "U" + dtype.itemsize / 4;
    String letter = "f";
    if (dtype.kind == Kind.KIND_BYTES) letter = "S";
    else if (dtype.kind == Kind.KIND_VOID) letter = "V";
    else if (dtype.kind == Kind.KIND_BOOL) letter = "b";
    else if (name.startsWith("INT")) letter = "i";
    else if (name.startsWith("UINT")) letter = "u";
    else if (name.startsWith("C")) letter = "c"; // complex and clongdouble
    else if (dtype.kind == Kind.KIND_DATETIME64) letter = "M";
    else if (dtype.kind == Kind.KIND_TIMEDELTA64) letter = "m";
    String out = order + letter + dtype.itemsize;
    if (!DType.isTime(dtype.kind) || dtype.unit == TimeUnit.TIME_UNIT_GENERIC) return out;
    return out + "[" + (dtype.multiple > 1 ? dtype.multiple : "") + UNITS.get(dtype.unit.getNumber()) + "]";
  }

  private static String tuple(int[] shape) {
    List<String> parts = new ArrayList<>();
    for (int n : shape) parts.add(Integer.toString(n));
    return "(" + String.join(", ", parts) + (parts.size() == 1 ? ",)" : ")");
  }

  /** A text as Python's repr has it. */
  private static String repr(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder out = new StringBuilder().append(quote);
    text.codePoints()
        .forEach(
            c -> {
              if (c == quote || c == '\\') out.append('\\').appendCodePoint(c);
              else if (c == '\n') out.append("\\n");
              else if (c == '\r') out.append("\\r");
              else if (c == '\t') out.append("\\t");
              else if (isPrintable(c)) out.appendCodePoint(c);
              else out.append(String.format(c < 256 ? "\\x%02x" : c < 65536 ? "\\u%04x" : "\\U%08x", c));
            });
    return out.append(quote).toString();
  }

  private static boolean isPrintable(int c) {
    switch (Character.getType(c)) {
      case Character.CONTROL:
      case Character.FORMAT:
      case Character.SURROGATE:
      case Character.PRIVATE_USE:
      case Character.UNASSIGNED:
      case Character.LINE_SEPARATOR:
      case Character.PARAGRAPH_SEPARATOR:
        return false;
      case Character.SPACE_SEPARATOR:
        return c == ' ';
      default:
        return true;
    }
  }
}
