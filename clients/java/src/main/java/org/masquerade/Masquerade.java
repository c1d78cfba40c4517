package org.masquerade;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.masquerade.v1.ChecksumKind;
import org.masquerade.v1.File;

/** Files of one message masquerade.v1.File: the format .pb. */
public final class Masquerade {
  private static final int MAGIC = 0x3151534d;
  private static final byte[] HEAD = {0x0d, 'M', 'S', 'Q', '1'};
  private static final int VERSION = 1;
  private static final int ALIGNMENT = 64;

  private Masquerade() {}

  /** What a file holds: {@link NdArray}, {@link MaskedArray} or {@link Bundle}. Throws MasqueradeException for what is wrong with it. */
  public static Object load(Path path) throws IOException {
    return loads(Files.readAllBytes(path));
  }

  /** A file of one masked array. */
  public static MaskedArray loadMasked(Path path) throws IOException {
    return as(MaskedArray.class, load(path));
  }

  /** A file of one plain array. */
  public static NdArray loadArray(Path path) throws IOException {
    return as(NdArray.class, load(path));
  }

  /** A file of several arrays. */
  public static Bundle loadBundle(Path path) throws IOException {
    return as(Bundle.class, load(path));
  }

  private static <T> T as(Class<T> type, Object value) throws MasqueradeException {
    if (!type.isInstance(value))
      throw new MasqueradeException("the file holds a " + value.getClass().getSimpleName() + ", no " + type.getSimpleName());
    return type.cast(value);
  }

  /** The value of a file's bytes. Arrays are views of them. */
  public static Object loads(byte[] raw) throws MasqueradeException {
    for (int i = 0; i < HEAD.length; i++)
      if (raw.length <= i || raw[i] != HEAD[i])
        throw new MasqueradeException("the file does not begin with File.magic, 0d 4d 53 51 31", 0);
    Wire.check(raw, File.getDescriptor());
    File file;
    try {
      // Buffers stay where they are: views of the bytes given.
      CodedInputStream in = UnsafeByteOperations.unsafeWrap(raw).newCodedInput();
      in.enableAliasing(true);
      file = File.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw new MasqueradeException("no message of this schema: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException(e); // there is nothing to read from
    }
    if (file.getVersion() != VERSION)
      throw new MasqueradeException("version " + Integer.toUnsignedString(file.getVersion()) + " of the schema; " + VERSION + " is known");
    if (!file.hasArray() && !file.hasBundle()) throw new MasqueradeException("the file has no content");
    Reader reader = new Reader(file.getBuffersList());
    Object value = file.hasArray() ? reader.array(file.getArray()) : reader.bundle(file.getBundle());
    reader.finish();
    return value;
  }

  public static void save(Path path, Object value) throws IOException {
    save(path, value, WriteOptions.DEFAULT);
  }

  /** Writes a file, whole or not at all, and never over another: FileAlreadyExistsException. */
  public static void save(Path path, Object value, WriteOptions options) throws IOException {
    List<ByteBuffer> parts = parts(value, options);
    save(path, out -> {
      for (ByteBuffer part : parts) out.write(part);
    });
  }

  /** Takes the bytes of a file, piece by piece. */
  interface Sink {
    void write(ByteBuffer part) throws IOException;
  }

  /** Writes the bytes of a file. */
  interface Content {
    void to(Sink out) throws IOException;
  }

  static void save(Path path, Content content) throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    try {
      try (java.nio.channels.FileChannel out =
          java.nio.channels.FileChannel.open(
              temporary, java.nio.file.StandardOpenOption.WRITE, java.nio.file.StandardOpenOption.CREATE_NEW)) {
        content.to(
            part -> {
              while (part.hasRemaining()) out.write(part);
            });
        out.force(true);
      }
      // A link fails where the name is taken; a move would replace it.
      Files.createLink(path, temporary);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** The canonical bytes of a file: the same from every client. */
  public static byte[] dumps(Object value, WriteOptions options) throws MasqueradeException {
    List<ByteBuffer> parts = parts(value, options);
    ByteBuffer out = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
    for (ByteBuffer part : parts) out.put(part);
    return out.array();
  }

  private static List<ByteBuffer> parts(Object value, WriteOptions options) throws MasqueradeException {
    Writer writer = new Writer(options);
    File.Builder file = File.newBuilder().setMagic(MAGIC).setVersion(VERSION);
    if (value instanceof Bundle) file.setBundle(writer.bundle((Bundle) value));
    else if (value instanceof NdArray || value instanceof MaskedArray) file.setArray(writer.array(value));
    else throw new MasqueradeException("no array and no bundle: " + value);
    byte[] head = file.build().toByteArray();
    Wire.check(head, File.getDescriptor()); // how deep it is nested
    List<ByteBuffer> parts = new ArrayList<>();
    parts.add(ByteBuffer.wrap(head));
    buffers(parts, head.length, writer.buffers, options.checksum, 5);
    return parts;
  }

  /** Adds buffers, each as a message Buffer in this field, to parts of so many bytes. */
  static void buffers(List<ByteBuffer> parts, long before0, List<ByteBuffer> buffers, ChecksumKind kind, int field) throws MasqueradeException {
    long size = before0;
    for (ByteBuffer data : buffers) {
      byte[] after = sum(data, kind);
      byte[] before = before(data.remaining(), after.length, size, field);
      size += before.length + data.remaining() + after.length;
      if (size > Integer.MAX_VALUE)
        throw new MasqueradeException("a message of more than " + Integer.MAX_VALUE + " bytes, where protobuf libraries end");
      parts.add(ByteBuffer.wrap(before));
      parts.add(data.duplicate());
      parts.add(ByteBuffer.wrap(after));
    }
  }

  private static byte[] sum(ByteBuffer data, ChecksumKind kind) {
    if (kind == ChecksumKind.CHECKSUM_KIND_UNSPECIFIED) return new byte[0];
    ByteBuffer out = ByteBuffer.allocate(9).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0x1a).put((byte) 7).put((byte) 0x08).put((byte) kind.getNumber()).put((byte) 0x15);
    return out.putInt(Bits.checksum(kind, data)).array();
  }

  /** What comes before the data of a message Buffer, so that they lie at a multiple of 64 bytes. */
  private static byte[] before(int length, int after, long at, int field) {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    if (length > 0) {
      head.write(0x12);
      Bits.putVarint(head, length);
    }
    for (int zeros = 0; ; zeros++) {
      int padding = zeros == 0 ? 0 : 2 + zeros;
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(field << 3 | 2);
      Bits.putVarint(out, (long) padding + head.size() + length + after);
      if (zeros > 0) {
        out.write(0x0a);
        out.write(zeros);
        for (int i = 0; i < zeros; i++) out.write(0);
      }
      out.writeBytes(head.toByteArray());
      if (length == 0 || (at + out.size()) % ALIGNMENT == 0) return out.toByteArray();
    }
  }
}
