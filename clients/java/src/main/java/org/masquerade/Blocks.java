package org.masquerade;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.masquerade.v1.Array;
import org.masquerade.v1.Block;
import org.masquerade.v1.ChecksumKind;
import org.masquerade.v1.Codec;
import org.masquerade.v1.End;
import org.masquerade.v1.Entry;
import org.masquerade.v1.Envelope;
import org.masquerade.v1.Growth;
import org.masquerade.v1.Index;
import org.masquerade.v1.Kind;
import org.masquerade.v1.MaskEncoding;
import org.masquerade.v1.Objects;
import org.masquerade.v1.Plane;
import org.masquerade.v1.StreamMessage;

/** Streams of blocks, .mqb: without compression, with deflate, or with zstd where zstd-jni is there; those of Blosc are refused. */
public final class Blocks {
  static final byte[] MAGIC = {(byte) 0x89, 'M', 'Q', 'B', '\r', '\n', 0x1a, '\n'};
  static final int ENVELOPE_MAGIC = 0x3142514d;
  static final int VERSION = 1;

  private final byte[] raw;
  private int at = MAGIC.length;
  private ChecksumKind kind = ChecksumKind.CHECKSUM_KIND_UNSPECIFIED;
  private int sum;
  private int begin;
  private Envelope envelope;
  private Reader reader;

  private Blocks(byte[] raw) {
    this.raw = raw;
  }

  /** What a file holds: {@link NdArray}, {@link MaskedArray} or {@link Bundle}. Throws MasqueradeException for what is wrong with it. */
  public static Object load(Path path) throws IOException {
    return loads(Files.readAllBytes(path));
  }

  /** Writes a file, whole or not at all, and never over another: FileAlreadyExistsException. No more than one block is made at once. */
  public static void save(Path path, Object value, WriteOptions options) throws IOException {
    Masquerade.save(path, out -> new BlocksWriter(out, options).write(value));
  }

  /** The same with the default options. */
  public static void save(Path path, Object value) throws IOException {
    save(path, value, WriteOptions.DEFAULT);
  }

  /** The bytes of a file: without compression the same from every client. */
  public static byte[] dumps(Object value, WriteOptions options) throws MasqueradeException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      new BlocksWriter(part -> out.write(BlocksWriter.bytes(part), 0, part.remaining()), options).write(value);
    } catch (MasqueradeException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException(e); // there is nothing to write to
    }
    return out.toByteArray();
  }

  /** The value of a file's bytes. */
  public static Object loads(byte[] raw) throws MasqueradeException {
    for (int i = 0; i < MAGIC.length; i++)
      if (raw.length <= i || raw[i] != MAGIC[i])
        throw new MasqueradeException("no stream of blocks: it does not begin with \\x89MQB\\r\\n\\x1a\\n", 0);
    return new Blocks(raw).read();
  }

  /** The next message, its checksum verified. */
  private StreamMessage message() throws MasqueradeException {
    long length = 0;
    for (int shift = 0; ; shift += 7) {
      if (at >= raw.length) throw new MasqueradeException("the stream is cut off: there is no end", at);
      byte one = raw[at++];
      length |= (long) (one & 127) << shift;
      if (one >= 0) break;
      if (shift > 28) throw new MasqueradeException("a message's length has too many bytes", at);
    }
    if (length > raw.length - at)
      throw new MasqueradeException(length + " bytes are said to follow, there are " + (raw.length - at), at);
    byte[] body = java.util.Arrays.copyOfRange(raw, at, at + (int) length);
    begin = at;
    at += (int) length;
    // Before anything else is done with it; of the envelope's checksum it says itself which kind it is.
    if (envelope != null) verify(body);
    Wire.check(body, StreamMessage.getDescriptor());
    StreamMessage out;
    try {
      out = StreamMessage.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new MasqueradeException("no message of this schema: " + e.getMessage(), e);
    }
    if (envelope == null) {
      kind = out.getEnvelope().getChecksum();
      verify(body);
    }
    if (out.hasChecksum() != (kind != ChecksumKind.CHECKSUM_KIND_UNSPECIFIED))
      throw new MasqueradeException("a message with a checksum where there are none, or without", begin);
    return out;
  }

  private void verify(byte[] body) throws MasqueradeException {
    sum = 0;
    if (kind == ChecksumKind.CHECKSUM_KIND_UNSPECIFIED) return;
    int end = body.length - 5;
    if (end < 0 || body[end] != 0x7d) throw new MasqueradeException("a checksum that is not at the end of its message", begin);
    sum = Bits.checksum(kind, ByteBuffer.wrap(body, 0, end));
    if (sum != ByteBuffer.wrap(body, end + 1, 4).order(ByteOrder.LITTLE_ENDIAN).getInt())
      throw new MasqueradeException("the checksum of a message is wrong", begin);
  }

  private Object read() throws MasqueradeException {
    StreamMessage first = message();
    if (!first.hasEnvelope()) throw new MasqueradeException("the first message is no envelope");
    envelope = first.getEnvelope();
    if (envelope.getMagic() != ENVELOPE_MAGIC || envelope.getVersion() != VERSION)
      throw new MasqueradeException("version " + Integer.toUnsignedString(envelope.getVersion()) + " of streams; " + VERSION + " is known");
    MaskEncoding masks = envelope.getMaskEncoding();
    if (masks != MaskEncoding.MASK_ENCODING_RAW && masks != MaskEncoding.MASK_ENCODING_PACKED)
      throw new MasqueradeException("the envelope lacks its encoding of masks");
    if (envelope.getCodec() == Codec.CODEC_UNSPECIFIED || envelope.getCodec() == Codec.CODEC_BLOSC)
      throw new MasqueradeException("blocks compressed by " + envelope.getCodec() + ", which is not read here; write them with deflate or zstd");
    if (envelope.getCodec() == Codec.CODEC_ZSTD) Zstd.demand();
    reader = new Reader(envelope.getBuffersList());
    List<Array> said = new ArrayList<>();
    if (envelope.hasArray()) said.add(envelope.getArray());
    else if (envelope.hasBundle()) outline(envelope.getBundle(), said);
    else throw new MasqueradeException("the envelope has no content");
    if (!envelope.hasHeaders() || envelope.getHeaders() != said.size() || envelope.getBlockShapesCount() != said.size())
      throw new MasqueradeException("as many headers and shapes of blocks as the " + said.size() + " arrays are missing");
    List<Arriving> arrays = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) arrays.add(header(i, said.get(i)));
    blocks(arrays);
    Deque<Object[]> ready = new ArrayDeque<>();
    for (Arriving array : arrays) ready.add(array.done());
    Object value = reader.content(envelope, ready);
    reader.finish();
    return value;
  }

  private static void outline(org.masquerade.v1.Bundle bundle, List<Array> into) {
    for (Entry entry : bundle.getEntriesList()) {
      if (entry.hasArray()) into.add(entry.getArray());
      else if (entry.hasBundle()) outline(entry.getBundle(), into);
    }
  }

  private Arriving header(int number, Array said) throws MasqueradeException {
    StreamMessage next = message();
    if (!next.hasHeader() || next.getHeader().getArray() != number)
      throw new MasqueradeException("header " + number + " is due, and something else comes");
    if (said.getShapeCount() > 0 || said.getOrderValue() != 0 || said.getObjectsCount() > 0 || said.getDataBuffer() != 0)
      throw new MasqueradeException("an array of a stream has its shape, order or data in the envelope");
    if (said.getMask().getCount() != 0 || said.getMask().getEncodingValue() != 0 || said.getMask().getBuffer() != 0)
      throw new MasqueradeException("a mask of a stream is in the envelope");
    Npy.Header npy = Npy.header(next.getHeader().getNpy().toByteArray());
    DType dtype = npy.dtype;
    if (said.hasDtype()) {
      dtype = DTypes.read(said.getDtype(), reader, 0);
      boolean texts = dtype.kind == Kind.KIND_STRING && npy.dtype.kind == Kind.KIND_OBJECT;
      boolean opaque = npy.dtype.kind == Kind.KIND_VOID && npy.dtype.itemsize == dtype.itemsize; // fields that overlap
      if (!texts && !opaque && !npy.dtype.sameAs(dtype) && !DType.isLong(dtype.kind))
        throw new MasqueradeException("an NPY header has another dtype than the envelope says");
    }
    if (dtype.hasObjects() && !dtype.ofObjects()) throw new MasqueradeException("records of objects are not defined");
    List<Long> lengths = envelope.getBlockShapes(number).getLengthsList();
    if (lengths.size() != npy.shape.length) throw new MasqueradeException("blocks of " + lengths.size() + " axes of shape " + npy.shape.length);
    return new Arriving(dtype, npy.shape, npy.fortran, lengths, said.hasMask());
  }

  /** One block that is due. */
  static final class Due {
    final int array;
    final Plane plane;
    final long start;
    final long count;

    Due(int array, Plane plane, long start, long count) {
      this.array = array;
      this.plane = plane;
      this.start = start;
      this.count = count;
    }
  }

  private void blocks(List<Arriving> arrays) throws MasqueradeException {
    List<Due> plan = new ArrayList<>();
    for (int i = 0; i < arrays.size(); i++) arrays.get(i).plan(i, arrays.get(i).shape, 0, plan, raw.length);
    if (envelope.hasBlocks() && envelope.getBlocks() != plan.size())
      throw new MasqueradeException(envelope.getBlocks() + " blocks are announced, the arrays have " + plan.size());
    ByteArrayOutputStream sums = new ByteArrayOutputStream();
    int next = 0;
    boolean done = false;
    int indexed = 0;
    List<Long> offsets = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    List<Growth> growths = new ArrayList<>();
    while (!done || at < raw.length) {
      StreamMessage one = message();
      if (one.hasBlock() && next < plan.size()) {
        block(one.getBlock(), next, plan.get(next), arrays);
        for (int k = 0; k < 32; k += 8) sums.write(sum >>> k);
        offsets.add((long) begin);
        sizes.add(at - begin);
        next++;
      } else if (one.hasGrowth() && (done || indexed == 0)) { // before the other blocks, too: so they travel
        grow(one.getGrowth(), arrays, plan);
        growths.add(one.getGrowth());
        done = false;
        indexed = 0;
      } else if (one.hasIndex() && next == plan.size() && !done && indexed == 0) {
        Index index = one.getIndex();
        if (!index.getOffsetsList().equals(offsets) || !index.getSizesList().equals(sizes) || !index.getGrowthsList().equals(growths))
          throw new MasqueradeException("the index tells of other blocks than there are", begin);
        indexed = begin;
      } else if (one.hasEnd() && !done) {
        end(one.getEnd(), next, plan.size(), sums.toByteArray());
        if (one.getEnd().getIndex() != 0 && one.getEnd().getIndex() != indexed)
          throw new MasqueradeException("the end has the index at byte " + one.getEnd().getIndex() + ", where it is not", begin);
        done = true;
      } else throw new MasqueradeException("a message that is not due: " + one.getKindCase(), at);
    }
  }

  private void end(End end, int next, int blocks, byte[] sums) throws MasqueradeException {
    if (next < blocks) throw new MasqueradeException("blocks are missing: " + next + " to " + (blocks - 1));
    int digest = kind == ChecksumKind.CHECKSUM_KIND_UNSPECIFIED ? 0 : Bits.checksum(kind, ByteBuffer.wrap(sums));
    if (!end.hasBlocks() || end.getBlocks() != blocks || !end.hasIndex() || !end.hasDigest() || end.getDigest() != digest)
      throw new MasqueradeException("the end tells of other blocks than there are");
  }

  private void grow(Growth growth, List<Arriving> arrays, List<Due> plan) throws MasqueradeException {
    if (Integer.compareUnsigned(growth.getArray(), arrays.size()) >= 0) throw new MasqueradeException("an array grows that is not there");
    Arriving array = arrays.get(growth.getArray());
    int axis = array.fortran ? array.shape.length - 1 : 0;
    if (array.shape.length == 0 || array.dtype.itemsize == 0 || growth.getLength() < array.shape[axis] || growth.getLength() > Integer.MAX_VALUE)
      throw new MasqueradeException("an array grows to a length of " + growth.getLength());
    int[] added = array.shape.clone();
    added[axis] = (int) growth.getLength() - added[axis];
    array.plan(growth.getArray(), added, Shapes.size(array.shape), plan, raw.length);
    array.shape[axis] = (int) growth.getLength();
  }

  private void block(Block block, int index, Due due, List<Arriving> arrays) throws MasqueradeException {
    if (block.getIndex() != index || block.getArray() != due.array || block.getPlane() != due.plane || block.getStart() != due.start
        || block.getCount() != due.count)
      throw new MasqueradeException("block " + index + " is due, and block " + block.getIndex() + " comes, or differs from what is planned");
    Arriving array = arrays.get(due.array);
    boolean mask = due.plane == Plane.PLANE_MASK;
    long bools = Shapes.times(due.count, array.dtype.bools());
    long need = mask ? bools : Shapes.times(due.count, array.dtype.itemsize);
    if (mask && envelope.getMaskEncoding() == MaskEncoding.MASK_ENCODING_PACKED) need = (bools + 7) / 8;
    boolean objects = array.dtype.ofObjects() && !mask;
    if ((!objects && block.getLength() != need) || block.getLength() > Integer.MAX_VALUE - 8 || bools > Integer.MAX_VALUE - 8)
      throw new MasqueradeException("block " + index + " has " + block.getLength() + " bytes, not " + need);
    ByteString data = block.getData().size() == block.getLength() ? block.getData() : inflated(block, index);
    if (mask) array.mask.writeBytes(Bits.decode(data, envelope.getMaskEncoding(), (int) bools));
    else if (objects) objects(data, due.count, array);
    else array.data.writeBytes(data.toByteArray());
  }

  private ByteString inflated(Block block, int index) throws MasqueradeException {
    if (envelope.getCodec() == Codec.CODEC_ZSTD && block.getLength() > block.getData().size())
      return ByteString.copyFrom(Zstd.decompress(block.getData().toByteArray(), (int) block.getLength(), "block " + index));
    if (envelope.getCodec() != Codec.CODEC_DEFLATE || block.getLength() < block.getData().size())
      throw new MasqueradeException("block " + index + " of " + block.getLength() + " bytes has " + block.getData().size());
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(block.getData().toByteArray());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] part = new byte[1 << 16];
      while (out.size() <= block.getLength()) {
        int n = inflater.inflate(part);
        if (n == 0) break;
        out.write(part, 0, n);
      }
      if (out.size() != block.getLength() || !inflater.finished() || inflater.getRemaining() > 0)
        throw new MasqueradeException("block " + index + " is no zlib stream of " + block.getLength() + " bytes");
      return ByteString.copyFrom(out.toByteArray());
    } catch (DataFormatException e) {
      throw new MasqueradeException("block " + index + ": " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  private static void objects(ByteString data, long count, Arriving array) throws MasqueradeException {
    Wire.check(data.toByteArray(), Objects.getDescriptor());
    Objects said;
    try {
      said = Objects.parseFrom(data);
    } catch (InvalidProtocolBufferException e) {
      throw new MasqueradeException("no message of this schema: " + e.getMessage(), e);
    }
    if (said.getItemsCount() != count) throw new MasqueradeException("a block of " + count + " objects has " + said.getItemsCount());
    Reader inner = new Reader(said.getBuffersList());
    for (org.masquerade.v1.Value one : said.getItemsList()) array.objects.add(inner.element(one, array.dtype));
    inner.finish();
  }

  /** An array whose blocks come one after another in memory, so that nothing is taken on a claim. */
  static final class Arriving {
    final DType dtype;
    final int[] shape;
    final boolean fortran;
    final List<Long> lengths;
    final boolean masked;
    final ByteArrayOutputStream data = new ByteArrayOutputStream();
    final ByteArrayOutputStream mask = new ByteArrayOutputStream();
    final List<Object> objects = new ArrayList<>();

    Arriving(DType dtype, int[] shape, boolean fortran, List<Long> lengths, boolean masked) {
      this.dtype = dtype;
      this.shape = shape;
      this.fortran = fortran;
      this.lengths = lengths;
      this.masked = masked;
    }

    /** Adds the blocks of a part of the array (BLOCKS.md, "Which blocks there are"). */
    void plan(int array, int[] part, long first, List<Due> into, int limit) throws MasqueradeException {
      int n = part.length;
      int i = 0;
      long inner = 1;
      for (; i < n - 1; i++) {
        int axis = fortran ? i : n - 1 - i;
        if (lengths.get(axis) != Math.max(1, part[axis])) break;
        inner = Shapes.times(inner, part[axis]);
      }
      int cut = n == 0 ? -1 : fortran ? i : n - 1 - i;
      long rows = n == 0 ? 1 : part[cut];
      long most = n == 0 ? 1 : lengths.get(cut);
      long outer = 1;
      boolean runs = most >= 1;
      for (int k = i + 1; k < n; k++) {
        int axis = fortran ? k : n - 1 - k;
        runs = runs && lengths.get(axis) == 1 && most <= Math.max(1, rows);
        outer = Shapes.times(outer, part[axis]);
      }
      if (!runs) throw new MasqueradeException("blocks of shape " + lengths + " are no runs of memory");
      if (Shapes.size(part) == 0 || (dtype.itemsize == 0 && !masked)) return;
      // Every run takes a block, and every block some bytes: what cannot be there is not counted out.
      if (Shapes.times(outer, (rows + most - 1) / most) > limit) throw new MasqueradeException("more blocks than there is room for");
      for (long o = 0; o < outer; o++)
        for (long row = 0; row < rows; row += most) {
          long start = first + (o * rows + row) * inner;
          long count = Math.min(most, rows - row) * inner;
          if (dtype.itemsize > 0) into.add(new Due(array, Plane.PLANE_DATA, start, count));
          if (masked) into.add(new Due(array, Plane.PLANE_MASK, start, count));
        }
    }

    /** The array, and its mask or null. */
    Object[] done() throws MasqueradeException {
      if (Shapes.size(shape) > Integer.MAX_VALUE) throw new MasqueradeException("more elements than a Java array has");
      NdArray whole =
          dtype.ofObjects()
              ? NdArray.over(objects.toArray(), dtype, fortran, shape)
              : NdArray.over(ByteBuffer.wrap(data.toByteArray()), dtype, fortran, shape);
      int unit = (int) Math.min(dtype.bools(), Integer.MAX_VALUE);
      return new Object[] {whole, masked ? new Mask(mask.toByteArray(), 0, Shapes.strides(shape, unit, fortran), unit) : null};
    }
  }
}
