package org.masquerade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.masquerade.v1.Kind;

class NpyTest {
  private static byte[] file(int version, String header, int bytes) {
    Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    byte[] text = header.getBytes(charset);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0, (byte) text.length, (byte) (text.length >> 8)});
    if (version > 1) out.writeBytes(new byte[2]);
    out.writeBytes(text);
    for (int i = 0; i < bytes; i++) out.write(i);
    return out.toByteArray();
  }

  private static String header(String descr, String shape) {
    return "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n";
  }

  @Test
  void theReadme(@TempDir Path folder) throws Exception {
    Path path = Files.write(folder.resolve("a.npy"), file(1, header("'<i2'", "(2, 3)"), 12));
    NdArray array = Npy.load(path);
    assertEquals(0x0b0a, array.getLong(1, 2));
  }

  @Test
  void versionsAndRecords() throws Exception {
    NdArray records = Npy.loads(file(3, header("[(('Titel', '\u00e9\u6f22'), '<i2'), ('', '|V2'), ('b', [('c', '>u2', (2,))])]", "(2,)"), 16));
    assertEquals(8, records.dtype().itemsize());
    assertEquals(2, records.dtype().fields().size());
    assertEquals(0x0908, records.field("\u00e9\u6f22").getLong(1));
    assertEquals("Titel", records.dtype().fields().get(0).title());
    assertArrayEquals(new long[] {0x0405, 0x0607, 0x0c0d, 0x0e0f}, records.field("b").field("c").toLongs());
    NdArray scalar = Npy.loads(file(2, header("'|u1'", "()"), 1));
    assertEquals(0, scalar.getLong());
    assertEquals(Kind.KIND_UINT8, scalar.dtype().kind());
    NdArray old = Npy.loads(file(1, header("\"<M8[25us]\"", "(1L,)"), 8));
    assertEquals(25, old.dtype().timeMultiple());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2,)", "{'descr': '<i2', 'fortran_order': False}",
        "{'descr': '<i2', 'fortran_order': 0, 'shape': (2,)}", "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), 'x': 1}",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (-2,)}", "{'descr': '<i2', 'fortran_order': False, 'shape': (3,)}",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2)}", "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<i3', 'fortran_order': False, 'shape': (2,)}", "{'descr': [('a', '<i2'), ('a', '<i2')], 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "{'descr': '<i2', 'fortran_order': False, 'shape': (1+1,)}",
        "{'descr': '<M8[xx]', 'fortran_order': False, 'shape': ()}", "{'descr': '<i2', 'descr': '<i2', 'fortran_order': False, 'shape': (2,)}", "[]", "",
      })
  void isRefused(String header) {
    assertThrows(MasqueradeException.class, () -> Npy.loads(file(1, header, 4)));
  }

  @Test
  void deepLiteralsAndTruncationsAreRefused() {
    assertThrows(MasqueradeException.class, () -> Npy.loads(file(1, "[".repeat(60000), 0)));
    assertThrows(MasqueradeException.class, () -> Npy.loads(file(1, "-".repeat(60000), 0)));
    byte[] raw = file(1, header("'<i2'", "(2,)"), 4);
    for (int length = 0; length < raw.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(raw, length);
      assertThrows(MasqueradeException.class, () -> Npy.loads(cut));
    }
    raw[6] = 4;
    assertThrows(MasqueradeException.class, () -> Npy.loads(raw));
  }
}
