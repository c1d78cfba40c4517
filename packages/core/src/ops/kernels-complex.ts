import type { BinaryName, CompareName } from "./kernels-real.ts";

/** Interleaved (re, im) values; `round` brings each step to the precision of the dtype. */
export type ComplexBinary = (
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  n: number,
  sa: number,
  sb: number,
  single: boolean,
) => void;

export const complexBinary: {
  readonly [N in Extract<BinaryName, "add" | "subtract" | "multiply" | "divide">]: ComplexBinary;
} = {
  add: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) {
      out[2 * i] = (a[2 * i * sa] as number) + (b[2 * i * sb] as number);
      out[2 * i + 1] = (a[2 * i * sa + 1] as number) + (b[2 * i * sb + 1] as number);
    }
  },
  subtract: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) {
      out[2 * i] = (a[2 * i * sa] as number) - (b[2 * i * sb] as number);
      out[2 * i + 1] = (a[2 * i * sa + 1] as number) - (b[2 * i * sb + 1] as number);
    }
  },
  multiply: (a, b, out, n, sa, sb, single) => {
    for (let i = 0; i < n; i++) {
      const ar = a[2 * i * sa] as number;
      const ai = a[2 * i * sa + 1] as number;
      const br = b[2 * i * sb] as number;
      const bi = b[2 * i * sb + 1] as number;
      if (single) {
        out[2 * i] = Math.fround(ar * br) - Math.fround(ai * bi);
        out[2 * i + 1] = Math.fround(ar * bi) + Math.fround(ai * br);
      } else {
        out[2 * i] = ar * br - ai * bi;
        out[2 * i + 1] = ar * bi + ai * br;
      }
    }
  },
  /** R. L. Smith's method, as NumPy: the divisor's larger part is divided out first. */
  divide: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) {
      const ar = a[2 * i * sa] as number;
      const ai = a[2 * i * sa + 1] as number;
      const br = b[2 * i * sb] as number;
      const bi = b[2 * i * sb + 1] as number;
      if (Math.abs(br) >= Math.abs(bi)) {
        if (br === 0 && bi === 0) {
          out[2 * i] = ar / Math.abs(br);
          out[2 * i + 1] = ai / Math.abs(br);
          continue;
        }
        const ratio = bi / br;
        const scale = 1 / (br + bi * ratio);
        out[2 * i] = (ar + ai * ratio) * scale;
        out[2 * i + 1] = (ai - ar * ratio) * scale;
      } else {
        const ratio = br / bi;
        const scale = 1 / (bi + br * ratio);
        out[2 * i] = (ar * ratio + ai) * scale;
        out[2 * i + 1] = (ai * ratio - ar) * scale;
      }
    }
  },
};

/** Complex numbers are ordered by real part, then imaginary; any NaN compares false (and unequal). */
export function compareComplex(
  name: CompareName,
  a: Float64Array,
  b: Float64Array,
  out: Uint8Array,
  n: number,
  sa: number,
  sb: number,
): void {
  for (let i = 0; i < n; i++) {
    const ar = a[2 * i * sa] as number;
    const ai = a[2 * i * sa + 1] as number;
    const br = b[2 * i * sb] as number;
    const bi = b[2 * i * sb + 1] as number;
    const same = ar === br && ai === bi;
    const unordered = Number.isNaN(ar) || Number.isNaN(ai) || Number.isNaN(br) || Number.isNaN(bi);
    const below = !unordered && (ar < br || (ar === br && ai < bi));
    const above = !unordered && (ar > br || (ar === br && ai > bi));
    out[i] = (
      name === "equal"
        ? same
        : name === "notEqual"
          ? !same
          : name === "less"
            ? below
            : name === "lessEqual"
              ? below || same
              : name === "greater"
                ? above
                : above || same
    )
      ? 1
      : 0;
  }
}
