package org.masquerade;

import java.util.Arrays;

/** A field of a record. */
public final class Field {
  private final String name;
  private final Object title;
  private final boolean titled;
  private final DType dtype;
  private final int offset;
  private final int[] shape;

  /** A field without a title, at an offset in bytes. The shape is that of a sub-array; none for a plain field. */
  public Field(String name, DType dtype, int offset, int... shape) {
    this(name, false, null, dtype, offset, shape);
  }

  Field(String name, boolean titled, Object title, DType dtype, int offset, int... shape) {
    this.name = name;
    this.titled = titled;
    this.title = title;
    this.dtype = dtype;
    this.offset = offset;
    this.shape = shape.clone();
  }

  public String name() {
    return name;
  }

  /** The title; null where there is none. */
  public Object title() {
    return title;
  }

  boolean titled() {
    return titled;
  }

  public DType dtype() {
    return dtype;
  }

  public int offset() {
    return offset;
  }

  public int[] shape() {
    return shape.clone();
  }

  /** Elements of it in one record. */
  long count() {
    return Shapes.size(shape);
  }

  @Override
  public String toString() {
    return name + ": " + dtype + (shape.length > 0 ? Arrays.toString(shape) : "");
  }
}
