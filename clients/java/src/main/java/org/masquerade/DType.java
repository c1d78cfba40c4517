package org.masquerade;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.masquerade.v1.Kind;
import org.masquerade.v1.LongDoubleLayout;
import org.masquerade.v1.TimeUnit;

/** NumPy's dtype. Immutable. */
public final class DType {
  private static final Map<Kind, Integer> SIZES = new EnumMap<>(Kind.class);
  private static final Set<Kind> UNORDERED =
      Set.of(
          Kind.KIND_BOOL, Kind.KIND_INT8, Kind.KIND_UINT8, Kind.KIND_BYTES, Kind.KIND_VOID, Kind.KIND_STRUCT, Kind.KIND_OBJECT,
          Kind.KIND_STRING);

  static {
    for (Kind kind : List.of(Kind.KIND_BOOL, Kind.KIND_INT8, Kind.KIND_UINT8)) SIZES.put(kind, 1);
    for (Kind kind : List.of(Kind.KIND_INT16, Kind.KIND_UINT16, Kind.KIND_FLOAT16)) SIZES.put(kind, 2);
    for (Kind kind : List.of(Kind.KIND_INT32, Kind.KIND_UINT32, Kind.KIND_FLOAT32)) SIZES.put(kind, 4);
    for (Kind kind :
        List.of(
            Kind.KIND_INT64, Kind.KIND_UINT64, Kind.KIND_FLOAT64, Kind.KIND_COMPLEX64, Kind.KIND_DATETIME64, Kind.KIND_TIMEDELTA64,
            Kind.KIND_OBJECT)) SIZES.put(kind, 8);
    SIZES.put(Kind.KIND_COMPLEX128, 16);
    SIZES.put(Kind.KIND_STRING, 16);
  }

  final Kind kind;
  final ByteOrder order;
  final int itemsize;
  TimeUnit unit = TimeUnit.TIME_UNIT_UNSPECIFIED;
  int multiple;
  LongDoubleLayout layout = LongDoubleLayout.LONG_DOUBLE_LAYOUT_UNSPECIFIED;
  List<Field> fields = List.of();
  boolean aligned;
  int alignment;
  boolean record;
  boolean noCoerce;
  /** Present: StringDType has a missing value, which may be null. */
  Optional<Object[]> naObject = Optional.empty();
  Map<String, Object> metadata = Map.of();

  /** As said, unchecked: see {@link #wrong}. */
  DType(Kind kind, ByteOrder order, int itemsize) {
    this.kind = kind;
    this.order = order;
    this.itemsize = itemsize;
  }

  /** A number, little-endian. */
  public static DType of(Kind kind) {
    return of(kind, ByteOrder.LITTLE_ENDIAN);
  }

  /** A bool, number or Python object in a byte order (which bytes and bools do without). */
  public static DType of(Kind kind, ByteOrder order) {
    if (!SIZES.containsKey(kind) || isTime(kind)) throw new IllegalArgumentException(kind + " says more than a kind");
    return new DType(kind, UNORDERED.contains(kind) ? null : order, SIZES.get(kind)).demand();
  }

  /** NumPy S: texts of so many bytes. */
  public static DType bytes(int length) {
    return new DType(Kind.KIND_BYTES, null, length).demand();
  }

  /** NumPy U: texts of so many code points. */
  public static DType text(int length, ByteOrder order) {
    return new DType(Kind.KIND_STR, order, Math.multiplyExact(length, 4)).demand();
  }

  /** NumPy V: so many bytes of anything. */
  public static DType opaque(int length) {
    return new DType(Kind.KIND_VOID, null, length).demand();
  }

  /** datetime64 or timedelta64 in counts of so many units. */
  public static DType time(Kind kind, TimeUnit unit, int multiple, ByteOrder order) {
    DType out = new DType(kind, order, 8);
    out.unit = unit;
    out.multiple = multiple;
    return out.demand();
  }

  /** A record of so many bytes. */
  public static DType struct(int itemsize, Field... fields) {
    DType out = new DType(Kind.KIND_STRUCT, null, itemsize);
    out.fields = Collections.unmodifiableList(new ArrayList<>(List.of(fields)));
    return out.demand();
  }

  public Kind kind() {
    return kind;
  }

  /** Empty for kinds without one. */
  public Optional<ByteOrder> byteOrder() {
    return Optional.ofNullable(order);
  }

  /** Bytes of an element. */
  public int itemsize() {
    return itemsize;
  }

  public TimeUnit timeUnit() {
    return unit;
  }

  public int timeMultiple() {
    return multiple;
  }

  public LongDoubleLayout longDoubleLayout() {
    return layout;
  }

  public List<Field> fields() {
    return fields;
  }

  public boolean aligned() {
    return aligned;
  }

  public Map<String, Object> metadata() {
    return metadata;
  }

  static boolean isTime(Kind kind) {
    return kind == Kind.KIND_DATETIME64 || kind == Kind.KIND_TIMEDELTA64;
  }

  static boolean isLong(Kind kind) {
    return kind == Kind.KIND_LONGDOUBLE || kind == Kind.KIND_CLONGDOUBLE;
  }

  /** Elements are Java objects: of kind object or string. */
  public boolean ofObjects() {
    return kind == Kind.KIND_OBJECT || kind == Kind.KIND_STRING;
  }

  boolean hasObjects() {
    return ofObjects() || fields.stream().anyMatch(field -> field.dtype().hasObjects());
  }

  /** Bools of an element in a mask: one, or one for each field of a record. */
  long bools() {
    if (kind != Kind.KIND_STRUCT) return 1;
    long count = 0;
    for (Field field : fields) count = Math.min(Shapes.MANY, count + Shapes.times(field.count(), field.dtype().bools()));
    return count;
  }

  DType withMetadata(Map<String, Object> said) {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(said));
    return this;
  }

  private DType demand() {
    String wrong = wrong();
    if (wrong != null) throw new IllegalArgumentException(wrong);
    return this;
  }

  /** Why NumPy cannot have such a dtype; null where it can. Fields are known to be right themselves. */
  String wrong() {
    if (kind == Kind.KIND_UNSPECIFIED || kind == Kind.UNRECOGNIZED) return "a dtype does not say its kind";
    if (UNORDERED.contains(kind) != (order == null)) return "a dtype of " + kind + " with byte order " + order;
    boolean noUnit = unit == TimeUnit.TIME_UNIT_UNSPECIFIED;
    if (isTime(kind) == noUnit || isTime(kind) == (multiple == 0) || multiple < 0
        || (unit == TimeUnit.TIME_UNIT_GENERIC && multiple != 1))
      return "a dtype of " + kind + " with " + multiple + " of unit " + unit;
    if (isLong(kind) == (layout == LongDoubleLayout.LONG_DOUBLE_LAYOUT_UNSPECIFIED))
      return "a dtype of " + kind + " with layout " + layout;
    if (kind != Kind.KIND_STRUCT && (!fields.isEmpty() || aligned || alignment != 0 || record))
      return "a dtype of " + kind + " with fields";
    if (kind != Kind.KIND_STRING && (noCoerce || naObject.isPresent())) return "a dtype of " + kind + " as if it were StringDType";
    if (aligned == (alignment == 0) || alignment < 0) return "a record is aligned to nothing, or not aligned";
    int each = kind == Kind.KIND_CLONGDOUBLE ? itemsize / 2 : itemsize;
    boolean fits = itemsize >= 0 && SIZES.getOrDefault(kind, itemsize) == itemsize;
    if (kind == Kind.KIND_STR) fits = fits && itemsize % 4 == 0;
    if (isLong(kind)) fits = fits && (kind == Kind.KIND_LONGDOUBLE || itemsize % 2 == 0) && longSize(each);
    if (!fits) return "a dtype of " + kind + " with " + itemsize + " bytes";
    Set<String> names = new HashSet<>();
    for (Field field : fields) {
      if (!names.add(field.name())) return "field name \"" + field.name() + "\" occurs twice";
      if (field.offset() + Shapes.times(field.count(), field.dtype().itemsize) > itemsize || field.offset() < 0)
        return "field \"" + field.name() + "\" passes the end of a record of " + itemsize + " bytes";
    }
    return null;
  }

  private boolean longSize(int each) {
    if (layout == LongDoubleLayout.LONG_DOUBLE_LAYOUT_X87) return each == 12 || each == 16;
    return each == (layout == LongDoubleLayout.LONG_DOUBLE_LAYOUT_DOUBLE ? 8 : 16);
  }

  /** Whether two are the same but for metadata. */
  boolean sameAs(DType other) {
    if (kind != other.kind || order != other.order || itemsize != other.itemsize || unit != other.unit
        || multiple != other.multiple || layout != other.layout || fields.size() != other.fields.size()) return false;
    for (int i = 0; i < fields.size(); i++) {
      Field a = fields.get(i);
      Field b = other.fields.get(i);
      if (!a.name().equals(b.name()) || a.offset() != b.offset() || !java.util.Arrays.equals(a.shape(), b.shape())
          || !a.dtype().sameAs(b.dtype())) return false;
    }
    return true;
  }

  @Override
  public String toString() {
    String name = kind.name().substring("KIND_".length()).toLowerCase(java.util.Locale.ROOT);
    String side = order == ByteOrder.BIG_ENDIAN ? " big-endian" : "";
    return fields.isEmpty() ? name + side : name + fields;
  }
}
