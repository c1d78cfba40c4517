package org.masquerade;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Reads each of the shared vectors and writes it again. Not among the tests: mvn surefire:test -Dtest=Roundtrip -Dmasquerade.from=FROM
 * -Dmasquerade.to=TO -Dmasquerade.index=INDEX.json
 */
class Roundtrip {
  @Test
  void each() throws Exception {
    Path from = Path.of(System.getProperty("masquerade.from"));
    Path to = Path.of(System.getProperty("masquerade.to"));
    for (Vectors.Vector vector : Vectors.index(Path.of(System.getProperty("masquerade.index"))))
      Masquerade.save(to.resolve(vector.name + ".pb"), Masquerade.load(from.resolve(vector.name + ".pb")), vector.options);
  }
}
