package org.masquerade;

import java.nio.ByteBuffer;
import java.util.List;
import org.masquerade.v1.Kind;

/**
 * A picture as ImageJ has it: rows of pixels one after the other, and beside them a plane of bools, true where masked. An array's last
 * two axes are height and width; each index of the axes before them is a plane of its own, counted in C order.
 */
public abstract class Plane {
  private final int width;
  private final int height;
  private final boolean[] mask;

  Plane(int width, int height, boolean[] mask, int pixels) {
    if (width < 0 || height < 0 || (long) width * height != pixels || (mask != null && mask.length != pixels))
      throw new IllegalArgumentException("a plane of " + width + " x " + height + " has as many pixels, and a mask none or as many");
    this.width = width;
    this.height = height;
    this.mask = mask;
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** float[], short[] or byte[]: what an ImageProcessor of that kind takes. */
  public abstract Object pixels();

  /** Whether there is a mask, be it one that masks nothing. */
  public boolean hasMask() {
    return mask != null;
  }

  /** True where masked; a pixel each, all false without a mask. */
  public boolean[] mask() {
    return mask == null ? new boolean[width * height] : mask.clone();
  }

  public boolean isMasked(int x, int y) {
    java.util.Objects.checkIndex(x, width);
    java.util.Objects.checkIndex(y, height);
    return mask != null && mask[y * width + x];
  }

  /** How many planes an array has. */
  public static int count(NdArray array) {
    demand(array);
    long count = 1;
    for (int axis = 0; axis < array.shape.length - 2; axis++) count *= array.shape[axis];
    return (int) count;
  }

  private static void demand(NdArray array) {
    if (array.shape.length < 2) throw new IllegalArgumentException("an array of " + array.shape.length + " axes is no plane");
  }

  /** One plane of an array: a view of two axes. */
  static MaskedArray select(MaskedArray array, int index) {
    java.util.Objects.checkIndex(index, count(array.data));
    MaskedArray out = array;
    int rest = index;
    int planes = count(array.data);
    while (out.data.shape.length > 2) {
      planes /= out.data.shape[0];
      out = out.select(0, rest / planes);
      rest %= planes;
    }
    return out;
  }

  static MaskedArray masked(Object array) {
    if (array instanceof MaskedArray) return (MaskedArray) array;
    return MaskedArray.of((NdArray) array);
  }

  static boolean[] maskOf(MaskedArray plane) {
    return plane.hasMask() ? plane.toBooleans() : null;
  }

  /** The bytes of the pixels in rows, in the byte order of the dtype. */
  static ByteBuffer rows(NdArray plane) {
    return plane.toBytes(false).order(plane.bytes.order());
  }

  static IllegalArgumentException refused(DType dtype, String kind) {
    return new IllegalArgumentException(kind + " does not hold every " + dtype);
  }

  abstract NdArray data(int... shape);

  /** The plane as an array of height and width: masked if there is a mask, else plain. */
  public Object toArray() {
    NdArray data = data(height, width);
    return mask == null ? data : MaskedArray.of(data, mask);
  }

  /** Planes of one size as an array of so many, height and width; masked, if one of them has a mask. */
  static Object stacked(List<? extends Plane> planes, NdArray data) {
    if (planes.stream().noneMatch(Plane::hasMask)) return data;
    boolean[] mask = new boolean[data.size()];
    int at = 0;
    for (Plane one : planes) {
      if (one.mask != null) System.arraycopy(one.mask, 0, mask, at, one.mask.length);
      at += one.width * one.height;
    }
    return MaskedArray.of(data, mask);
  }

  /** Throws IllegalArgumentException unless there is a plane, and all are of one size. */
  static int[] shape(List<? extends Plane> planes) {
    if (planes.isEmpty()) throw new IllegalArgumentException("a stack of no planes");
    Plane first = planes.get(0);
    for (Plane one : planes)
      if (one.width != first.width || one.height != first.height) throw new IllegalArgumentException("planes of different sizes");
    return new int[] {planes.size(), first.height, first.width};
  }

  static boolean is(DType dtype, Kind... kinds) {
    for (Kind kind : kinds) if (dtype.kind == kind) return true;
    return false;
  }
}
