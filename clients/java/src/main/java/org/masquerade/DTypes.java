package org.masquerade;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Messages DType, both ways. */
final class DTypes {
  private static final int DEEPEST = 64;
  private static final int MOST_FIELDS = 32768;

  private DTypes() {}

  static DType read(org.masquerade.v1.DType said, Reader reader, int depth) throws MasqueradeException {
    if (depth > DEEPEST) throw new MasqueradeException("a dtype nested more than " + DEEPEST + " deep");
    if (said.getItemsize() > Integer.MAX_VALUE) throw new MasqueradeException("a dtype of " + said.getItemsize() + " bytes");
    ByteOrder order = null;
    if (said.getByteOrder() == org.masquerade.v1.ByteOrder.BYTE_ORDER_LITTLE) order = ByteOrder.LITTLE_ENDIAN;
    if (said.getByteOrder() == org.masquerade.v1.ByteOrder.BYTE_ORDER_BIG) order = ByteOrder.BIG_ENDIAN;
    DType out = new DType(said.getKind(), order, (int) said.getItemsize());
    out.unit = said.getTimeUnit();
    out.multiple = said.getTimeMultiple();
    out.layout = said.getLongDoubleLayout();
    out.aligned = said.getAligned();
    out.alignment = said.getAlignment();
    out.record = said.getRecord();
    out.noCoerce = said.getNoCoerce();
    List<Field> fields = new ArrayList<>();
    for (org.masquerade.v1.Field field : said.getFieldsList()) fields.add(readField(field, reader, depth));
    out.fields = Collections.unmodifiableList(fields);
    if (said.hasNaObject()) out.naObject = Optional.of(new Object[] {reader.value(said.getNaObject())});
    out.withMetadata(reader.named(said.getMetadataList()));
    String wrong = out.wrong();
    if (wrong != null) throw new MasqueradeException(wrong);
    return out;
  }

  private static Field readField(org.masquerade.v1.Field field, Reader reader, int depth) throws MasqueradeException {
    if (++reader.fields > MOST_FIELDS) throw new MasqueradeException("more than " + MOST_FIELDS + " fields");
    Object title = field.hasTitle() ? reader.value(field.getTitle()) : null;
    if (!field.hasDtype()) throw new MasqueradeException("the field \"" + field.getName() + "\" has no dtype");
    DType inner = read(field.getDtype(), reader, depth + 1);
    int[] shape = Reader.shape(field.getShapeList());
    if (field.getOffset() > Integer.MAX_VALUE) throw new MasqueradeException("a field at byte " + field.getOffset());
    return new Field(field.getName(), field.hasTitle(), title, inner, (int) field.getOffset(), shape);
  }

  static org.masquerade.v1.DType write(DType dtype, Writer writer) throws MasqueradeException {
    org.masquerade.v1.DType.Builder out =
        org.masquerade.v1.DType.newBuilder().setKind(dtype.kind).setItemsize(dtype.itemsize);
    if (dtype.order != null)
      out.setByteOrder(
          dtype.order == ByteOrder.LITTLE_ENDIAN
              ? org.masquerade.v1.ByteOrder.BYTE_ORDER_LITTLE
              : org.masquerade.v1.ByteOrder.BYTE_ORDER_BIG);
    out.setTimeUnit(dtype.unit).setTimeMultiple(dtype.multiple).setLongDoubleLayout(dtype.layout);
    for (Field field : dtype.fields) {
      org.masquerade.v1.Field.Builder said = org.masquerade.v1.Field.newBuilder().setName(Writer.text(field.name())).setOffset(field.offset());
      if (field.titled()) said.setTitle(writer.value(field.title()));
      said.setDtype(write(field.dtype(), writer));
      for (int n : field.shape()) said.addShape(n);
      out.addFields(said);
    }
    out.setAligned(dtype.aligned).setAlignment(dtype.alignment).setRecord(dtype.record).setNoCoerce(dtype.noCoerce);
    if (dtype.naObject.isPresent()) out.setNaObject(writer.value(dtype.naObject.get()[0]));
    return out.addAllMetadata(writer.named(dtype.metadata)).build();
  }
}
