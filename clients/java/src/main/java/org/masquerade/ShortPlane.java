package org.masquerade;

import java.util.List;
import org.masquerade.v1.Kind;

/**
 * A plane of unsigned 16-bit pixels, as ImageJ's ShortProcessor. Signed values are stored as ImageJ stores them: 32768 more, with an offset
 * of -32768 that its calibration takes off again.
 */
public final class ShortPlane extends Plane {
  private final short[] pixels;
  private final int offset;

  /** Over unsigned pixels (offset 0) or signed ones (offset -32768); a mask of null is none. */
  public ShortPlane(int width, int height, short[] pixels, boolean[] mask, int offset) {
    super(width, height, mask, pixels.length);
    if (offset != 0 && offset != Short.MIN_VALUE) throw new IllegalArgumentException("an offset of " + offset);
    this.pixels = pixels;
    this.offset = offset;
  }

  /** A plane of an array ({@link NdArray} or {@link MaskedArray}) of uint16, int16 or uint8. */
  public static ShortPlane of(Object array, int index) {
    MaskedArray plane = select(masked(array), index);
    NdArray data = plane.data;
    if (!is(data.dtype, Kind.KIND_UINT16, Kind.KIND_INT16, Kind.KIND_UINT8)) throw refused(data.dtype, "a short");
    int offset = data.dtype.kind == Kind.KIND_INT16 ? Short.MIN_VALUE : 0;
    short[] out = new short[data.size()];
    if (data.dtype.kind == Kind.KIND_UINT16) rows(data).asShortBuffer().get(out);
    else {
      int[] i = {0};
      data.places(place -> out[i[0]++] = (short) (data.longAt(place) - offset));
    }
    return new ShortPlane(data.shape[1], data.shape[0], out, maskOf(plane), offset);
  }

  @Override
  public short[] pixels() {
    return pixels;
  }

  /** What is added to an unsigned pixel to give its value. */
  public int offset() {
    return offset;
  }

  public int value(int x, int y) {
    java.util.Objects.checkIndex(x, width());
    java.util.Objects.checkIndex(y, height());
    return (pixels[y * width() + x] & 0xffff) + offset;
  }

  @Override
  NdArray data(int... shape) {
    return array(pixels, offset, shape);
  }

  private static NdArray array(short[] pixels, int offset, int... shape) {
    if (offset == 0) return NdArray.of(pixels, Kind.KIND_UINT16, shape);
    short[] signed = new short[pixels.length];
    for (int i = 0; i < signed.length; i++) signed[i] = (short) (pixels[i] + offset);
    return NdArray.of(signed, Kind.KIND_INT16, shape);
  }

  /** Planes of one size and offset as an array of planes, height and width: {@link MaskedArray} if one has a mask, else {@link NdArray}. */
  public static Object stack(List<ShortPlane> planes) {
    int[] shape = shape(planes);
    short[] all = new short[Math.toIntExact(Shapes.size(shape))];
    int at = 0;
    for (ShortPlane one : planes) {
      if (one.offset != planes.get(0).offset) throw new IllegalArgumentException("planes of signed and of unsigned pixels");
      System.arraycopy(one.pixels, 0, all, at, one.pixels.length);
      at += one.pixels.length;
    }
    return stacked(planes, array(all, planes.get(0).offset, shape));
  }
}
