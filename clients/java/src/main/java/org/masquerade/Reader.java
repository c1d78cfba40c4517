package org.masquerade;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.masquerade.v1.Array;
import org.masquerade.v1.Attribute;
import org.masquerade.v1.Buffer;
import org.masquerade.v1.BundleKind;
import org.masquerade.v1.ChecksumKind;
import org.masquerade.v1.Dict;
import org.masquerade.v1.DictItem;
import org.masquerade.v1.Entry;
import org.masquerade.v1.FillValue;
import org.masquerade.v1.Kind;
import org.masquerade.v1.MaskEncoding;
import org.masquerade.v1.Order;
import org.masquerade.v1.Subclass;
import org.masquerade.v1.Value;

/** Makes values of messages, taking each buffer once. */
final class Reader {
  private static final int MOST_DIMS = 64;
  private static final int MOST_INTEGER_BYTES = 4300 * 416 / 1000 + 8;

  /** Fields of dtypes so far. */
  int fields;

  /** Arrays of a stream, in order; null in a file. */
  private java.util.Deque<Object[]> ready;
  private final List<Buffer> buffers;
  private final boolean[] taken;

  Reader(List<Buffer> buffers) {
    this.buffers = buffers;
    this.taken = new boolean[buffers.size()];
  }

  void finish() throws MasqueradeException {
    for (int i = 0; i < taken.length; i++) if (!taken[i]) throw new MasqueradeException("no array uses buffer " + (i + 1));
  }

  private ByteString take(int index) throws MasqueradeException {
    if (index < 1 || index > taken.length)
      throw new MasqueradeException("buffer " + Integer.toUnsignedString(index) + " of " + taken.length + " is not there");
    if (taken[index - 1]) throw new MasqueradeException("buffer " + index + " is used twice");
    taken[index - 1] = true;
    Buffer buffer = buffers.get(index - 1);
    for (int i = 0; i < buffer.getPadding().size(); i++)
      if (buffer.getPadding().byteAt(i) != 0) throw new MasqueradeException("padding is not zero");
    if (buffer.hasChecksum()) {
      ChecksumKind kind = buffer.getChecksum().getKind();
      if (kind == ChecksumKind.CHECKSUM_KIND_UNSPECIFIED || !buffer.getChecksum().hasValue())
        throw new MasqueradeException("a checksum lacks its kind or its value");
      if (Bits.checksum(kind, buffer.getData().asReadOnlyByteBuffer()) != buffer.getChecksum().getValue())
        throw new MasqueradeException("the checksum (" + kind + ") of buffer " + index + " is wrong");
    }
    return buffer.getData();
  }

  static int[] shape(List<Long> said) throws MasqueradeException {
    if (said.size() > MOST_DIMS) throw new MasqueradeException(said.size() + " dimensions; there are at most " + MOST_DIMS);
    int[] out = new int[said.size()];
    long nonzero = 1;
    for (int i = 0; i < out.length; i++) {
      long n = said.get(i);
      nonzero = Shapes.times(nonzero, Math.max(n, 1));
      if (n > Integer.MAX_VALUE || nonzero == Shapes.MANY) throw new MasqueradeException("shape " + said + " cannot be counted");
      out[i] = (int) n;
    }
    return out;
  }

  /** The value of a stream's envelope, whose arrays are ready: each an NdArray and its Mask or null. */
  Object content(org.masquerade.v1.Envelope envelope, java.util.Deque<Object[]> arrays) throws MasqueradeException {
    ready = arrays;
    return envelope.hasArray() ? member(envelope.getArray()) : bundle(envelope.getBundle());
  }

  /** An array of a bundle, or by itself; streams of blocks have these elsewhere. */
  private Object member(Array said) throws MasqueradeException {
    if (ready == null) return array(said);
    Object[] next = ready.remove();
    NdArray data = (NdArray) next[0];
    if (said.hasDims() && said.getDims().getNamesCount() != data.shape.length)
      throw new MasqueradeException(said.getDims().getNamesCount() + " names for " + data.shape.length + " axes");
    return assembled(said, data, (Mask) next[1], said.hasFillValue() ? fill(said.getFillValue()) : null, named(said.getAttributesList()));
  }

  /** An NdArray or MaskedArray. */
  Object array(Array said) throws MasqueradeException {
    if (!said.hasDtype()) throw new MasqueradeException("an array has no dtype");
    DType dtype = DTypes.read(said.getDtype(), this, 0);
    if (said.getOrder() == Order.ORDER_UNSPECIFIED) throw new MasqueradeException("an array does not say its order");
    int[] shape = shape(said.getShapeList());
    if (said.hasDims() && said.getDims().getNamesCount() != shape.length)
      throw new MasqueradeException(said.getDims().getNamesCount() + " names for " + shape.length + " axes");
    demandConsistent(said);
    if (Shapes.size(shape) > Integer.MAX_VALUE) throw new MasqueradeException("more elements than a Java array has: " + said.getShapeList());

    boolean fortran = said.getOrder() == Order.ORDER_F;
    // Buffers first: the data come before the mask, and both before what is within the fill value, attributes and objects.
    ByteString raw = dtype.ofObjects() ? null : data(said, dtype, shape);
    Mask mask = said.hasMask() ? mask(said, dtype, shape, fortran) : null;
    NdArray fill = said.hasFillValue() ? fill(said.getFillValue()) : null;
    Map<String, Object> attributes = named(said.getAttributesList());
    NdArray data =
        raw == null
            ? NdArray.over(objects(said, dtype, shape), dtype, fortran, shape)
            : NdArray.over(raw.asReadOnlyByteBuffer(), dtype, fortran, shape);
    return assembled(said, data, mask, fill, attributes);
  }

  private static void demandConsistent(Array said) throws MasqueradeException {
    boolean extras = said.hasMask() || said.hasFillValue() || said.getHardMask() || said.getHiddenDropped();
    if (!said.getMasked() && (extras || said.getDataSubclass() != Subclass.SUBCLASS_UNSPECIFIED))
      throw new MasqueradeException("an array that is not masked has a mask, a fill value or a hard mask");
    if (said.getHiddenDropped() && !said.hasMask()) throw new MasqueradeException("values are hidden without a mask");
  }

  private static Object assembled(Array said, NdArray data, Mask mask, NdArray fill, Map<String, Object> attributes)
      throws MasqueradeException {
    demandConsistent(said);
    data.attributes = attributes;
    data.dims = said.hasDims() ? List.copyOf(said.getDims().getNamesList()) : null;
    data.subclass = said.getMasked() ? said.getDataSubclass() : said.getSubclass();
    if (!said.getMasked()) return data;
    MaskedArray out = new MaskedArray(data, mask, fill);
    out.hardMask = said.getHardMask();
    out.hiddenDropped = said.getHiddenDropped();
    out.subclass = said.getSubclass();
    return out;
  }

  private ByteString data(Array said, DType dtype, int[] shape) throws MasqueradeException {
    if (dtype.hasObjects()) throw new MasqueradeException("records of objects are not defined");
    if (said.getObjectsCount() > 0) throw new MasqueradeException("an array of bytes has objects");
    ByteString raw = take(said.getDataBuffer());
    long need = Shapes.times(Shapes.size(shape), dtype.itemsize);
    if (raw.size() != need)
      throw new MasqueradeException("shape " + said.getShapeList() + " of " + dtype + " takes " + need + " bytes, there are " + raw.size());
    return raw;
  }

  private Object[] objects(Array said, DType dtype, int[] shape) throws MasqueradeException {
    if (said.getDataBuffer() != 0) throw new MasqueradeException("an array of objects has a data buffer");
    if (said.getObjectsCount() != Shapes.size(shape))
      throw new MasqueradeException(Shapes.size(shape) + " elements, but " + said.getObjectsCount() + " objects");
    Object[] out = new Object[said.getObjectsCount()];
    for (int i = 0; i < out.length; i++) out[i] = element(said.getObjects(i), dtype);
    return out;
  }

  Object element(Value said, DType dtype) throws MasqueradeException {
    Object out = value(said);
    if (dtype.kind == Kind.KIND_STRING && !(out instanceof String) && !(out == null && dtype.naObject.isPresent()))
      throw new MasqueradeException("an element of a StringDType array is no text");
    return out;
  }

  private Mask mask(Array said, DType dtype, int[] shape, boolean fortran) throws MasqueradeException {
    long unit = dtype.bools();
    long count = Shapes.times(Shapes.size(shape), unit);
    if (said.getMask().getCount() != count)
      throw new MasqueradeException("a mask of " + said.getMask().getCount() + " bools where there are " + count);
    boolean runs = said.getMask().getEncoding() == MaskEncoding.MASK_ENCODING_RUN_LENGTH;
    if (runs && !dtype.ofObjects() && count > Shapes.times(Shapes.size(shape), dtype.itemsize))
      throw new MasqueradeException("a run-length mask of more bools than the array has bytes of data");
    ByteString raw = take(said.getMask().getBuffer());
    if (count > Integer.MAX_VALUE - 8 || (!runs && count > 8L * raw.size()))
      throw new MasqueradeException(raw.size() + " bytes hold no mask of " + count + " bools");
    byte[] bools = Bits.decode(raw, said.getMask().getEncoding(), (int) count);
    return new Mask(bools, 0, Shapes.strides(shape, (int) Math.min(unit, Integer.MAX_VALUE), fortran), (int) Math.min(unit, Integer.MAX_VALUE));
  }

  private NdArray fill(FillValue said) throws MasqueradeException {
    if (!said.hasDtype()) throw new MasqueradeException("a fill value has no dtype");
    DType dtype = DTypes.read(said.getDtype(), this, 0);
    if (dtype.ofObjects() != said.hasObject())
      throw new MasqueradeException("a fill value is an object where it should be bytes, or bytes where it should be an object");
    if (said.hasObject()) return NdArray.over(new Object[] {element(said.getObject(), dtype)}, dtype, false);
    if (dtype.hasObjects() || said.getData().size() != dtype.itemsize)
      throw new MasqueradeException("a fill value of " + dtype.itemsize + " bytes has " + said.getData().size());
    return NdArray.over(said.getData().asReadOnlyByteBuffer(), dtype, false);
  }

  Map<String, Object> named(List<Attribute> said) throws MasqueradeException {
    if (said.isEmpty()) return Map.of();
    Map<String, Object> out = new LinkedHashMap<>();
    for (Attribute one : said) {
      if (!one.hasValue()) throw new MasqueradeException("the attribute \"" + one.getName() + "\" has no value");
      if (out.containsKey(one.getName())) throw new MasqueradeException("the attribute \"" + one.getName() + "\" comes twice");
      out.put(one.getName(), value(one.getValue()));
    }
    return Collections.unmodifiableMap(out);
  }

  Bundle bundle(org.masquerade.v1.Bundle said) throws MasqueradeException {
    if (said.getKind() == BundleKind.BUNDLE_KIND_UNSPECIFIED) throw new MasqueradeException("a bundle does not say what it is");
    Map<String, Object> members = new LinkedHashMap<>();
    for (Entry entry : said.getEntriesList()) {
      if (members.containsKey(entry.getName())) throw new MasqueradeException("the member \"" + entry.getName() + "\" comes twice");
      if (!entry.hasArray() && !entry.hasBundle())
        throw new MasqueradeException("the member \"" + entry.getName() + "\" is nothing at all");
      members.put(entry.getName(), entry.hasArray() ? member(entry.getArray()) : bundle(entry.getBundle()));
    }
    Map<String, Object> attributes = named(said.getAttributesList());
    Map<String, Object> keys = named(said.getKeysList());
    int count = members.size() + attributes.size();
    for (String name : attributes.keySet())
      if (members.containsKey(name)) throw new MasqueradeException("the name \"" + name + "\" comes twice");
    for (String name : keys.keySet())
      if (!members.containsKey(name) && !attributes.containsKey(name))
        throw new MasqueradeException("a key belongs to nothing: \"" + name + "\"");
    if (said.getKind() != BundleKind.BUNDLE_KIND_DICT)
      for (int i = 0; i < count; i++)
        if (!members.containsKey("" + i) && !attributes.containsKey("" + i))
          throw new MasqueradeException("items of a list or tuple are called 0, 1, and so on");
    return new Bundle(said.getKind(), members, attributes, keys);
  }

  Object value(Value said) throws MasqueradeException {
    switch (said.getKindCase()) {
      case NONE:
        if (!said.getNone()) throw new MasqueradeException("a value is not None and nothing else");
        return null;
      case BOOLEAN:
        return said.getBoolean();
      case INTEGER:
        return said.getInteger();
      case BIG_INTEGER:
        return bigInteger(said.getBigInteger());
      case FLOAT_BITS:
        return Double.longBitsToDouble(said.getFloatBits());
      case TEXT:
        return said.getText();
      case BINARY:
        return ByteBuffer.wrap(said.getBinary().toByteArray()).asReadOnlyBuffer();
      case COMPLEX:
        return new Complex(
            Double.longBitsToDouble(said.getComplex().getRealBits()), Double.longBitsToDouble(said.getComplex().getImaginaryBits()));
      case LIST:
        return items(said.getList().getItemsList());
      case TUPLE:
        return new Tuple(items(said.getTuple().getItemsList()));
      case DICT:
        return dict(said.getDict());
      case ARRAY:
        return array(said.getArray());
      case BUNDLE:
        return bundle(said.getBundle());
      default:
        throw new MasqueradeException("a value is nothing at all");
    }
  }

  private static BigInteger bigInteger(ByteString raw) throws MasqueradeException {
    if (raw.size() > MOST_INTEGER_BYTES) throw new MasqueradeException("an integer of " + raw.size() + " bytes");
    BigInteger out = raw.isEmpty() ? BigInteger.ZERO : new BigInteger(raw.toByteArray());
    if (out.bitLength() < 64) throw new MasqueradeException("a big integer is a small one");
    return out;
  }

  private List<Object> items(List<Value> said) throws MasqueradeException {
    List<Object> out = new ArrayList<>(said.size());
    for (Value one : said) out.add(value(one));
    return Collections.unmodifiableList(out);
  }

  private Map<Object, Object> dict(Dict said) throws MasqueradeException {
    Map<Object, Object> out = new LinkedHashMap<>();
    for (DictItem item : said.getItemsList()) {
      if (!item.hasKey() || !item.hasValue()) throw new MasqueradeException("an item of a dict lacks its key or its value");
      Object key = value(item.getKey());
      if (out.containsKey(key)) throw new MasqueradeException("a dict has a key twice");
      out.put(key, value(item.getValue()));
    }
    return Collections.unmodifiableMap(out);
  }
}
