package org.masquerade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shared vectors. An index has a line for each. */
final class Vectors {
  static final Path FOLDER = Path.of("..", "vectors");
  private static final Pattern TEXT = Pattern.compile("\"(name|what|mask|checksum)\": \"((?:[^\"\\\\]|\\\\.)*)\"");

  private Vectors() {}

  static final class Vector {
    String name = "";
    String what = "";
    WriteOptions options = WriteOptions.DEFAULT;
    boolean npz;

    @Override
    public String toString() {
      return what.isEmpty() ? name : name + ": " + what;
    }
  }

  static List<Vector> index(Path index) throws IOException {
    List<Vector> out = new ArrayList<>();
    for (String line : Files.readAllLines(index)) {
      Vector vector = new Vector();
      Matcher m = TEXT.matcher(line);
      while (m.find()) {
        String text = m.group(2);
        if (m.group(1).equals("name")) vector.name = text;
        if (m.group(1).equals("what")) vector.what = text;
        if (text.equals("raw")) vector.options = vector.options.rawMasks();
        if (text.equals("run-length")) vector.options = vector.options.runLengthMasks();
        if (text.equals("crc32c")) vector.options = vector.options.crc32c();
        if (text.equals("none")) vector.options = vector.options.withoutChecksums();
      }
      vector.npz = line.contains("\"npz\": true");
      if (!vector.name.isEmpty()) out.add(vector);
    }
    if (out.isEmpty()) throw new IOException("no vectors in " + index);
    return out;
  }

  static List<Vector> all() throws IOException {
    return index(FOLDER.resolve("index.json"));
  }

  static List<Vector> malformed() throws IOException {
    return index(FOLDER.resolve("malformed").resolve("index.json"));
  }

  static List<Vector> malformedBlocks() throws IOException {
    return index(FOLDER.resolve("blocks").resolve("malformed").resolve("index.json"));
  }

  static List<Vector> unusual() throws IOException {
    return index(FOLDER.resolve("unusual").resolve("index.json"));
  }

  static byte[] read(String name) throws IOException {
    return Files.readAllBytes(FOLDER.resolve(name + ".pb"));
  }

  static Object load(String name) throws IOException {
    return Masquerade.loads(read(name));
  }
}
