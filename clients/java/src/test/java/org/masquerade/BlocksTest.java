package org.masquerade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.masquerade.v1.Block;
import org.masquerade.v1.ChecksumKind;
import org.masquerade.v1.Codec;
import org.masquerade.v1.End;
import org.masquerade.v1.Growth;
import org.masquerade.v1.MaskEncoding;
import org.masquerade.v1.Plane;
import org.masquerade.v1.StreamMessage;

class BlocksTest {
  private static Path path(String name) {
    return Vectors.FOLDER.resolve("blocks").resolve(name + ".mqb");
  }

  @ParameterizedTest
  @MethodSource("org.masquerade.Vectors#all")
  void isTheSameAsTheMessage(Vectors.Vector vector) throws Exception {
    assertArrayEquals(Vectors.read(vector.name), Masquerade.dumps(Blocks.load(path(vector.name)), vector.options));
  }

  @ParameterizedTest
  @MethodSource("org.masquerade.Vectors#all")
  void isWrittenAgain(Vectors.Vector vector) throws Exception {
    byte[] raw = Files.readAllBytes(path(vector.name));
    WriteOptions options = vector.options.mask == MaskEncoding.MASK_ENCODING_RUN_LENGTH ? vector.options.packedMasks() : vector.options;
    assertArrayEquals(raw, Blocks.dumps(Blocks.loads(raw), options));
  }

  private static MaskedArray rows() {
    double[] values = new double[6000];
    boolean[] mask = new boolean[values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 7;
      mask[i] = i % 5 == 0;
    }
    return MaskedArray.of(NdArray.of(values, 300, 20), mask).withFill(-1);
  }

  @Test
  void everyCodecAndSizeOfBlock(@TempDir Path folder) throws Exception {
    MaskedArray rows = rows();
    byte[] expected = Masquerade.dumps(rows, WriteOptions.DEFAULT);
    WriteOptions plain = WriteOptions.DEFAULT;
    int uncompressed = Blocks.dumps(rows, plain).length;
    for (WriteOptions options : List.of(plain, plain.deflated(), plain.zstd(), plain.zstd().rawMasks().crc32c()))
      for (WriteOptions cut : List.of(options, options.blocksOf(640), options.blocksOf(1), options.blocksOf(1 << 30))) {
        byte[] raw = Blocks.dumps(rows, cut);
        assertArrayEquals(expected, Masquerade.dumps(Blocks.loads(raw), plain));
        if (options != plain && cut == options) assertTrue(raw.length < uncompressed / 3, "not compressed");
        for (int at = raw.length / 3; cut == options && at < raw.length; at += 997) {
          byte[] mutant = raw.clone();
          mutant[at] ^= 4;
          assertThrows(MasqueradeException.class, () -> Blocks.loads(mutant));
        }
      }
    MaskedArray columns = rows.transpose();
    assertArrayEquals(Masquerade.dumps(columns, plain), Masquerade.dumps(Blocks.loads(Blocks.dumps(columns, plain)), plain));
    Path path = folder.resolve("rows.mqb");
    Blocks.save(path, rows, WriteOptions.DEFAULT.zstd());
    MaskedArray same = (MaskedArray) Blocks.load(path);
    assertEquals(857, same.data().getDouble(299, 19), 1);
    assertThrows(java.nio.file.FileAlreadyExistsException.class, () -> Blocks.save(path, rows));
    try (java.util.stream.Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
    assertThrows(MasqueradeException.class, () -> Blocks.dumps(rows, plain.runLengthMasks()));
    MaskedArray dropped = (MaskedArray) Blocks.loads(Blocks.dumps(rows, plain.droppingHidden()));
    assertEquals(-1, dropped.data().getDouble(0, 5));
  }

  @Test
  void zstdFramesThatLie() throws Exception {
    byte[] frame = Zstd.compress(new byte[1000], 3);
    assertArrayEquals(new byte[1000], Zstd.decompress(frame, 1000, "it"));
    List<byte[]> wrong = new ArrayList<>(List.of(new byte[0], java.util.Arrays.copyOf(frame, frame.length - 1), java.util.Arrays.copyOf(frame, frame.length + 1)));
    byte[] twice = java.util.Arrays.copyOf(frame, frame.length * 2);
    System.arraycopy(frame, 0, twice, frame.length, frame.length);
    wrong.add(twice);
    for (int at = 0; at < 6; at++) {
      byte[] mutant = frame.clone();
      mutant[at] ^= 0x49;
      wrong.add(mutant);
    }
    for (byte[] one : wrong) assertThrows(MasqueradeException.class, () -> Zstd.decompress(one, 1000, "it"));
    for (int length : new int[] {0, 999, 1001, 1 << 30}) assertThrows(MasqueradeException.class, () -> Zstd.decompress(frame, length, "it"));
  }

  @ParameterizedTest
  @MethodSource("org.masquerade.Vectors#malformedBlocks")
  void isRefused(Vectors.Vector vector) throws Exception {
    byte[] raw = Files.readAllBytes(path("malformed/" + vector.name));
    assertThrows(MasqueradeException.class, () -> Blocks.loads(raw));
  }

  @Test
  void everyTruncationAndEveryFlippedBitIsNoticed() throws Exception {
    byte[] raw = Files.readAllBytes(path("mask-raw"));
    for (int length = 0; length < raw.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(raw, length);
      assertThrows(MasqueradeException.class, () -> Blocks.loads(cut));
    }
    for (int at = 0; at < raw.length; at++) {
      byte[] mutant = raw.clone();
      mutant[at] ^= (byte) (1 << at % 8);
      assertThrows(MasqueradeException.class, () -> Blocks.loads(mutant));
    }
  }

  private static List<StreamMessage> messages(String name) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(Files.readAllBytes(path(name)));
    in.readRawBytes(8);
    List<StreamMessage> out = new ArrayList<>();
    while (!in.isAtEnd()) out.add(StreamMessage.parseFrom(in.readByteArray()));
    return out;
  }

  /** Messages as a file, sealed anew; without an index, whose places would be others. */
  private static byte[] file(List<StreamMessage> messages) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(java.util.Arrays.copyOf(Files.readAllBytes(path("plain")), 8));
    ByteArrayOutputStream sums = new ByteArrayOutputStream();
    int blocks = 0;
    for (StreamMessage message : messages) {
      if (message.hasIndex()) continue;
      StreamMessage.Builder one = message.toBuilder().clearChecksum();
      if (one.hasEnd()) {
        int digest = Bits.checksum(ChecksumKind.CHECKSUM_KIND_CRC32, ByteBuffer.wrap(sums.toByteArray()));
        one.setEnd(End.newBuilder().setBlocks(blocks).setIndex(0).setDigest(digest));
      }
      int sum = Bits.checksum(ChecksumKind.CHECKSUM_KIND_CRC32, ByteBuffer.wrap(one.build().toByteArray()));
      if (one.hasBlock()) {
        for (int k = 0; k < 32; k += 8) sums.write(sum >>> k);
        blocks++;
      }
      byte[] sealed = one.setChecksum(sum).build().toByteArray();
      CodedOutputStream coded = CodedOutputStream.newInstance(out);
      coded.writeByteArrayNoTag(sealed);
      coded.flush();
    }
    return out.toByteArray();
  }

  private static StreamMessage changed(StreamMessage message, UnaryOperator<Block.Builder> change) {
    return message.toBuilder().setBlock(change.apply(message.getBlock().toBuilder())).build();
  }

  private static ByteString deflated(ByteString data) {
    Deflater deflater = new Deflater();
    deflater.setInput(data.toByteArray());
    deflater.finish();
    byte[] out = new byte[data.size() + 100];
    int length = deflater.deflate(out);
    deflater.end();
    return ByteString.copyFrom(out, 0, length);
  }

  @Test
  void deflate() throws Exception {
    List<StreamMessage> compressed = new ArrayList<>();
    for (StreamMessage one : messages("long")) {
      if (one.hasEnvelope()) one = one.toBuilder().setEnvelope(one.getEnvelope().toBuilder().setCodec(Codec.CODEC_DEFLATE)).build();
      if (one.hasBlock()) one = changed(one, block -> block.setData(deflated(block.getData())));
      compressed.add(one);
    }
    NdArray array = (NdArray) Blocks.loads(file(compressed));
    assertEquals(4999, array.getLong(4999));
    for (int i = 0; i < compressed.size(); i++)
      if (compressed.get(i).hasBlock()) {
        ByteString data = compressed.get(i).getBlock().getData();
        for (ByteString wrong : List.of(data.substring(0, data.size() - 1), data.concat(data), ByteString.copyFromUtf8("x"))) {
          List<StreamMessage> bad = new ArrayList<>(compressed);
          bad.set(i, changed(bad.get(i), block -> block.setData(wrong)));
          assertThrows(MasqueradeException.class, () -> Blocks.loads(file(bad)));
        }
      }
  }

  @Test
  void growth() throws Exception {
    List<StreamMessage> grown = new ArrayList<>(messages("flat-dict"));
    grown.add(StreamMessage.newBuilder().setGrowth(Growth.newBuilder().setArray(0).setLength(3)).build());
    ByteString more = ByteString.copyFrom(new byte[] {7, 0, 0, 0});
    Block.Builder block = Block.newBuilder().setIndex(3).setArray(0).setPlane(Plane.PLANE_DATA).setStart(2).setCount(1).setLength(4);
    grown.add(StreamMessage.newBuilder().setBlock(block.setData(more)).build());
    grown.add(StreamMessage.newBuilder().setEnd(End.newBuilder()).build());
    assertArrayEquals(new long[] {0, 1, 7}, ((Bundle) Blocks.loads(file(grown))).array("a").toLongs());
    for (long length : new long[] {1, 1L << 40}) {
      List<StreamMessage> bad = new ArrayList<>(grown);
      bad.set(grown.size() - 3, StreamMessage.newBuilder().setGrowth(Growth.newBuilder().setArray(0).setLength(length)).build());
      assertThrows(MasqueradeException.class, () -> Blocks.loads(file(bad)));
    }
  }

  @Test
  void whatIsMissingOrNotDueIsRefused() throws Exception {
    List<StreamMessage> good = new ArrayList<>(messages("flat-dict"));
    good.removeIf(StreamMessage::hasIndex);
    assertTrue(Blocks.loads(file(good)) instanceof Bundle);
    for (int i = 0; i < good.size(); i++) {
      List<StreamMessage> without = new ArrayList<>(good);
      StreamMessage one = without.remove(i);
      assertThrows(MasqueradeException.class, () -> Blocks.loads(file(without)));
      List<StreamMessage> twice = new ArrayList<>(good);
      twice.add(i, one);
      assertThrows(MasqueradeException.class, () -> Blocks.loads(file(twice)));
    }
    List<StreamMessage> blosc = new ArrayList<>(good);
    blosc.set(0, good.get(0).toBuilder().setEnvelope(good.get(0).getEnvelope().toBuilder().setCodec(Codec.CODEC_BLOSC)).build());
    assertTrue(assertThrows(MasqueradeException.class, () -> Blocks.loads(file(blosc))).getMessage().contains("deflate"));
  }
}
