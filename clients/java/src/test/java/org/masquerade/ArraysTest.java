package org.masquerade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.masquerade.v1.Kind;

class ArraysTest {
  @TempDir Path folder;

  @Test
  void theReadme() throws Exception {
    Path path = folder.resolve("sst.pb");
    // #region exchange
    MaskedArray sst = MaskedArray.of(NdArray.of(new double[] {271.5, 1e20, 280.25, 275}, 2, 2), false, true, false, false).withFill(1e20);
    Masquerade.save(path, sst);

    MaskedArray same = Masquerade.loadMasked(path);
    double first = same.data().getDouble(0, 0); // 271.5
    boolean masked = same.isMasked(0, 1); // true
    double[] filled = same.filled(Double.NaN); // in C order
    MaskedArray column = same.slice(1, 0, 1, 1); // a view
    // #endregion exchange
    assertEquals(271.5, first);
    assertTrue(masked);
    assertArrayEquals(new double[] {271.5, Double.NaN, 280.25, 275}, filled);
    assertArrayEquals(new int[] {2, 1}, column.data().shape());
    assertEquals(1e20, same.fillValue().orElseThrow().getDouble());
    assertThrows(FileAlreadyExistsException.class, () -> Masquerade.save(path, sst));
    assertEquals(1, Files.list(folder).count());
    assertThrows(MasqueradeException.class, () -> Masquerade.loadBundle(path));
  }

  @Test
  void viewsInBothOrders() throws Exception {
    NdArray[] arrays = {((MaskedArray) Vectors.load("mask-raw")).data(), (NdArray) Vectors.load("fortran-plain")};
    for (NdArray array : arrays)
      for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++) for (int k = 0; k < 4; k++) assertEquals((i * 12 + j * 4 + k) / 8.0, array.getDouble(i, j, k));
    assertTrue(arrays[1].fortran());
    assertArrayEquals(arrays[0].toDoubles(), arrays[1].toDoubles());
    assertEquals(arrays[0].toBytes(true), arrays[1].toBytes(true));
  }

  @Test
  void slicesTransposesAndSelectionsShareTheMask() throws Exception {
    MaskedArray whole = (MaskedArray) Vectors.load("mask-runs");
    MaskedArray turned = whole.slice(2, 3, -1, -2).transpose();
    assertArrayEquals(new int[] {2, 3, 2}, turned.data().shape());
    int masked = 0;
    for (int i = 0; i < 2; i++)
      for (int j = 0; j < 3; j++)
        for (int k = 0; k < 2; k++) {
          assertEquals(whole.data().getDouble(k, j, 3 - 2 * i), turned.data().getDouble(i, j, k));
          assertEquals(whole.isMasked(k, j, 3 - 2 * i), turned.isMasked(i, j, k));
          assertEquals(whole.isMasked(k, j, 3 - 2 * i), turned.select(1, j).isMasked(i, k));
          if (turned.isMasked(i, j, k)) masked++;
        }
    assertTrue(masked > 0 && masked < 12);
    byte[] written = Masquerade.dumps(turned, WriteOptions.DEFAULT);
    assertArrayEquals(turned.toBooleans(), ((MaskedArray) Masquerade.loads(written)).toBooleans());
    assertThrows(IndexOutOfBoundsException.class, () -> whole.slice(0, 0, 3, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> whole.slice(0, 0, 1, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> whole.isMasked(0, 0, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> whole.data().getDouble(0, 0));
    assertEquals(0, whole.slice(0, 2, 2, 1).data().size());
  }

  @Test
  void fieldsOfRecordsWithTheirMasks() throws Exception {
    MaskedArray records = (MaskedArray) Vectors.load("struct-nested");
    ByteBuffer raw = records.data().toBytes(false).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    byte[] bools = records.bools(false);
    MaskedArray m = records.field("m");
    assertArrayEquals(new int[] {5, 2, 2}, m.data().shape());
    for (int i = 0; i < 5; i++)
      for (int j = 0; j < 2; j++)
        for (int k = 0; k < 2; k++) {
          assertEquals(raw.getShort(i * 16 + 6 + (j * 2 + k) * 2), m.data().getLong(i, j, k));
          assertEquals(bools[i * 7 + 2 + j * 2 + k] != 0, m.isMasked(i, j, k));
        }
    MaskedArray x = records.field("pos").field("x");
    raw.order(java.nio.ByteOrder.BIG_ENDIAN);
    for (int i = 0; i < 5; i++) {
      assertEquals(raw.getInt(i * 16), (int) x.data().getBits(i));
      assertEquals(bools[i * 7] != 0, x.isMasked(i));
    }
    assertThrows(IllegalArgumentException.class, () -> records.field("nobody"));
  }

  @Test
  void everyDtypeIsReadAsWhatItIs() throws Exception {
    for (String side : new String[] {"le", "be"}) {
      assertEquals(0x7ff0000000000001L, data("dtype-" + side + "-f8").getBits(0, 2));
      assertEquals(0x7f800001L, data("dtype-" + side + "-f4").getBits(0, 2));
      assertEquals(0x7c01L, data("dtype-" + side + "-f2").getBits(0, 2));
      assertEquals(-0x1p-14 * 0, data("dtype-" + side + "-f2").getDouble(0, 0));
      assertEquals(0x1p-24, data("dtype-" + side + "-f2").getDouble(0, 1));
      assertEquals(Short.MIN_VALUE, data("dtype-" + side + "-i2").getLong(0, 0));
      assertEquals(0x8000, data("dtype-" + side + "-u2").getLong(0, 0));
      assertEquals(Integer.MIN_VALUE, data("dtype-" + side + "-i4").getLong(0, 0));
      assertEquals(0x80000000L, data("dtype-" + side + "-u4").getLong(0, 0));
      assertEquals(Long.MIN_VALUE, data("dtype-" + side + "-i8").getLong(0, 0));
      assertEquals(BigInteger.ONE.shiftLeft(63), data("dtype-" + side + "-u8").getBigInteger(0, 0));
      assertEquals(-0.0, data("dtype-" + side + "-c16").getComplex(0, 0).real());
      assertEquals("𝄞 x", data("dtype-" + side + "-str").getText(2));
      assertEquals(1L << 40, data("dtype-" + side + "-datetime-25us").getLong(2));
      assertEquals(25, data("dtype-" + side + "-datetime-25us").dtype().timeMultiple());
      assertThrows(IllegalStateException.class, () -> data("dtype-" + side + "-u8").getLong(0, 0));
      assertThrows(IllegalStateException.class, () -> data("dtype-" + side + "-i8").getDouble(0, 0));
    }
    assertEquals("a\0b", data("dtype-bytes").getText(1));
    assertTrue(data("dtype-bool").getBoolean(0, 0));
    assertEquals("𝄞\n", data("dtype-string").getText(2));
    assertEquals(BigInteger.ONE.shiftLeft(70), data("dtype-object").getObject(1, 1));
    assertEquals(new Complex(1, -2), data("dtype-object").getObject(2, 2));
    assertEquals(List.of("a", 1L), ((List<?>) data("dtype-object").getObject(1, 3)).subList(0, 2));
  }

  private static NdArray data(String name) throws Exception {
    return ((MaskedArray) Vectors.load(name)).data();
  }

  @Test
  void fillValuesHaveTheirOwnDtype() throws Exception {
    assertEquals(999999, ((MaskedArray) Vectors.load("fill-other-dtype")).fillValue().orElseThrow().getLong());
    assertEquals(0xfff8dead0000beefL, ((MaskedArray) Vectors.load("fill-nan-payload")).fillValue().orElseThrow().getBits());
    assertTrue(((MaskedArray) Vectors.load("mask-raw")).fillValue().isEmpty());
    assertTrue(((MaskedArray) Vectors.load("hard")).hardMask());
    assertFalse(((MaskedArray) Vectors.load("nomask")).hasMask());
    assertTrue(((MaskedArray) Vectors.load("all-false")).hasMask());
    assertTrue(((MaskedArray) Vectors.load("hidden-dropped")).hiddenDropped());
  }

  @Test
  void bundlesAndAttributes() throws Exception {
    Bundle dict = (Bundle) Vectors.load("dict");
    assertTrue(dict.masked("t").isMasked(1));
    assertArrayEquals(new long[] {0, 1, 2}, dict.array("inner", "n").toLongs());
    assertEquals("sst", dict.attributes().get("title"));
    assertEquals(3L, dict.keys().get("3"));
    assertThrows(IllegalArgumentException.class, () -> dict.array("t"));
    assertThrows(IllegalArgumentException.class, () -> dict.masked("inner", "x"));
    NdArray labelled = (NdArray) Vectors.load("labelled");
    assertEquals(List.of("time", "x"), labelled.dims().orElseThrow());
    assertEquals("K", labelled.attributes().get("units"));

    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("none", null);
    attributes.put("big", BigInteger.ONE.shiftLeft(64).negate());
    attributes.put("bytes", ByteBuffer.wrap(new byte[] {1, 2}));
    attributes.put("tuple", new Tuple(List.of(1L, true, "ä")));
    NdArray array = NdArray.of(new int[] {1, 2}, 2).withAttributes(attributes).withDims("x");
    Bundle back = (Bundle) Masquerade.loads(Masquerade.dumps(new Bundle(Map.of("a", array)), WriteOptions.DEFAULT));
    assertEquals(attributes, back.array("a").attributes());
  }

  @Test
  void whatIsMaskedCanBeDropped() throws Exception {
    MaskedArray secret = MaskedArray.of(NdArray.of(new double[] {5, 42}, 2), false, true).withFill(-1);
    MaskedArray read = (MaskedArray) Masquerade.loads(Masquerade.dumps(secret, WriteOptions.DEFAULT.droppingHidden()));
    assertArrayEquals(new double[] {5, -1}, read.data().toDoubles());
    assertTrue(read.hiddenDropped() && read.isMasked(1));
    MaskedArray without = MaskedArray.of(NdArray.of(new double[] {5, 42}, 2), false, true);
    assertThrows(IllegalArgumentException.class, () -> Masquerade.dumps(without, WriteOptions.DEFAULT.droppingHidden()));
  }

  @Test
  void whatHasNoPlaceIsRefused() {
    assertRefused(Map.of("a", "\ud800"));
    assertRefused(Map.of("\udc00", 1L));
    assertRefused(Map.of("a", new Object()));
    List<Object> nested = new ArrayList<>();
    for (int i = 0; i < 60; i++) nested = new ArrayList<>(List.of(nested));
    assertRefused(Map.of("a", nested));
    List<Object> cyclic = new ArrayList<>();
    cyclic.add(cyclic);
    assertRefused(Collections.singletonMap("a", cyclic));
    assertThrows(IllegalArgumentException.class, () -> NdArray.of(new double[] {1}, 2));
    assertThrows(IllegalArgumentException.class, () -> MaskedArray.of(NdArray.of(new double[] {1}, 1), true, false));
    assertThrows(IllegalArgumentException.class, () -> DType.struct(2, new Field("a", DType.of(Kind.KIND_INT32), 0)));
  }

  private static void assertRefused(Map<String, Object> attributes) {
    NdArray array = NdArray.of(new int[] {1}, 1).withAttributes(attributes);
    assertThrows(MasqueradeException.class, () -> Masquerade.dumps(array, WriteOptions.DEFAULT));
  }
}
