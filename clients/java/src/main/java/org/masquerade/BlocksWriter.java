package org.masquerade;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import org.masquerade.v1.Array;
import org.masquerade.v1.Block;
import org.masquerade.v1.BlockShape;
import org.masquerade.v1.ChecksumKind;
import org.masquerade.v1.Codec;
import org.masquerade.v1.End;
import org.masquerade.v1.Envelope;
import org.masquerade.v1.Index;
import org.masquerade.v1.MaskEncoding;
import org.masquerade.v1.NpyHeader;
import org.masquerade.v1.Objects;
import org.masquerade.v1.Plane;
import org.masquerade.v1.StreamMessage;

/** Writes one stream of blocks. */
final class BlocksWriter {
  private static final int LEAST = 1 << 16;
  private static final int USUAL = 1 << 20;
  private static final int MANY = 1024;

  private final Masquerade.Sink out;
  private final WriteOptions options;
  private final List<Part> parts = new ArrayList<>();
  private final Index.Builder index = Index.newBuilder();
  private final ByteArrayOutputStream sums = new ByteArrayOutputStream();
  private long at;
  private int sum;

  BlocksWriter(Masquerade.Sink out, WriteOptions options) {
    this.out = out;
    this.options = options;
  }

  /** An array of the stream and how it is cut. */
  private static final class Part {
    NdArray data;
    MaskedArray masked;
    boolean drop;
    int[] lengths;

    boolean hasMask() {
      return masked != null && masked.mask != null;
    }
  }

  /** Writes what an envelope says of arrays, and sets these aside. */
  private final class Outliner extends Writer {
    Outliner() {
      super(WriteOptions.DEFAULT);
    }

    @Override
    Array member(Object value) throws MasqueradeException {
      Part part = new Part();
      part.masked = value instanceof MaskedArray ? (MaskedArray) value : null;
      part.data = part.masked == null ? (NdArray) value : part.masked.data;
      part.drop = part.hasMask() && BlocksWriter.this.options.dropHidden;
      DType dtype = part.data.dtype;
      if (dtype.hasObjects() && !dtype.ofObjects()) throw new MasqueradeException("records of objects are not defined");
      if (part.drop && dtype.ofObjects()) throw new MasqueradeException("what is masked in an array of objects cannot be dropped");
      part.lengths = lengths(part.data.shape, part.data.fortran(), dtype.itemsize);
      parts.add(part);
      Array.Builder said = Array.newBuilder().setMasked(part.masked != null);
      if (!NpyHeaders.saysAll(dtype)) said.setDtype(DTypes.write(dtype, this));
      if (part.hasMask()) said.setMask(org.masquerade.v1.Mask.getDefaultInstance());
      said(said, part.masked, part.data, part.drop);
      return said.build();
    }
  }

  /** The shape of blocks of an array (BLOCKS.md, "Which blocks there are"). */
  private int[] lengths(int[] shape, boolean fortran, int itemsize) {
    long size = options.blockBytes > 0 ? options.blockBytes : LEAST;
    long all = Shapes.times(Shapes.size(shape), itemsize);
    if (options.blockBytes == 0) while (size < USUAL && all > MANY * size) size *= 2;
    long most = Math.max(1, size / Math.max(1, itemsize));
    int[] out = new int[shape.length];
    java.util.Arrays.fill(out, 1);
    long inner = 1;
    for (int i = 0; i < shape.length; i++) {
      int axis = fortran ? i : shape.length - 1 - i;
      int whole = Math.max(1, shape[axis]);
      if (i == shape.length - 1 || inner * whole > most) {
        out[axis] = (int) Math.max(1, most / inner);
        break;
      }
      out[axis] = whole;
      inner *= whole;
    }
    return out;
  }

  void write(Object value) throws IOException {
    if (options.mask == MaskEncoding.MASK_ENCODING_RUN_LENGTH) throw new MasqueradeException("masks of blocks are packed or raw");
    if (options.codec == Codec.CODEC_ZSTD) Zstd.demand();
    put(Blocks.MAGIC);
    head(value);
    for (int i = 0; i < parts.size(); i++) for (Blocks.Due due : plan(i)) block(parts.get(i), due);
    long place = message(StreamMessage.newBuilder().setIndex(index).build().toByteArray());
    int digest = options.checksum == ChecksumKind.CHECKSUM_KIND_UNSPECIFIED ? 0 : Bits.checksum(options.checksum, ByteBuffer.wrap(sums.toByteArray()));
    End end = End.newBuilder().setBlocks(index.getSizesCount()).setIndex(place).setDigest(digest).build();
    message(StreamMessage.newBuilder().setEnd(end).build().toByteArray());
  }

  private List<Blocks.Due> plan(int number) throws MasqueradeException {
    Part part = parts.get(number);
    List<Long> lengths = new ArrayList<>();
    for (int n : part.lengths) lengths.add((long) n);
    List<Blocks.Due> out = new ArrayList<>();
    new Blocks.Arriving(part.data.dtype, part.data.shape, part.data.fortran(), lengths, part.hasMask()).plan(number, part.data.shape, 0, out, Integer.MAX_VALUE);
    return out;
  }

  /** Envelope and headers. */
  private void head(Object value) throws IOException {
    Outliner outliner = new Outliner();
    Envelope.Builder envelope = Envelope.newBuilder().setMagic(Blocks.ENVELOPE_MAGIC).setVersion(Blocks.VERSION);
    if (value instanceof Bundle) envelope.setBundle(outliner.bundle((Bundle) value));
    else if (value instanceof NdArray || value instanceof MaskedArray) envelope.setArray(outliner.member(value));
    else throw new MasqueradeException("no array and no bundle: " + value);
    long blocks = 0;
    for (int i = 0; i < parts.size(); i++) {
      BlockShape.Builder shape = BlockShape.newBuilder();
      for (int n : parts.get(i).lengths) shape.addLengths(n);
      envelope.addBlockShapes(shape);
      blocks += plan(i).size();
    }
    envelope.setHeaders(parts.size()).setBlocks(blocks).setCodec(options.codec).setChecksum(options.checksum).setMaskEncoding(options.mask);
    byte[] body = withBuffers(envelope.build(), outliner.buffers, 11);
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    first.write(0x0a);
    Bits.putVarint(first, body.length);
    first.writeBytes(body);
    Wire.check(first.toByteArray(), StreamMessage.getDescriptor()); // how deep it is nested
    message(first.toByteArray());
    for (int i = 0; i < parts.size(); i++) {
      NdArray data = parts.get(i).data;
      ByteString npy = ByteString.copyFrom(NpyHeaders.write(data.dtype, data.shape, data.fortran()));
      message(StreamMessage.newBuilder().setHeader(NpyHeader.newBuilder().setArray(i).setNpy(npy)).build().toByteArray());
    }
  }

  private static byte[] withBuffers(Message message, List<ByteBuffer> buffers, int field) throws MasqueradeException {
    byte[] head = message.toByteArray();
    List<ByteBuffer> all = new ArrayList<>();
    all.add(ByteBuffer.wrap(head));
    Masquerade.buffers(all, head.length, buffers, ChecksumKind.CHECKSUM_KIND_CRC32, field);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (ByteBuffer one : all) out.writeBytes(bytes(one));
    return out.toByteArray();
  }

  static byte[] bytes(ByteBuffer of) {
    byte[] out = new byte[of.remaining()];
    of.duplicate().get(out);
    return out;
  }

  private Part current;
  private ByteBuffer data;
  private List<Object> objects;
  private byte[] bools;

  private void block(Part part, Blocks.Due due) throws IOException {
    if (part != current) {
      boolean fortran = part.data.fortran();
      current = part;
      bools = part.hasMask() ? part.masked.bools(fortran) : null;
      objects = part.data.dtype.ofObjects() ? part.data.toObjects(fortran) : null;
      data = objects != null ? null : part.drop ? part.masked.dropped(fortran) : part.data.toBytes(fortran);
    }
    byte[] raw;
    if (due.plane == Plane.PLANE_MASK) {
      int each = (int) part.data.dtype.bools();
      int start = (int) due.start * each;
      raw = Bits.encode(java.util.Arrays.copyOfRange(bools, start, start + (int) due.count * each), options.mask);
    } else if (objects != null) {
      Writer writer = new Writer(WriteOptions.DEFAULT);
      Objects.Builder items = Objects.newBuilder();
      for (int i = 0; i < due.count; i++) items.addItems(writer.value(objects.get((int) due.start + i)));
      raw = withBuffers(items.build(), writer.buffers, 2);
      Wire.check(raw, Objects.getDescriptor());
    } else {
      int itemsize = part.data.dtype.itemsize;
      raw = new byte[(int) due.count * itemsize];
      ByteBuffer from = data.duplicate();
      from.position(from.position() + (int) due.start * itemsize);
      from.get(raw);
    }
    byte[] packed = compressed(raw);
    ByteString kept = UnsafeByteOperations.unsafeWrap(packed.length < raw.length ? packed : raw);
    Block.Builder one = Block.newBuilder().setIndex(index.getSizesCount()).setArray(due.array).setPlane(due.plane);
    one.setStart(due.start).setCount(due.count).setLength(raw.length).setData(kept);
    long place = message(StreamMessage.newBuilder().setBlock(one).build().toByteArray());
    index.addOffsets(place).addSizes((int) (at - place));
    for (int k = 0; k < 32; k += 8) sums.write(sum >>> k);
  }

  private byte[] compressed(byte[] raw) {
    if (options.codec == Codec.CODEC_ZSTD) return Zstd.compress(raw, 3);
    if (options.codec != Codec.CODEC_DEFLATE) return raw;
    Deflater deflater = new Deflater();
    deflater.setInput(raw);
    deflater.finish();
    byte[] out = new byte[raw.length + 1];
    int length = deflater.deflate(out);
    boolean whole = deflater.finished();
    deflater.end();
    return whole ? java.util.Arrays.copyOf(out, length) : raw;
  }

  /** Writes a message and its checksum; gives the place where it begins. */
  private long message(byte[] body) throws IOException {
    boolean sealed = options.checksum != ChecksumKind.CHECKSUM_KIND_UNSPECIFIED;
    sum = sealed ? Bits.checksum(options.checksum, ByteBuffer.wrap(body)) : 0;
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    Bits.putVarint(head, body.length + (sealed ? 5L : 0));
    put(head.toByteArray());
    long place = at;
    put(body);
    if (sealed) put(ByteBuffer.allocate(5).order(ByteOrder.LITTLE_ENDIAN).put((byte) 0x7d).putInt(sum).array());
    return place;
  }

  private void put(byte[] raw) throws IOException {
    at += raw.length;
    out.write(ByteBuffer.wrap(raw));
  }
}
