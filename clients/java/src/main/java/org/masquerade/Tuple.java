package org.masquerade;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A Python tuple; a {@link List} stands for a list. */
public final class Tuple {
  private final List<Object> items;

  public Tuple(List<?> items) {
    this.items = Collections.unmodifiableList(new ArrayList<>(items));
  }

  public List<Object> items() {
    return items;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tuple && ((Tuple) other).items.equals(items);
  }

  @Override
  public int hashCode() {
    return 31 + items.hashCode();
  }

  @Override
  public String toString() {
    return items.toString();
  }
}
