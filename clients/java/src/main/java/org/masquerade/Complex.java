package org.masquerade;

import java.util.Objects;

/** A complex number. Two are equal when their bits are. */
public final class Complex {
  private final double real;
  private final double imaginary;

  public Complex(double real, double imaginary) {
    this.real = real;
    this.imaginary = imaginary;
  }

  public double real() {
    return real;
  }

  public double imaginary() {
    return imaginary;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Complex
        && Double.doubleToRawLongBits(((Complex) other).real) == Double.doubleToRawLongBits(real)
        && Double.doubleToRawLongBits(((Complex) other).imaginary) == Double.doubleToRawLongBits(imaginary);
  }

  @Override
  public int hashCode() {
    return Objects.hash(Double.doubleToRawLongBits(real), Double.doubleToRawLongBits(imaginary));
  }

  @Override
  public String toString() {
    return "(" + real + ", " + imaginary + ")";
  }
}
