package org.masquerade;

import java.util.List;
import org.masquerade.v1.Kind;

/** A plane of floats, as ImageJ's FloatProcessor. */
public final class FloatPlane extends Plane {
  private final float[] pixels;

  /** Over pixels; a mask of null is none. */
  public FloatPlane(int width, int height, float[] pixels, boolean[] mask) {
    super(width, height, mask, pixels.length);
    this.pixels = pixels;
  }

  /**
   * A plane of an array ({@link NdArray} or {@link MaskedArray}) whose values a float holds exactly: bools, integers of up to 16 bits,
   * floats of up to 32.
   */
  public static FloatPlane of(Object array, int index) {
    return of(array, index, false);
  }

  /** The same of any integers and floats, rounded to the nearest float where it must be. */
  public static FloatPlane rounded(Object array, int index) {
    return of(array, index, true);
  }

  private static FloatPlane of(Object array, int index, boolean rounded) {
    MaskedArray plane = select(masked(array), index);
    NdArray data = plane.data;
    boolean exact =
        is(data.dtype, Kind.KIND_BOOL, Kind.KIND_INT8, Kind.KIND_UINT8, Kind.KIND_INT16, Kind.KIND_UINT16, Kind.KIND_FLOAT16, Kind.KIND_FLOAT32);
    boolean wide = is(data.dtype, Kind.KIND_INT32, Kind.KIND_UINT32, Kind.KIND_INT64, Kind.KIND_UINT64, Kind.KIND_FLOAT64);
    if (!exact && !(rounded && wide)) throw refused(data.dtype, "a float");
    float[] out = new float[data.size()];
    if (data.dtype.kind == Kind.KIND_FLOAT32) rows(data).asFloatBuffer().get(out);
    else {
      int[] i = {0};
      data.places(place -> out[i[0]++] = floatAt(data, place));
    }
    return new FloatPlane(data.shape[1], data.shape[0], out, maskOf(plane));
  }

  private static float floatAt(NdArray data, int place) {
    switch (data.dtype.kind) {
      case KIND_BOOL:
        return data.bytes.get(place) == 0 ? 0 : 1;
      case KIND_FLOAT16:
        return Half.toFloat(data.bytes.getShort(place));
      case KIND_FLOAT64:
        return (float) data.bytes.getDouble(place);
      case KIND_UINT64:
        long bits = data.bytes.getLong(place);
        // The lowest bit is kept in the halving, so that it is rounded once.
        return bits >= 0 ? bits : (float) (bits >>> 1 | bits & 1) * 2;
      default:
        return data.longAt(place);
    }
  }

  @Override
  public float[] pixels() {
    return pixels;
  }

  /** Pixels with a value in place of those masked: NaN is ImageJ's own way to say missing. */
  public float[] filled(float value) {
    float[] out = pixels.clone();
    boolean[] mask = mask();
    for (int i = 0; i < out.length; i++) if (mask[i]) out[i] = value;
    return out;
  }

  @Override
  NdArray data(int... shape) {
    return NdArray.of(pixels, shape);
  }

  /** Planes of one size as an array of planes, height and width: {@link MaskedArray} if one has a mask, else {@link NdArray}. */
  public static Object stack(List<FloatPlane> planes) {
    int[] shape = shape(planes);
    float[] all = new float[Math.toIntExact(Shapes.size(shape))];
    int at = 0;
    for (FloatPlane one : planes) {
      System.arraycopy(one.pixels, 0, all, at, one.pixels.length);
      at += one.pixels.length;
    }
    return stacked(planes, NdArray.of(all, shape));
  }
}
