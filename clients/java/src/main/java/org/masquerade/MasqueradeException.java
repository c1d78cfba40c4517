package org.masquerade;

import java.io.IOException;

/** A file is not what it says it is, or a value has no place in a file. */
public final class MasqueradeException extends IOException {
  private final long offset;

  MasqueradeException(String message) {
    super(message);
    this.offset = -1;
  }

  MasqueradeException(String message, long offset) {
    super(message + " (at byte " + offset + ")");
    this.offset = offset;
  }

  MasqueradeException(String message, Throwable cause) {
    super(message, cause);
    this.offset = -1;
  }

  /** Where in the file, or -1. */
  public long offset() {
    return offset;
  }
}
