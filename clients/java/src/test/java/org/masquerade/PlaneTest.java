package org.masquerade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.masquerade.v1.Kind;

class PlaneTest {
  @Test
  void theReadme() throws Exception {
    float[] values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    boolean[] bad = new boolean[12];
    bad[7] = true;
    MaskedArray stack = MaskedArray.of(NdArray.of(values, 2, 2, 3), bad);

    // #region exchange
    List<FloatPlane> planes = new ArrayList<>();
    for (int i = 0; i < Plane.count(stack.data()); i++) {
      FloatPlane plane = FloatPlane.of(stack, i);
      float[] pixels = plane.pixels(); // new FloatProcessor(plane.width(), plane.height(), pixels)
      boolean[] masked = plane.mask(); // true where masked
      for (int p = 0; p < pixels.length; p++) if (!masked[p]) pixels[p] *= 2;
      planes.add(plane);
    }
    MaskedArray doubled = (MaskedArray) FloatPlane.stack(planes);
    // #endregion exchange
    assertArrayEquals(new int[] {2, 2, 3}, doubled.data().shape());
    assertEquals(24, doubled.data().getDouble(1, 1, 2));
    assertEquals(8, doubled.data().getDouble(1, 0, 1));
    assertTrue(doubled.isMasked(1, 0, 1));
    assertTrue(Float.isNaN(planes.get(1).filled(Float.NaN)[1]));
    assertTrue(planes.get(1).isMasked(1, 0));
    assertFalse(planes.get(0).isMasked(1, 0));
    assertEquals((byte) 255, BytePlane.ofMask(planes.get(1)).pixels()[1]);
  }

  @Test
  void bothOrdersAndByteOrdersAreTheSamePicture() throws Exception {
    NdArray c = ((MaskedArray) Vectors.load("mask-raw")).data();
    NdArray f = (NdArray) Vectors.load("fortran-plain");
    assertArrayEquals(FloatPlane.rounded(c, 1).pixels(), FloatPlane.rounded(f, 1).pixels());
    assertEquals(12 / 8f, FloatPlane.rounded(f, 1).pixels()[0]);
    assertEquals(4, FloatPlane.rounded(f, 1).width());
    assertEquals(3, FloatPlane.rounded(f, 1).height());
    for (String name : new String[] {"f4", "f2"}) {
      NdArray data = ((MaskedArray) Vectors.load("dtype-be-" + name)).data();
      float[] pixels = FloatPlane.of(data, 0).pixels();
      for (int i = 0; i < 12; i++) assertEquals((float) data.getDouble(i / 4, i % 4), pixels[i]);
    }
    for (String name : new String[] {"dtype-be-u2", "dtype-le-i2", "dtype-u1"}) {
      MaskedArray array = (MaskedArray) Vectors.load(name);
      ShortPlane plane = ShortPlane.of(array, 0);
      for (int i = 0; i < 12; i++) {
        assertEquals(array.data().getLong(i / 4, i % 4), plane.value(i % 4, i / 4));
        assertEquals(array.isMasked(i / 4, i % 4), plane.isMasked(i % 4, i / 4));
      }
      MaskedArray back = (MaskedArray) plane.toArray();
      assertArrayEquals(array.data().toLongs(), back.data().toLongs());
      assertArrayEquals(array.toBooleans(), back.toBooleans());
      MaskedArray stacked = (MaskedArray) ShortPlane.stack(List.of(plane, plane));
      assertArrayEquals(new int[] {2, 3, 4}, stacked.data().shape());
      assertEquals(name.equals("dtype-le-i2") ? Kind.KIND_INT16 : Kind.KIND_UINT16, stacked.data().dtype().kind());
    }
  }

  @Test
  void bytesAndBools() throws Exception {
    MaskedArray bytes = (MaskedArray) Vectors.load("dtype-u1");
    BytePlane plane = BytePlane.of(bytes, 0);
    for (int i = 0; i < 12; i++) assertEquals(bytes.data().getLong(i / 4, i % 4), plane.value(i % 4, i / 4));
    assertArrayEquals(bytes.data().toLongs(), ((MaskedArray) plane.toArray()).data().toLongs());
    assertEquals(255, BytePlane.of(Vectors.load("dtype-bool"), 0).value(0, 0));
    assertArrayEquals(new int[] {1, 3, 4}, ((MaskedArray) BytePlane.stack(List.of(plane))).data().shape());
  }

  @Test
  void whatAPixelDoesNotHoldIsRefused() throws Exception {
    NdArray doubles = NdArray.of(new double[] {1}, 1, 1);
    assertThrows(IllegalArgumentException.class, () -> FloatPlane.of(doubles, 0));
    assertThrows(IllegalArgumentException.class, () -> ShortPlane.of(doubles, 0));
    assertThrows(IllegalArgumentException.class, () -> BytePlane.of(Vectors.load("dtype-le-u2"), 0));
    assertThrows(IndexOutOfBoundsException.class, () -> FloatPlane.rounded(doubles, 1));
    assertThrows(IllegalArgumentException.class, () -> Plane.count(NdArray.of(new double[] {1}, 1)));
    assertThrows(IllegalArgumentException.class, () -> new FloatPlane(2, 2, new float[3], null));
    assertThrows(IllegalArgumentException.class, () -> FloatPlane.stack(List.of()));
    // Rounded once, from the 64-bit integer.
    NdArray large = NdArray.over(java.nio.ByteBuffer.wrap(new byte[] {1, 0, 0, 0, 0x40, 0, 0, (byte) 0x80}), DType.of(Kind.KIND_UINT64), false, 1, 1);
    assertEquals(new java.math.BigDecimal(large.getBigInteger(0, 0)).floatValue(), FloatPlane.rounded(large, 0).pixels()[0]);
    assertTrue(FloatPlane.of(NdArray.of(new float[] {1}, 1, 1), 0).toArray() instanceof NdArray);
  }
}
