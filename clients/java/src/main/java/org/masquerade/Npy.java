package org.masquerade;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.masquerade.v1.Kind;
import org.masquerade.v1.LongDoubleLayout;
import org.masquerade.v1.TimeUnit;

/** Reads .npy, NumPy's own file of one array: versions 1, 2 and 3, every dtype but objects (which would be a pickle). */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MOST_HEADER = 1 << 20;
  private static final Pattern CODE = Pattern.compile("([<>|=]?)([biufcSaUVMmOt])(\\d{0,10})(?:\\[(\\d{0,9})([a-zA-Z]{1,2})])?");
  private static final List<String> UNITS = List.of("", "generic", "Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as");

  private Npy() {}

  /** The array of a file. Throws MasqueradeException for what is wrong with it. */
  public static NdArray load(Path path) throws IOException {
    return loads(Files.readAllBytes(path));
  }

  /** The array of a file's bytes: a view of them. */
  public static NdArray loads(byte[] raw) throws MasqueradeException {
    int end = end(raw);
    Header header = header(java.util.Arrays.copyOf(raw, end));
    if (header.dtype.hasObjects()) throw new MasqueradeException("an array of objects is a pickle, which is not read here");
    ByteBuffer data = ByteBuffer.wrap(raw, end, raw.length - end);
    long need = Shapes.times(Shapes.size(header.shape), header.dtype.itemsize);
    if (need != data.remaining())
      throw new MasqueradeException(
          "shape " + java.util.Arrays.toString(header.shape) + " of " + header.dtype + " takes " + need + " bytes, there are " + data.remaining());
    return NdArray.over(data, header.dtype, header.fortran, header.shape);
  }

  /** What a header says. */
  static final class Header {
    final DType dtype;
    final int[] shape;
    final boolean fortran;

    Header(DType dtype, int[] shape, boolean fortran) {
      this.dtype = dtype;
      this.shape = shape;
      this.fortran = fortran;
    }
  }

  /** Where the data begin. */
  private static int end(byte[] raw) throws MasqueradeException {
    for (int i = 0; i < MAGIC.length; i++)
      if (raw.length <= i || raw[i] != MAGIC[i]) throw new MasqueradeException("no NPY file: it does not begin with \\x93NUMPY", 0);
    if (raw.length < 10) throw new MasqueradeException("an NPY file that is cut off", raw.length);
    int version = raw[6];
    if (version < 1 || version > 3 || raw[7] != 0) throw new MasqueradeException("version " + version + "." + raw[7] + " of NPY", 6);
    int start = start(raw);
    if (raw.length < start) throw new MasqueradeException("an NPY file that is cut off", raw.length);
    ByteBuffer bytes = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    long length = version == 1 ? bytes.getShort(8) & 0xffff : bytes.getInt(8) & 0xffffffffL;
    if (length > MOST_HEADER || length > raw.length - start)
      throw new MasqueradeException("a header of " + length + " bytes, of which " + (raw.length - start) + " are there", 8);
    return start + (int) length;
  }

  private static int start(byte[] raw) {
    return raw[6] == 1 ? 10 : 12;
  }

  /** A header, with nothing after it. */
  static Header header(byte[] raw) throws MasqueradeException {
    if (end(raw) != raw.length) throw new MasqueradeException("something follows the header of an NPY file");
    Charset charset = raw[6] == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    Object header;
    try {
      header = PythonLiteral.parse(charset.newDecoder().decode(ByteBuffer.wrap(raw, start(raw), raw.length - start(raw))).toString());
    } catch (CharacterCodingException e) {
      throw new MasqueradeException("a header that is no UTF-8", start(raw));
    }
    if (!(header instanceof Map) || !((Map<?, ?>) header).keySet().equals(Set.of("descr", "fortran_order", "shape")))
      throw new MasqueradeException("a header of NPY has descr, fortran_order and shape, and nothing else");
    Map<?, ?> said = (Map<?, ?>) header;
    if (!(said.get("fortran_order") instanceof Boolean)) throw new MasqueradeException("fortran_order is True or False");
    return new Header(descr(said.get("descr"), 0), shape(said.get("shape")), (Boolean) said.get("fortran_order"));
  }

  private static int[] shape(Object said) throws MasqueradeException {
    if (!(said instanceof Tuple)) throw new MasqueradeException("a shape is a tuple of integers");
    List<Long> out = new ArrayList<>();
    for (Object n : ((Tuple) said).items()) {
      if (!(n instanceof java.math.BigInteger) || ((java.math.BigInteger) n).signum() < 0 || ((java.math.BigInteger) n).bitLength() > 53)
        throw new MasqueradeException("a shape has a length of " + n);
      out.add(((java.math.BigInteger) n).longValue());
    }
    return Reader.shape(out);
  }

  private static DType descr(Object said, int depth) throws MasqueradeException {
    if (depth > 64) throw new MasqueradeException("a dtype nested more than 64 deep");
    if (said instanceof String) return code((String) said);
    if (!(said instanceof List)) throw new MasqueradeException("a dtype that is no text and no list of fields");
    List<Field> fields = new ArrayList<>();
    long at = 0;
    for (Object one : (List<?>) said) {
      List<Object> parts = one instanceof Tuple ? ((Tuple) one).items() : List.of();
      if (parts.size() < 2 || parts.size() > 3) throw new MasqueradeException("a field is a name, a dtype and perhaps a shape");
      DType dtype = descr(parts.get(1), depth + 1);
      int[] shape = parts.size() == 2 ? new int[0] : shape(parts.get(2) instanceof Tuple ? parts.get(2) : new Tuple(List.of(parts.get(2))));
      boolean titled = parts.get(0) instanceof Tuple && ((Tuple) parts.get(0)).items().size() == 2;
      Object name = titled ? ((Tuple) parts.get(0)).items().get(1) : parts.get(0);
      if (!(name instanceof String)) throw new MasqueradeException("a field whose name is no text");
      Object title = titled ? ((Tuple) parts.get(0)).items().get(0) : null;
      Field field = new Field((String) name, titled, title, dtype, (int) at, shape);
      // Fields without a name are padding.
      if (!((String) name).isEmpty() || dtype.kind != Kind.KIND_VOID) fields.add(field);
      at += Shapes.times(field.count(), dtype.itemsize);
      if (at > Integer.MAX_VALUE) throw new MasqueradeException("a record of more than " + Integer.MAX_VALUE + " bytes");
    }
    DType out = new DType(Kind.KIND_STRUCT, null, (int) at);
    out.fields = List.copyOf(fields);
    return demand(out);
  }

  private static DType demand(DType dtype) throws MasqueradeException {
    String wrong = dtype.wrong();
    if (wrong != null) throw new MasqueradeException(wrong);
    return dtype;
  }

  private static DType code(String text) throws MasqueradeException {
    Matcher m = CODE.matcher(text);
    if (!m.matches()) throw new MasqueradeException("the dtype \"" + text + "\", which is none of NumPy's files");
    ByteOrder order = m.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    char letter = m.group(2).charAt(0);
    if (letter == 'O') return DType.of(Kind.KIND_OBJECT);
    if (m.group(3).isEmpty()) throw new MasqueradeException("the dtype \"" + text + "\"");
    long size = Long.parseLong(m.group(3));
    boolean time = letter == 'M' || letter == 'm';
    if (size > Integer.MAX_VALUE / 4 || (m.group(5) != null && !time)) throw new MasqueradeException("the dtype \"" + text + "\"");
    switch (letter) {
      case 'S':
      case 'a':
        return DType.bytes((int) size);
      case 'V':
        return DType.opaque((int) size);
      case 'U':
        return DType.text((int) size, order);
      default:
    }
    DType out = new DType(kind(letter, (int) size, text), size == 1 ? null : order, (int) size);
    if (time) {
      int unit = m.group(5) == null ? 1 : UNITS.indexOf(m.group(5));
      if (unit < 1) throw new MasqueradeException("the unit of \"" + text + "\"");
      out.unit = TimeUnit.forNumber(unit);
      out.multiple = m.group(4) == null || m.group(4).isEmpty() ? 1 : Integer.parseInt(m.group(4));
    }
    if (DType.isLong(out.kind)) out.layout = LongDoubleLayout.LONG_DOUBLE_LAYOUT_X87; // a guess: NPY does not say
    return demand(out);
  }

  private static Kind kind(char letter, int size, String text) throws MasqueradeException {
    switch (letter + "" + size) {
      case "b1":
        return Kind.KIND_BOOL;
      case "i1":
        return Kind.KIND_INT8;
      case "i2":
        return Kind.KIND_INT16;
      case "i4":
        return Kind.KIND_INT32;
      case "i8":
        return Kind.KIND_INT64;
      case "u1":
        return Kind.KIND_UINT8;
      case "u2":
        return Kind.KIND_UINT16;
      case "u4":
        return Kind.KIND_UINT32;
      case "u8":
        return Kind.KIND_UINT64;
      case "f2":
        return Kind.KIND_FLOAT16;
      case "f4":
        return Kind.KIND_FLOAT32;
      case "f8":
        return Kind.KIND_FLOAT64;
      case "f12":
      case "f16":
        return Kind.KIND_LONGDOUBLE;
      case "c8":
        return Kind.KIND_COMPLEX64;
      case "c16":
        return Kind.KIND_COMPLEX128;
      case "c24":
      case "c32":
        return Kind.KIND_CLONGDOUBLE;
      case "M8":
        return Kind.KIND_DATETIME64;
      case "m8":
        return Kind.KIND_TIMEDELTA64;
      default:
        throw new MasqueradeException("the dtype \"" + text + "\"");
    }
  }
}
