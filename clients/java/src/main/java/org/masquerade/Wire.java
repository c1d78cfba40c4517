package org.masquerade;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;

/** A strict look at the bytes of a message before protobuf's own parser, which lets more pass than this schema does. */
final class Wire {
  /** Messages within messages, the file not counted. */
  private static final int DEEPEST = 100;
  /** Field numbers from here on are annotations, which a reader may skip. */
  private static final int ANNOTATIONS = 100;

  private final byte[] raw;
  private int at;

  private Wire(byte[] raw) {
    this.raw = raw;
  }

  static void check(byte[] raw, Descriptor type) throws MasqueradeException {
    new Wire(raw).message(type, raw.length, 0);
  }

  private void message(Descriptor type, int end, int depth) throws MasqueradeException {
    if (depth > DEEPEST) throw new MasqueradeException("messages are nested more than " + DEEPEST + " deep", at);
    long seen = 0;
    while (at < end) {
      int start = at;
      long tag = varint(end);
      int wire = (int) (tag & 7);
      long number = tag >>> 3;
      if (number < 1 || number >= 1 << 29)
        throw new MasqueradeException(type.getName() + " has a field with the impossible number " + number, start);
      FieldDescriptor field = type.findFieldByNumber((int) number);
      if (field == null) {
        if (number < ANNOTATIONS)
          throw new MasqueradeException(
              "unknown field " + number + " in " + type.getName() + ": a newer version wrote it, or the file is damaged", start);
        skip(wire, end);
        continue;
      }
      int expected = wireOf(field);
      boolean packed = wire == 2 && expected != 2 && field.isRepeated();
      if (wire != expected && !packed)
        throw new MasqueradeException(
            "field " + field.getName() + " of " + type.getName() + " has wire type " + wire + ", not " + expected, start);
      if (!field.isRepeated()) {
        // Fields of a oneof count as one.
        boolean alone = field.getRealContainingOneof() == null;
        long bit = 1L << (alone ? number : field.getRealContainingOneof().getField(0).getNumber());
        if ((seen & bit) != 0)
          throw new MasqueradeException(type.getName() + " has " + field.getName() + " twice, or two of its kind", start);
        seen |= bit;
      }
      if (wire == 0) number(field, end);
      else if (wire != 2) skip(wire, end);
      else {
        int stop = length(end);
        if (field.getType() == FieldDescriptor.Type.MESSAGE) message(field.getMessageType(), stop, depth + 1);
        else if (packed && expected != 0) {
          if ((stop - at) % (expected == 1 ? 8 : 4) != 0)
            throw new MasqueradeException(field.getFullName() + " takes " + (stop - at) + " bytes", at);
        } else if (packed) while (at < stop) number(field, stop);
        at = stop;
      }
    }
  }

  private static int wireOf(FieldDescriptor field) {
    switch (field.getType()) {
      case FIXED32:
        return 5;
      case FIXED64:
      case SFIXED64:
        return 1;
      case BYTES:
      case STRING:
      case MESSAGE:
        return 2;
      default:
        return 0;
    }
  }

  private void number(FieldDescriptor field, int end) throws MasqueradeException {
    int start = at;
    long value = varint(end);
    long most = Shapes.MANY;
    switch (field.getType()) {
      case ENUM:
        if (value < 0 || value > Integer.MAX_VALUE || field.getEnumType().findValueByNumber((int) value) == null)
          throw new MasqueradeException(
              field.getFullName() + " has the unknown value " + value + ": a newer version wrote it, or the file is damaged", start);
        break;
      case BOOL:
        most = 1;
        break;
      case UINT32:
        most = 0xffffffffL;
        break;
      default:
    }
    if (value < 0 || value > most)
      throw new MasqueradeException(field.getFullName() + " is " + Long.toUnsignedString(value) + ", more than " + most, start);
  }

  private long varint(int end) throws MasqueradeException {
    long value = 0;
    for (int i = 0; i < 10; i++) {
      if (at + i >= end) throw new MasqueradeException("a number is cut off", at);
      byte one = raw[at + i];
      if (i == 9 && (one & 0xff) > 1) break;
      value |= (long) (one & 127) << (7 * i);
      if (one >= 0) {
        at += i + 1;
        return value;
      }
    }
    throw new MasqueradeException("a number has more than 64 bits", at);
  }

  private int length(int end) throws MasqueradeException {
    int start = at;
    long value = varint(end);
    if (value < 0 || value > end - at)
      throw new MasqueradeException(Long.toUnsignedString(value) + " bytes are said to follow, there are " + (end - at), start);
    return at + (int) value;
  }

  private void skip(int wire, int end) throws MasqueradeException {
    if (wire == 0) {
      varint(end);
      return;
    }
    if (wire == 2) {
      at = length(end);
      return;
    }
    if (wire != 1 && wire != 5) throw new MasqueradeException("a field of wire type " + wire, at);
    int size = wire == 1 ? 8 : 4;
    if (end - at < size) throw new MasqueradeException(size + " bytes are cut off", at);
    at += size;
  }
}
