package org.masquerade;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.masquerade.v1.Subclass;

/** A masked array: data, mask, fill value, hard mask. Slices share data and mask with what they are slices of. */
public final class MaskedArray {
  final NdArray data;
  /** Null: NumPy's nomask. */
  final Mask mask;
  final NdArray fill;
  boolean hardMask;
  boolean hiddenDropped;
  Subclass subclass = Subclass.SUBCLASS_UNSPECIFIED;

  MaskedArray(NdArray data, Mask mask, NdArray fill) {
    this.data = data;
    this.mask = mask;
    this.fill = fill;
  }

  /** A masked array without a mask: NumPy's nomask. */
  public static MaskedArray of(NdArray data) {
    return new MaskedArray(data, null, null);
  }

  /** True where masked, in C order; for records one bool for each field. */
  public static MaskedArray of(NdArray data, boolean... mask) {
    long unit = data.dtype.bools();
    if (mask.length != Shapes.times(Shapes.size(data.shape), unit))
      throw new IllegalArgumentException(mask.length + " bools for " + data.size() + " elements of " + unit);
    byte[] bools = new byte[mask.length];
    for (int i = 0; i < bools.length; i++) bools[i] = (byte) (mask[i] ? 1 : 0);
    return new MaskedArray(data, new Mask(bools, 0, Shapes.strides(data.shape, (int) unit, false), (int) unit), null);
  }

  /** The same array with a fill value: a 0-d array, whose dtype need not be the data's. */
  public MaskedArray withFill(NdArray value) {
    if (value.shape.length != 0) throw new IllegalArgumentException("a fill value has no axes");
    return like(data, mask, value);
  }

  public MaskedArray withFill(double value) {
    return withFill(NdArray.of(new double[] {value}));
  }

  private MaskedArray like(NdArray other, Mask bools, NdArray value) {
    MaskedArray out = new MaskedArray(other, bools, value);
    out.hardMask = hardMask;
    out.hiddenDropped = hiddenDropped;
    out.subclass = subclass;
    return out;
  }

  /** The values, those beneath the mask too. */
  public NdArray data() {
    return data;
  }

  /** Whether there is a mask at all, be it one that masks nothing. */
  public boolean hasMask() {
    return mask != null;
  }

  /** The fill value as it was set, in a dtype of its own; empty where it never was. */
  public Optional<NdArray> fillValue() {
    return Optional.ofNullable(fill);
  }

  public boolean hardMask() {
    return hardMask;
  }

  /** Whoever wrote the file put the fill value in place of what was masked. */
  public boolean hiddenDropped() {
    return hiddenDropped;
  }

  /** Whether an element is masked; a record is when all of its fields are. */
  public boolean isMasked(int... index) {
    int place = mask == null ? data.place(index) : Views.place(index, data.shape, mask.strides, mask.at);
    return mask != null && mask.all(place);
  }

  /** The mask in C order, true where {@link #isMasked}; all false without a mask. */
  public boolean[] toBooleans() {
    boolean[] out = new boolean[data.size()];
    if (mask == null) return out;
    int[] i = {0};
    Views.places(data.shape, mask.strides, mask.at, place -> out[i[0]++] = mask.all(place));
    return out;
  }

  /** All elements as {@link NdArray#getDouble} gives them, in C order, with a value in place of those masked. */
  public double[] filled(double value) {
    double[] out = data.toDoubles();
    boolean[] masked = toBooleans();
    for (int i = 0; i < out.length; i++) if (masked[i]) out[i] = value;
    return out;
  }

  /** See {@link NdArray#slice}. */
  public MaskedArray slice(int axis, int start, int stop, int step) {
    NdArray part = data.slice(axis, start, stop, step);
    if (mask == null) return like(part, null, fill);
    int[] steps = mask.strides.clone();
    int at = part.shape[axis] == 0 ? mask.at : mask.at + start * steps[axis];
    steps[axis] *= step;
    return like(part, new Mask(mask.bools, at, steps, mask.unit), fill);
  }

  /** See {@link NdArray#select}. */
  public MaskedArray select(int axis, int index) {
    NdArray part = data.select(axis, index);
    if (mask == null) return like(part, null, fill);
    int at = mask.at + index * mask.strides[axis];
    return like(part, new Mask(mask.bools, at, Views.without(mask.strides, axis), mask.unit), fill);
  }

  /** See {@link NdArray#transpose}. */
  public MaskedArray transpose() {
    Mask turned = mask == null ? null : new Mask(mask.bools, mask.at, Views.reversed(mask.strides), mask.unit);
    return like(data.transpose(), turned, fill);
  }

  /** See {@link NdArray#field}. The fill value is that field's. */
  public MaskedArray field(String name) {
    NdArray part = data.field(name);
    NdArray value = fill != null && fill.dtype.sameAs(data.dtype) ? fill.field(name) : null;
    if (value != null && value.shape.length > 0) value = null; // NumPy's fill value of a sub-array is an array
    if (mask == null) return like(part, null, value);
    long before = 0;
    for (Field field : data.dtype.fields) {
      long inner = field.dtype().bools();
      if (field.name().equals(name)) {
        int[] steps = Views.joined(mask.strides, Shapes.strides(field.shape(), (int) inner, false));
        return like(part, new Mask(mask.bools, mask.at + (int) before, steps, (int) inner), value);
      }
      before += field.count() * inner;
    }
    throw new IllegalArgumentException("there is no field \"" + name + "\"");
  }

  /** The bools in C or Fortran order, a byte each. */
  byte[] bools(boolean fortran) {
    byte[] out = new byte[data.size() * mask.unit];
    int[] i = {0};
    int[] shape = fortran ? Views.reversed(data.shape) : data.shape;
    int[] strides = fortran ? Views.reversed(mask.strides) : mask.strides;
    Views.places(
        shape,
        strides,
        mask.at,
        place -> {
          for (int k = 0; k < mask.unit; k++) out[i[0]++] = (byte) (mask.bools[place + k] == 0 ? 0 : 1);
        });
    return out;
  }

  /** The bytes in C or Fortran order with the fill value's in place of those masked; a record's field by field. */
  ByteBuffer dropped(boolean fortran) {
    if (fill == null || !fill.dtype.sameAs(data.dtype))
      throw new IllegalArgumentException("to drop what is masked, the array needs a fill value of its own dtype, " + data.dtype);
    ByteBuffer from = data.toBytes(fortran);
    byte[] out = new byte[from.remaining()];
    from.get(out);
    byte[] value = new byte[data.dtype.itemsize];
    fill.toBytes(false).get(value);
    byte[] bools = bools(fortran);
    for (int i = 0, record = 0; record < out.length; record += value.length)
      i = drop(data.dtype, out, record, value, 0, bools, i);
    return ByteBuffer.wrap(out);
  }

  private static int drop(DType dtype, byte[] out, int record, byte[] value, int at, byte[] bools, int first) {
    int i = first;
    if (dtype.kind != org.masquerade.v1.Kind.KIND_STRUCT) {
      if (bools[i] != 0) System.arraycopy(value, at, out, record + at, dtype.itemsize);
      return i + 1;
    }
    for (Field field : dtype.fields)
      for (int k = 0; k < field.count(); k++)
        i = drop(field.dtype(), out, record, value, at + field.offset() + k * field.dtype().itemsize, bools, i);
    return i;
  }
}
