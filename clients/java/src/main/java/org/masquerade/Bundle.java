package org.masquerade;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.masquerade.v1.BundleKind;

/**
 * Several arrays: a Python dict, list or tuple. Members are {@link NdArray}, {@link MaskedArray} or Bundle; the plain values that stood
 * among them are attributes. Members of lists and tuples are called "0", "1" and so on.
 */
public final class Bundle {
  private final BundleKind kind;
  private final Map<String, Object> members;
  private final Map<String, Object> attributes;
  private final Map<String, Object> keys;

  /** A dict of arrays. */
  public Bundle(Map<String, ?> members) {
    this(BundleKind.BUNDLE_KIND_DICT, members, Map.of(), Map.of());
  }

  /** Keys are those of a dict that were no text, by the name they have in members or attributes. */
  public Bundle(BundleKind kind, Map<String, ?> members, Map<String, ?> attributes, Map<String, ?> keys) {
    this.kind = kind;
    this.members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    this.attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    this.keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    for (Map.Entry<String, Object> member : this.members.entrySet()) {
      Object value = member.getValue();
      if (!(value instanceof NdArray || value instanceof MaskedArray || value instanceof Bundle))
        throw new IllegalArgumentException("the member \"" + member.getKey() + "\" is no array and no bundle");
    }
  }

  public BundleKind kind() {
    return kind;
  }

  public Map<String, Object> members() {
    return members;
  }

  public Map<String, Object> attributes() {
    return attributes;
  }

  public Map<String, Object> keys() {
    return keys;
  }

  /** A masked array by the names of the bundles it lies in and its own. */
  public MaskedArray masked(String... names) {
    return member(MaskedArray.class, names);
  }

  /** A plain array by the names of the bundles it lies in and its own. */
  public NdArray array(String... names) {
    return member(NdArray.class, names);
  }

  private <T> T member(Class<T> type, String... names) {
    Object found = this;
    for (String name : names) found = found instanceof Bundle ? ((Bundle) found).members.get(name) : null;
    if (!type.isInstance(found))
      throw new IllegalArgumentException(
          "there is no " + type.getSimpleName() + " " + String.join(" / ", names));
    return type.cast(found);
  }
}
