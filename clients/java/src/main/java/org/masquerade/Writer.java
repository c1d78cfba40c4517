package org.masquerade;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.masquerade.v1.Array;
import org.masquerade.v1.Attribute;
import org.masquerade.v1.Dict;
import org.masquerade.v1.DictItem;
import org.masquerade.v1.Dims;
import org.masquerade.v1.Entry;
import org.masquerade.v1.FillValue;
import org.masquerade.v1.MaskEncoding;
import org.masquerade.v1.Order;
import org.masquerade.v1.Sequence;
import org.masquerade.v1.Value;

/** Makes messages of values; sets the bytes of arrays aside, in the order in which the messages refer to them. */
class Writer {
  /** Deeper than any message may be nested: the limit itself is checked on the bytes. */
  private static final int DEEPEST = 100;

  final List<ByteBuffer> buffers = new ArrayList<>();
  final WriteOptions options;
  private int depth;

  Writer(WriteOptions options) {
    this.options = options;
  }

  Array array(Object value) throws MasqueradeException {
    MaskedArray masked = value instanceof MaskedArray ? (MaskedArray) value : null;
    NdArray data = masked == null ? (NdArray) value : masked.data;
    boolean fortran = data.fortran();
    Array.Builder out = Array.newBuilder().setDtype(DTypes.write(data.dtype, this)).setMasked(masked != null);
    for (int n : data.shape) out.addShape(n);
    out.setOrder(fortran ? Order.ORDER_F : Order.ORDER_C);
    boolean drop = masked != null && masked.mask != null && options.dropHidden;
    if (!data.dtype.ofObjects()) {
      buffers.add(drop ? masked.dropped(fortran) : data.toBytes(fortran));
      out.setDataBuffer(buffers.size());
    } else if (drop) throw new MasqueradeException("what is masked in an array of objects cannot be dropped");
    if (masked != null && masked.mask != null) mask(out, masked, fortran);
    said(out, masked, data, drop);
    if (data.dtype.ofObjects()) for (Object object : data.toObjects(fortran)) out.addObjects(value(object));
    return out.build();
  }

  /** An array that is a member of a bundle, or a file's only one. */
  Array member(Object value) throws MasqueradeException {
    return array(value);
  }

  /** What an array says beside dtype, shape, data and mask. */
  void said(Array.Builder out, MaskedArray masked, NdArray data, boolean drop) throws MasqueradeException {
    if (masked != null) {
      if (masked.fill != null) out.setFillValue(fill(masked.fill));
      out.setHardMask(masked.hardMask).setHiddenDropped(drop || masked.hiddenDropped).setSubclass(masked.subclass);
    }
    out.addAllAttributes(named(data.attributes));
    if (data.dims != null) {
      Dims.Builder dims = Dims.newBuilder();
      for (String name : data.dims) dims.addNames(text(name));
      out.setDims(dims);
    }
    if (masked == null) out.setSubclass(data.subclass);
    else out.setDataSubclass(data.subclass);
  }

  private void mask(Array.Builder out, MaskedArray masked, boolean fortran) {
    byte[] bools = masked.bools(fortran);
    MaskEncoding encoding = options.mask;
    boolean isBytes = !masked.data.dtype.ofObjects();
    if (encoding == MaskEncoding.MASK_ENCODING_RUN_LENGTH && isBytes && bools.length > (long) masked.data.size() * masked.data.dtype.itemsize)
      encoding = MaskEncoding.MASK_ENCODING_PACKED;
    buffers.add(ByteBuffer.wrap(Bits.encode(bools, encoding)));
    out.setMask(org.masquerade.v1.Mask.newBuilder().setEncoding(encoding).setCount(bools.length).setBuffer(buffers.size()));
  }

  private FillValue fill(NdArray fill) throws MasqueradeException {
    FillValue.Builder out = FillValue.newBuilder().setDtype(DTypes.write(fill.dtype, this));
    if (fill.dtype.ofObjects()) return out.setObject(value(fill.objects[fill.at])).build();
    return out.setData(ByteString.copyFrom(fill.toBytes(false))).build();
  }

  List<Attribute> named(Map<String, Object> attributes) throws MasqueradeException {
    List<Attribute> out = new ArrayList<>(attributes.size());
    for (Map.Entry<String, Object> one : attributes.entrySet())
      out.add(Attribute.newBuilder().setName(text(one.getKey())).setValue(value(one.getValue())).build());
    return out;
  }

  org.masquerade.v1.Bundle bundle(Bundle bundle) throws MasqueradeException {
    deeper();
    org.masquerade.v1.Bundle.Builder out = org.masquerade.v1.Bundle.newBuilder().setKind(bundle.kind());
    for (Map.Entry<String, Object> member : bundle.members().entrySet()) {
      Entry.Builder entry = Entry.newBuilder().setName(text(member.getKey()));
      if (member.getValue() instanceof Bundle) entry.setBundle(bundle((Bundle) member.getValue()));
      else entry.setArray(member(member.getValue()));
      out.addEntries(entry);
    }
    out.addAllAttributes(named(bundle.attributes())).addAllKeys(named(bundle.keys()));
    depth--;
    return out.build();
  }

  private void deeper() throws MasqueradeException {
    if (++depth > DEEPEST) throw new MasqueradeException("values are nested so deeply that protobuf would need more than " + DEEPEST + " levels");
  }

  Value value(Object value) throws MasqueradeException {
    deeper();
    Value.Builder out = Value.newBuilder();
    if (value == null) out.setNone(true);
    else if (value instanceof Boolean) out.setBoolean((Boolean) value);
    else if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte)
      out.setInteger(((Number) value).longValue());
    else if (value instanceof BigInteger) integer(out, (BigInteger) value);
    else if (value instanceof Double) out.setFloatBits(Double.doubleToRawLongBits((Double) value));
    else if (value instanceof String) out.setText(text((String) value));
    else if (value instanceof ByteBuffer) out.setBinary(ByteString.copyFrom(((ByteBuffer) value).duplicate()));
    else if (value instanceof Complex)
      out.setComplex(
          org.masquerade.v1.Complex.newBuilder()
              .setRealBits(Double.doubleToRawLongBits(((Complex) value).real()))
              .setImaginaryBits(Double.doubleToRawLongBits(((Complex) value).imaginary())));
    else if (value instanceof List) out.setList(sequence((List<?>) value));
    else if (value instanceof Tuple) out.setTuple(sequence(((Tuple) value).items()));
    else if (value instanceof Map) out.setDict(dict((Map<?, ?>) value));
    else if (value instanceof Bundle) out.setBundle(bundle((Bundle) value));
    else if (value instanceof NdArray || value instanceof MaskedArray) out.setArray(array(value));
    else throw new MasqueradeException("there is no place for a " + value.getClass().getName());
    depth--;
    return out.build();
  }

  /** Text, unless half a surrogate pair makes it no UTF-8. */
  static String text(String text) throws MasqueradeException {
    for (int i = 0; i < text.length(); i++)
      if (Character.isSurrogate(text.charAt(i)) && !Character.isSurrogatePair(text.charAt(i), i + 1 < text.length() ? text.charAt(++i) : 0))
        throw new MasqueradeException("a text with half a surrogate pair, which is no UTF-8");
    return text;
  }

  private static void integer(Value.Builder out, BigInteger value) {
    if (value.bitLength() < 64) out.setInteger(value.longValue());
    else out.setBigInteger(ByteString.copyFrom(value.toByteArray()));
  }

  private Sequence sequence(List<?> items) throws MasqueradeException {
    Sequence.Builder out = Sequence.newBuilder();
    for (Object item : items) out.addItems(value(item));
    return out.build();
  }

  private Dict dict(Map<?, ?> items) throws MasqueradeException {
    Dict.Builder out = Dict.newBuilder();
    for (Map.Entry<?, ?> item : items.entrySet())
      out.addItems(DictItem.newBuilder().setKey(value(item.getKey())).setValue(value(item.getValue())));
    return out.build();
  }
}
