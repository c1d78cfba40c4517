package org.masquerade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VectorsTest {
  @ParameterizedTest
  @MethodSource("org.masquerade.Vectors#all")
  void isReadAndWrittenAgain(Vectors.Vector vector) throws Exception {
    byte[] raw = Vectors.read(vector.name);
    assertArrayEquals(raw, Masquerade.dumps(Masquerade.loads(raw), vector.options));
  }

  @ParameterizedTest
  @MethodSource("org.masquerade.Vectors#malformed")
  void isRefused(Vectors.Vector vector) throws Exception {
    byte[] raw = Vectors.read("malformed/" + vector.name);
    assertFalse(assertThrows(MasqueradeException.class, () -> Masquerade.loads(raw)).getMessage().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("org.masquerade.Vectors#unusual")
  void isRead(Vectors.Vector vector) throws Exception {
    Object value = Vectors.load("unusual/" + vector.name);
    Masquerade.loads(Masquerade.dumps(value, WriteOptions.DEFAULT));
  }

  /** What np.savez wrote is what the message holds: two independent ways to the same bytes. */
  @ParameterizedTest
  @MethodSource("org.masquerade.Vectors#all")
  void isTheSameAsNumPysOwnFile(Vectors.Vector vector) throws Exception {
    if (!vector.npz || vector.name.equals("flat-dict") || vector.name.equals("hidden-dropped")) return;
    Object value = Vectors.load(vector.name);
    NdArray data = value instanceof MaskedArray ? ((MaskedArray) value).data() : (NdArray) value;
    try (ZipFile zip = new ZipFile(Vectors.FOLDER.resolve(vector.name + ".npz").toFile())) {
      same(data, member(zip, "data.npy"));
      if (!(value instanceof MaskedArray)) return;
      MaskedArray masked = (MaskedArray) value;
      if (masked.hasMask()) {
        NdArray mask = member(zip, "mask.npy");
        assertArrayEquals(data.shape(), mask.shape());
        assertEquals(ByteBuffer.wrap(masked.bools(data.fortran())), mask.toBytes(data.fortran()));
      }
      if (masked.fillValue().isPresent()) same(masked.fillValue().get(), member(zip, "fill_value.npy"));
    }
  }

  private static NdArray member(ZipFile zip, String name) throws Exception {
    ZipEntry entry = zip.getEntry(name);
    return Npy.loads(zip.getInputStream(entry).readAllBytes());
  }

  private static void same(NdArray a, NdArray b) {
    assertTrue(a.dtype().sameAs(b.dtype()), () -> a.dtype() + " and " + b.dtype());
    assertArrayEquals(a.shape(), b.shape());
    assertEquals(a.toBytes(a.fortran()), b.toBytes(a.fortran()));
    if (a.size() > 1) assertEquals(a.fortran(), b.fortran());
  }

  @Test
  void everyTruncationIsRefused() throws Exception {
    for (String name : new String[] {"mask-runs", "struct-nested", "dict"}) {
      byte[] raw = Vectors.read(name);
      for (int length = 0; length < raw.length; length++) {
        byte[] cut = java.util.Arrays.copyOf(raw, length);
        assertThrows(MasqueradeException.class, () -> Masquerade.loads(cut), name + " cut at " + length);
      }
    }
  }

  @Test
  void everyFlippedBitOfTheDataIsNoticed() throws Exception {
    byte[] raw = Vectors.read("checksum-crc32c");
    int length = ((MaskedArray) Masquerade.loads(raw)).data().toBytes(false).remaining();
    // The data begin at the first multiple of 64 after what describes the array.
    int start = 64;
    for (int at = start; at < start + length; at++) {
      byte[] mutant = raw.clone();
      mutant[at] ^= (byte) (1 << at % 8);
      MasqueradeException e = assertThrows(MasqueradeException.class, () -> Masquerade.loads(mutant));
      assertTrue(e.getMessage().contains("checksum"), e.getMessage());
    }
  }

  @Test
  void mutantsFailInOneWayOrAreValues() throws Exception {
    Random random = new Random(5);
    for (String name : new String[] {"struct-nested", "dtype-object", "labelled", "dict", "mask-runs", "dtype-le-datetime-25us"}) {
      byte[] raw = Vectors.read(name);
      for (int i = 0; i < 2000; i++) {
        byte[] mutant = raw.clone();
        for (int k = random.nextInt(3); k >= 0; k--) mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
        try {
          Masquerade.dumps(Masquerade.loads(mutant), WriteOptions.DEFAULT);
        } catch (MasqueradeException e) {
          assertFalse(e.getMessage().isEmpty());
        }
      }
    }
  }
}
