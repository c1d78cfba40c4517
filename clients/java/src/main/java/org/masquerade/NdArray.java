package org.masquerade;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.masquerade.v1.Kind;
import org.masquerade.v1.Subclass;

/**
 * A strided view of the elements of an array. Slices, transposes and fields are views of the same bytes: nothing is copied. Getters read
 * in the byte order of the dtype and never convert with loss; they throw IllegalStateException where the dtype is another, and
 * IndexOutOfBoundsException.
 */
public final class NdArray {
  final DType dtype;
  final int[] shape;
  final ByteBuffer bytes;
  final Object[] objects;
  final int at;
  final int[] strides;
  Map<String, Object> attributes = Map.of();
  List<String> dims;
  Subclass subclass = Subclass.SUBCLASS_UNSPECIFIED;

  private NdArray(DType dtype, int[] shape, ByteBuffer bytes, Object[] objects, int at, int[] strides) {
    this.dtype = dtype;
    this.shape = shape;
    this.bytes = bytes == null ? null : bytes.duplicate().order(dtype.order == null ? ByteOrder.LITTLE_ENDIAN : dtype.order);
    this.objects = objects;
    this.at = at;
    this.strides = strides;
  }

  /** Over the bytes of an array in C or Fortran order, which must be as many as the shape takes. */
  public static NdArray over(ByteBuffer bytes, DType dtype, boolean fortran, int... shape) {
    if (dtype.hasObjects()) throw new IllegalArgumentException("objects have no bytes");
    long need = Shapes.times(sizeOf(shape), dtype.itemsize);
    if (need != bytes.remaining())
      throw new IllegalArgumentException(
          "shape " + java.util.Arrays.toString(shape) + " of " + dtype + " takes " + need + " bytes, there are " + bytes.remaining());
    return new NdArray(dtype, shape.clone(), bytes.slice(), null, 0, Shapes.strides(shape, dtype.itemsize, fortran));
  }

  /** Over objects: the elements of an array of kind object or string, in C or Fortran order. */
  public static NdArray over(Object[] objects, DType dtype, boolean fortran, int... shape) {
    if (!dtype.ofObjects() || sizeOf(shape) != objects.length)
      throw new IllegalArgumentException(objects.length + " objects for shape " + java.util.Arrays.toString(shape) + " of " + dtype);
    return new NdArray(dtype, shape.clone(), null, objects, 0, Shapes.strides(shape, 1, fortran));
  }

  public static NdArray of(double[] values, int... shape) {
    ByteBuffer bytes = room(values.length, 8);
    bytes.asDoubleBuffer().put(values);
    return over(bytes, DType.of(Kind.KIND_FLOAT64), false, shape);
  }

  public static NdArray of(float[] values, int... shape) {
    ByteBuffer bytes = room(values.length, 4);
    bytes.asFloatBuffer().put(values);
    return over(bytes, DType.of(Kind.KIND_FLOAT32), false, shape);
  }

  public static NdArray of(long[] values, int... shape) {
    ByteBuffer bytes = room(values.length, 8);
    bytes.asLongBuffer().put(values);
    return over(bytes, DType.of(Kind.KIND_INT64), false, shape);
  }

  public static NdArray of(int[] values, int... shape) {
    ByteBuffer bytes = room(values.length, 4);
    bytes.asIntBuffer().put(values);
    return over(bytes, DType.of(Kind.KIND_INT32), false, shape);
  }

  /** Signed or, with {@link Kind#KIND_UINT16}, unsigned. */
  public static NdArray of(short[] values, Kind kind, int... shape) {
    if (kind != Kind.KIND_INT16 && kind != Kind.KIND_UINT16) throw new IllegalArgumentException("shorts are no " + kind);
    ByteBuffer bytes = room(values.length, 2);
    bytes.asShortBuffer().put(values);
    return over(bytes, DType.of(kind), false, shape);
  }

  /** Signed or, with {@link Kind#KIND_UINT8}, unsigned. The array lies over the bytes given. */
  public static NdArray of(byte[] values, Kind kind, int... shape) {
    if (kind != Kind.KIND_INT8 && kind != Kind.KIND_UINT8) throw new IllegalArgumentException("bytes are no " + kind);
    return over(ByteBuffer.wrap(values), DType.of(kind), false, shape);
  }

  public static NdArray of(boolean[] values, int... shape) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (values[i] ? 1 : 0);
    return over(ByteBuffer.wrap(bytes), DType.of(Kind.KIND_BOOL), false, shape);
  }

  private static ByteBuffer room(int count, int itemsize) {
    return ByteBuffer.allocate(Math.multiplyExact(count, itemsize)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long sizeOf(int[] shape) {
    for (int n : shape) if (n < 0) throw new IllegalArgumentException("a negative length: " + java.util.Arrays.toString(shape));
    return Shapes.size(shape);
  }

  public DType dtype() {
    return dtype;
  }

  public int[] shape() {
    return shape.clone();
  }

  /** How many elements there are. */
  public int size() {
    return (int) Shapes.size(shape);
  }

  public int dimensions() {
    return shape.length;
  }

  /** Attributes by name: null (None), Boolean, Long, BigInteger, Double, String, ByteBuffer, Complex, List, Tuple, Map, arrays, bundles. */
  public Map<String, Object> attributes() {
    return attributes;
  }

  /** Names of the axes, where they have some. */
  public Optional<List<String>> dims() {
    return Optional.ofNullable(dims);
  }

  public Subclass subclass() {
    return subclass;
  }

  /** The same array with attributes. */
  public NdArray withAttributes(Map<String, ?> named) {
    NdArray out = copied();
    out.attributes = Collections.unmodifiableMap(new LinkedHashMap<>(named));
    return out;
  }

  /** The same array with names of its axes. */
  public NdArray withDims(String... names) {
    if (names.length != shape.length) throw new IllegalArgumentException(names.length + " names for " + shape.length + " axes");
    NdArray out = copied();
    out.dims = List.of(names);
    return out;
  }

  private NdArray copied() {
    NdArray out = new NdArray(dtype, shape, bytes, objects, at, strides);
    out.attributes = attributes;
    out.dims = dims;
    out.subclass = subclass;
    return out;
  }

  /** Elements lie in Fortran order, and not in C order too. */
  public boolean fortran() {
    return contiguous(true) && !contiguous(false);
  }

  private boolean contiguous(boolean fortran) {
    if (Shapes.size(shape) == 0) return !fortran;
    int[] expected = Shapes.strides(shape, objects == null ? dtype.itemsize : 1, fortran);
    for (int axis = 0; axis < shape.length; axis++) if (shape[axis] > 1 && strides[axis] != expected[axis]) return false;
    return true;
  }

  /** Every second, third... element of an axis from start to before stop; backwards to after stop where step is negative. */
  public NdArray slice(int axis, int start, int stop, int step) {
    int count = Views.count(shape, axis, start, stop, step);
    int[] cut = shape.clone();
    int[] steps = strides.clone();
    cut[axis] = count;
    steps[axis] *= step;
    return new NdArray(dtype, cut, bytes, objects, count == 0 ? at : at + start * strides[axis], steps);
  }

  /** The elements at one index of an axis, which goes. */
  public NdArray select(int axis, int index) {
    java.util.Objects.checkIndex(index, shape[axis]);
    return new NdArray(dtype, Views.without(shape, axis), bytes, objects, at + index * strides[axis], Views.without(strides, axis));
  }

  /** The axes reversed. */
  public NdArray transpose() {
    return new NdArray(dtype, Views.reversed(shape), bytes, objects, at, Views.reversed(strides));
  }

  /** One field of records. A sub-array field adds its axes at the end. */
  public NdArray field(String name) {
    for (Field field : dtype.fields) {
      if (!field.name().equals(name)) continue;
      int[] inner = Shapes.strides(field.shape(), field.dtype().itemsize, false);
      return new NdArray(
          field.dtype(), Views.joined(shape, field.shape()), bytes, null, at + field.offset(), Views.joined(strides, inner));
    }
    throw new IllegalArgumentException("there is no field \"" + name + "\" in " + dtype);
  }

  int place(int[] index) {
    return Views.place(index, shape, strides, at);
  }

  private void demand(Kind... kinds) {
    for (Kind kind : kinds) if (dtype.kind == kind) return;
    throw new IllegalStateException("elements of " + dtype + " are not that");
  }

  /** A bool. */
  public boolean getBoolean(int... index) {
    demand(Kind.KIND_BOOL);
    return bytes.get(place(index)) != 0;
  }

  /** An integer or time of any width but uint64. */
  public long getLong(int... index) {
    return longAt(place(index));
  }

  long longAt(int place) {
    switch (dtype.kind) {
      case KIND_INT8:
        return bytes.get(place);
      case KIND_UINT8:
        return bytes.get(place) & 0xff;
      case KIND_INT16:
        return bytes.getShort(place);
      case KIND_UINT16:
        return bytes.getShort(place) & 0xffff;
      case KIND_INT32:
        return bytes.getInt(place);
      case KIND_UINT32:
        return bytes.getInt(place) & 0xffffffffL;
      case KIND_INT64:
      case KIND_DATETIME64:
      case KIND_TIMEDELTA64:
        return bytes.getLong(place);
      default:
        throw new IllegalStateException("elements of " + dtype + " are no integers that a long holds");
    }
  }

  /** An integer of any kind, uint64 too. */
  public BigInteger getBigInteger(int... index) {
    if (dtype.kind != Kind.KIND_UINT64) return BigInteger.valueOf(getLong(index));
    return new BigInteger(Long.toUnsignedString(bytes.getLong(place(index))));
  }

  /** A float of 16, 32 or 64 bits, or an integer of up to 32. */
  public double getDouble(int... index) {
    return doubleAt(place(index));
  }

  double doubleAt(int place) {
    switch (dtype.kind) {
      case KIND_FLOAT64:
        return bytes.getDouble(place);
      case KIND_FLOAT32:
        return bytes.getFloat(place);
      case KIND_FLOAT16:
        return Half.toDouble(bytes.getShort(place));
      case KIND_INT64:
      case KIND_DATETIME64:
      case KIND_TIMEDELTA64:
        throw new IllegalStateException("a double does not hold every " + dtype);
      default:
        return longAt(place);
    }
  }

  /** The bits of a float64, NaN payload and all; of narrower floats the lower bits. */
  public long getBits(int... index) {
    int place = place(index);
    if (dtype.kind == Kind.KIND_FLOAT64) return bytes.getLong(place);
    if (dtype.kind == Kind.KIND_FLOAT32) return bytes.getInt(place) & 0xffffffffL;
    demand(Kind.KIND_FLOAT16);
    return bytes.getShort(place) & 0xffff;
  }

  public Complex getComplex(int... index) {
    int place = place(index);
    if (dtype.kind == Kind.KIND_COMPLEX64) return new Complex(bytes.getFloat(place), bytes.getFloat(place + 4));
    demand(Kind.KIND_COMPLEX128);
    return new Complex(bytes.getDouble(place), bytes.getDouble(place + 8));
  }

  /** Text of kind str or string; of kind bytes as Latin-1. Without the padding. */
  public String getText(int... index) {
    if (dtype.kind == Kind.KIND_STRING) return (String) objects[place(index)];
    demand(Kind.KIND_STR, Kind.KIND_BYTES);
    int place = place(index);
    int length = dtype.itemsize;
    if (dtype.kind == Kind.KIND_BYTES) {
      while (length > 0 && bytes.get(place + length - 1) == 0) length--;
      byte[] out = new byte[length];
      for (int i = 0; i < length; i++) out[i] = bytes.get(place + i);
      return new String(out, StandardCharsets.ISO_8859_1);
    }
    length /= 4;
    while (length > 0 && bytes.getInt(place + 4 * (length - 1)) == 0) length--;
    StringBuilder out = new StringBuilder(length);
    for (int i = 0; i < length; i++) out.appendCodePoint(bytes.getInt(place + 4 * i));
    return out.toString();
  }

  /** An element of kind object or string. */
  public Object getObject(int... index) {
    demand(Kind.KIND_OBJECT, Kind.KIND_STRING);
    return objects[place(index)];
  }

  /** The bytes of an element, a view. */
  public ByteBuffer getBytes(int... index) {
    ByteBuffer out = bytes.duplicate();
    int place = place(index);
    return out.limit(place + dtype.itemsize).position(place).slice().asReadOnlyBuffer();
  }

  /** All elements as {@link #getDouble} gives them, in C order. */
  public double[] toDoubles() {
    double[] out = new double[size()];
    int[] i = {0};
    places(place -> out[i[0]++] = doubleAt(place));
    return out;
  }

  /** All elements as {@link #getLong} gives them, in C order. */
  public long[] toLongs() {
    long[] out = new long[size()];
    int[] i = {0};
    places(place -> out[i[0]++] = longAt(place));
    return out;
  }

  /** Where each element lies, in C order. */
  void places(IntConsumer each) {
    Views.places(shape, strides, at, each);
  }

  /** The bytes of all elements in C or Fortran order: where they lie if they are in that order, else copied. */
  public ByteBuffer toBytes(boolean fortran) {
    long length = Shapes.times(Shapes.size(shape), dtype.itemsize);
    if (contiguous(fortran) || length == 0) {
      int from = length == 0 ? 0 : at;
      return bytes.duplicate().limit(from + (int) length).position(from).slice();
    }
    ByteBuffer out = ByteBuffer.allocate((int) length);
    NdArray from = fortran ? transpose() : this;
    from.places(
        place -> {
          for (int i = 0; i < dtype.itemsize; i++) out.put(bytes.get(place + i));
        });
    return out.flip();
  }

  /** Objects of all elements in C or Fortran order. */
  List<Object> toObjects(boolean fortran) {
    List<Object> out = new ArrayList<>(size());
    (fortran ? transpose() : this).places(place -> out.add(objects[place]));
    return out;
  }
}
