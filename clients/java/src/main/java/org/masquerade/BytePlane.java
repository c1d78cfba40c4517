package org.masquerade;

import java.util.List;
import org.masquerade.v1.Kind;

/** A plane of unsigned 8-bit pixels, as ImageJ's ByteProcessor. */
public final class BytePlane extends Plane {
  private final byte[] pixels;

  /** Over pixels; a mask of null is none. */
  public BytePlane(int width, int height, byte[] pixels, boolean[] mask) {
    super(width, height, mask, pixels.length);
    this.pixels = pixels;
  }

  /** A plane of an array ({@link NdArray} or {@link MaskedArray}) of uint8, or of bool: 0 and 255, as in ImageJ's binary images. */
  public static BytePlane of(Object array, int index) {
    MaskedArray plane = select(masked(array), index);
    NdArray data = plane.data;
    if (!is(data.dtype, Kind.KIND_UINT8, Kind.KIND_BOOL)) throw refused(data.dtype, "a byte");
    byte[] out = new byte[data.size()];
    rows(data).get(out);
    if (data.dtype.kind == Kind.KIND_BOOL) for (int i = 0; i < out.length; i++) if (out[i] != 0) out[i] = (byte) 255;
    return new BytePlane(data.shape[1], data.shape[0], out, maskOf(plane));
  }

  @Override
  public byte[] pixels() {
    return pixels;
  }

  public int value(int x, int y) {
    java.util.Objects.checkIndex(x, width());
    java.util.Objects.checkIndex(y, height());
    return pixels[y * width() + x] & 0xff;
  }

  /** The mask itself as an image: 255 where masked. */
  public static BytePlane ofMask(Plane plane) {
    boolean[] mask = plane.mask();
    byte[] out = new byte[mask.length];
    for (int i = 0; i < out.length; i++) out[i] = (byte) (mask[i] ? 255 : 0);
    return new BytePlane(plane.width(), plane.height(), out, null);
  }

  @Override
  NdArray data(int... shape) {
    return NdArray.of(pixels.clone(), Kind.KIND_UINT8, shape);
  }

  /** Planes of one size as an array of planes, height and width: {@link MaskedArray} if one has a mask, else {@link NdArray}. */
  public static Object stack(List<BytePlane> planes) {
    int[] shape = shape(planes);
    byte[] all = new byte[Math.toIntExact(Shapes.size(shape))];
    int at = 0;
    for (BytePlane one : planes) {
      System.arraycopy(one.pixels, 0, all, at, one.pixels.length);
      at += one.pixels.length;
    }
    return stacked(planes, NdArray.of(all, Kind.KIND_UINT8, shape));
  }
}
