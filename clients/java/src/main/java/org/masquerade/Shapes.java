package org.masquerade;

/** Counting elements without ever passing what a long holds. */
final class Shapes {
  /** More than any file has bytes: where products stop. */
  static final long MANY = (1L << 53) - 1;

  private Shapes() {}

  static long times(long a, long b) {
    return b != 0 && a > MANY / b ? MANY : a * b;
  }

  static long size(int... shape) {
    long size = 1;
    for (int n : shape) {
      if (n == 0) return 0;
      size = times(size, n);
    }
    return size;
  }

  /** Steps from one element to the next on each axis, of elements of `unit`. */
  static int[] strides(int[] shape, int unit, boolean fortran) {
    int[] out = new int[shape.length];
    long step = unit;
    for (int i = 0; i < shape.length; i++) {
      int axis = fortran ? i : shape.length - 1 - i;
      out[axis] = (int) Math.min(step, Integer.MAX_VALUE);
      step = times(step, Math.max(shape[axis], 1));
    }
    return out;
  }
}
