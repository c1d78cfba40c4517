import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import { type FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import { OptionError } from "../errors.ts";
import { nomask } from "../symbols.ts";
import { divide, multiply, subtract } from "./arithmetic.ts";
import { castArray } from "./astype.ts";
import { familyOf, fromFloat64, toFloat64 } from "./cast.ts";
import { concatenate } from "./join.ts";
import { anyTrue } from "./mask-bits.ts";
import { flatMask } from "./operands.ts";
import { promote } from "./promote.ts";
import { mean } from "./statistics.ts";
import { type SameMasking, sqrt } from "./unary.ts";

/** A matrix as float64 with 0 where masked, and which elements count. */
interface Side {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
  readonly here: Float64Array;
}

function sideOf(x: AnyArray, rows: number, columns: number): Side {
  const data = isMaskedArray(x) ? x.data : x;
  if (familyOf(data.dtype) !== "real")
    throw new OptionError("DTYPE_MISMATCH", `dot is not defined for ${data.dtype.kind} here; cast with astype first`);
  const values = toFloat64(data.dtype, gather(data, "C"), data.size).slice();
  const mask = flatMask(x);
  const here = new Float64Array(data.size).fill(1);
  if (mask !== nomask)
    (gather(mask, "C") as Uint8Array).forEach((flag, i) => {
      if (flag !== 0) values[i] = here[i] = 0;
    });
  return { rows, columns, values, here };
}

/** Sums of products in float64, one row of the left after another. */
function product(a: Float64Array, b: Float64Array, rows: number, n: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < n; k++) {
      const v = a[i * n + k] as number;
      for (let j = 0; j < columns; j++)
        out[i * columns + j] = (out[i * columns + j] as number) + v * (b[k * columns + j] as number);
    }
  return out;
}

/**
 * Matrix product of arrays of one or two dimensions, as `np.dot`, and of masked ones as `np.ma.dot`: masked elements count as 0, and the
 * result is masked where no pair of unmasked elements met. Sums are taken in float64, so the last bits may differ from NumPy's, which
 * leaves their order to a library. Throws OptionError SHAPE_MISMATCH, or DTYPE_MISMATCH for 64-bit integers and what is no real number.
 */
export function dot<A extends AnyArray, B extends AnyArray>(
  a: A,
  b: B,
): A extends MaskedArray ? MaskedArray : SameMasking<B>;
export function dot(a: AnyArray, b: AnyArray): AnyArray {
  if (a.ndim < 1 || a.ndim > 2 || b.ndim < 1 || b.ndim > 2)
    throw new OptionError(
      "SHAPE_MISMATCH",
      `dot takes arrays of one or two dimensions, not of ${a.ndim} and ${b.ndim}`,
    );
  const n = a.shape.at(-1) as number;
  if (n !== b.shape[0])
    throw new OptionError(
      "SHAPE_MISMATCH",
      `(${a.shape.join(", ")}) and (${b.shape.join(", ")}) do not fit each other`,
    );
  const left = sideOf(a, a.ndim === 2 ? (a.shape[0] as number) : 1, n);
  const right = sideOf(b, n, b.ndim === 2 ? (b.shape[1] as number) : 1);
  const shape = [...a.shape.slice(0, -1), ...b.shape.slice(1)];
  const dtype = promote(a.dtype, b.dtype);
  const data = zeros(dtype, shape) as unknown as NdArray;
  fromFloat64(product(left.values, right.values, left.rows, n, right.columns), dtype, data.storage);
  if (!isMaskedArray(a) && !isMaskedArray(b)) return data;
  const met = product(left.here, right.here, left.rows, n, right.columns);
  const mask = zeros("bool", shape);
  for (let i = 0; i < met.length; i++) mask.storage[i] = met[i] === 0 ? 1 : 0;
  return new MaskedArray({ data, mask: mask as FullMask });
}

/** How variables lie in an array, and what the sums are divided by. */
export interface CovarianceOptions {
  /** Rows are variables, columns observations (default true). */
  readonly rowvar?: boolean;
  /** What is taken from the number of observations. Default 1. */
  readonly ddof?: number;
}

function matrix(x: AnyArray, rowvar: boolean): AnyArray {
  if (x.ndim > 2) throw new OptionError("SHAPE_MISMATCH", `covariances need one or two dimensions, not ${x.ndim}`);
  const wide = (isMaskedArray(x) ? x.astype("float64") : castArray(x as NdArray, "float64")) as AnyArray;
  if (wide.ndim < 2) return wide.reshape([1, wide.size]) as AnyArray;
  return (rowvar || wide.shape[0] === 1 ? wide : wide.transpose()) as AnyArray;
}

/**
 * Covariances of the variables in `x`, and in `y` beneath them, as `np.ma.cov`: of each pair over the observations where neither is masked,
 * about the mean of each over its own. Masked where fewer than `ddof` + 1 are left. Always a masked array; a single variable gives shape ().
 * In float64, the last bits as the order of summation has it. Throws OptionError SHAPE_MISMATCH or DTYPE_MISMATCH.
 */
export function cov(x: AnyArray, y?: AnyArray, options: CovarianceOptions = {}): MaskedArray<"float64"> {
  const { rowvar = true, ddof = 1 } = options;
  let all = matrix(x, rowvar);
  if (y !== undefined) all = concatenate(common(all, matrix(y, rowvar)), 0) as AnyArray;
  const apart = subtract(all, mean(all, { axis: 1, keepdims: true })) as AnyArray;
  const [rows = 0, n = 0] = apart.shape;
  const side = sideOf(apart, rows, n);
  const turned = (values: Float64Array): Float64Array => {
    const out = new Float64Array(values.length);
    for (let i = 0; i < rows; i++) for (let k = 0; k < n; k++) out[k * rows + i] = values[i * n + k] as number;
    return out;
  };
  const data = zeros("float64", [rows, rows]);
  const mask = zeros("bool", [rows, rows]);
  const sums = product(side.values, turned(side.values), rows, n, rows);
  const counts = product(side.here, turned(side.here), rows, n, rows);
  for (let i = 0; i < sums.length; i++) {
    const left = (counts[i] as number) - ddof;
    data.storage[i] = (sums[i] as number) / left;
    mask.storage[i] = left <= 0 ? 1 : 0;
  }
  const made = new MaskedArray<"float64">({ data, mask: mask as FullMask });
  return rows === 1 ? made.reshape([]) : made;
}

/** Two sets of variables, masked alike where their shapes are the same. */
function common(x: AnyArray, y: AnyArray): readonly MaskedArray[] {
  const [a, b] = [x, y].map((one) => (isMaskedArray(one) ? one : new MaskedArray({ data: one as NdArray }))) as [
    MaskedArray,
    MaskedArray,
  ];
  if (a.shape.join() !== b.shape.join()) return [a, b];
  const [p, q] = [a.maskArray(), b.maskArray()].map((one) => gather(one as unknown as NdArray, "C") as Uint8Array) as [
    Uint8Array,
    Uint8Array,
  ];
  const mask = zeros("bool", a.shape);
  for (let i = 0; i < mask.size; i++) mask.storage[i] = (p[i] as number) | (q[i] as number);
  return anyTrue(mask.storage) ? [a.with({ mask: mask as FullMask }), b.with({ mask: mask as FullMask })] : [a, b];
}

/** Pearson's correlation coefficients of the variables in `x` (and `y`), as `np.ma.corrcoef`; see {@link cov}. */
export function corrcoef(
  x: AnyArray,
  y?: AnyArray,
  options: Pick<CovarianceOptions, "rowvar"> = {},
): MaskedArray<"float64"> {
  const made = cov(x, y, options);
  if (made.ndim === 0) return divide(made, made) as MaskedArray<"float64">;
  const n = made.shape[0] as number;
  const diagonal = Array.from({ length: n }, (_, i) =>
    made
      .slice([
        { start: i, stop: i + 1 },
        { start: i, stop: i + 1 },
      ])
      .reshape([1]),
  );
  const spread = sqrt(concatenate(diagonal));
  return divide(made, multiply(spread.reshape([n, 1]), spread)) as MaskedArray<"float64">;
}
