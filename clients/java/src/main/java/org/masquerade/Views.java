package org.masquerade;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** What strided views do with shapes and strides. */
final class Views {
  private Views() {}

  /** How many elements a slice has. Throws IndexOutOfBoundsException for one that passes the ends. */
  static int count(int[] shape, int axis, int start, int stop, int step) {
    int n = shape[axis];
    if (step == 0 || start < 0 || start > n || stop < -1 || stop > n || (step < 0 && start == n && n > 0))
      throw new IndexOutOfBoundsException("the slice " + start + ":" + stop + ":" + step + " of an axis of length " + n);
    if (step > 0) return stop <= start ? 0 : (int) ((stop - (long) start + step - 1) / step);
    return stop >= start ? 0 : (int) ((start - (long) stop - step - 1) / -(long) step);
  }

  static int[] without(int[] from, int axis) {
    int[] out = new int[from.length - 1];
    System.arraycopy(from, 0, out, 0, axis);
    System.arraycopy(from, axis + 1, out, axis, out.length - axis);
    return out;
  }

  static int[] reversed(int[] from) {
    int[] out = new int[from.length];
    for (int i = 0; i < out.length; i++) out[i] = from[from.length - 1 - i];
    return out;
  }

  static int[] joined(int[] a, int[] b) {
    int[] out = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, out, a.length, b.length);
    return out;
  }

  static int place(int[] index, int[] shape, int[] strides, int at) {
    if (index.length != shape.length) throw new IndexOutOfBoundsException(index.length + " indices for " + shape.length + " axes");
    int place = at;
    for (int axis = 0; axis < index.length; axis++) {
      if (index[axis] < 0 || index[axis] >= shape[axis])
        throw new IndexOutOfBoundsException("index " + index[axis] + " for axis " + axis + " of length " + shape[axis]);
      place += index[axis] * strides[axis];
    }
    return place;
  }

  /** Where each element lies, in C order. */
  static void places(int[] shape, int[] strides, int at, IntConsumer each) {
    if (Shapes.size(shape) == 0) return;
    int[] index = new int[shape.length];
    int place = at;
    while (true) {
      each.accept(place);
      int axis = shape.length - 1;
      for (; axis >= 0; axis--) {
        place += strides[axis];
        if (++index[axis] < shape[axis]) break;
        place -= index[axis] * strides[axis];
        index[axis] = 0;
      }
      if (axis < 0) return;
    }
  }
}
