import { type AnyArray, isArray, isMaskedArray } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import { type FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { sameShape } from "../array/strides.ts";
import { zeros } from "../array/zeros.ts";
import { simple } from "../dtype/dtype.ts";
import { OptionError } from "../errors.ts";
import { type Masked, masked, nomask } from "../symbols.ts";
import { maximum, minimum, subtract } from "./arithmetic.ts";
import { castArray } from "./astype.ts";
import { resolveAxis } from "./axis.ts";
import { broadcastShapes, broadcastTo } from "./broadcast.ts";
import { sameStorage } from "./cast.ts";
import { fillArray } from "./fill.ts";
import { filledWith } from "./filled.ts";
import { notEqual } from "./logic.ts";
import { anyTrue } from "./mask-bits.ts";
import { copyUnder } from "./masked-store.ts";
import { flatMask, maskedResult, type Operand, operandsOf, type Scalar } from "./operands.ts";
import { promote } from "./promote.ts";
import { isfinite, type SameMasking } from "./unary.ts";

const flagsOf = (condition: AnyArray, shape: readonly number[]): NdArray<"bool"> => {
  const truth = isMaskedArray(condition) ? filledWith(condition, fillArray(false, simple("bool"))) : condition;
  return broadcastTo(castArray(truth, "bool"), shape).copy("C") as unknown as NdArray<"bool">;
};

/**
 * The elements of `x` where `condition` is true, those of `y` elsewhere, all three broadcast, as `np.ma.where`. Masked as soon as one of
 * the three is: where the chosen element is masked, and where the condition is. `masked` may stand for `x` or `y`. Throws OptionError
 * SHAPE_MISMATCH or DTYPE_MISMATCH.
 */
export function where<C extends AnyArray, A extends Operand | Masked, B extends Operand | Masked>(
  condition: C,
  x: A,
  y: B,
): C extends MaskedArray
  ? MaskedArray
  : A extends MaskedArray | Masked
    ? MaskedArray
    : B extends MaskedArray | Masked
      ? MaskedArray
      : NdArray;
export function where(condition: AnyArray, x: Operand | Masked, y: Operand | Masked): AnyArray {
  if (x === masked && y === masked) throw new OptionError("OPTION_INVALID", "one of x and y must have values");
  const [a, b] = bothArrays(condition, x, y);
  const shape = broadcastShapes(broadcastShapes(condition.shape, a.shape), b.shape);
  const [da, db] = [isMaskedArray(a) ? a.data : a, isMaskedArray(b) ? b.data : b];
  const dtype = sameStorage(da.dtype, db.dtype) ? da.dtype : promote(da.dtype, db.dtype);
  const chosen = flagsOf(condition, shape);
  const data = castArray(broadcastTo(db, shape), dtype).copy("C");
  copyUnder(data, chosen, da);
  if (!isMaskedArray(condition) && !isMaskedArray(a) && !isMaskedArray(b)) return data;
  const mask = zeros("bool", shape);
  const [hc, ha, hb] = [condition, a, b].map((one) => {
    const own = flatMask(one);
    return own === nomask ? undefined : (gather(broadcastTo(own, shape), "C") as Uint8Array);
  });
  for (let i = 0; i < mask.size; i++)
    mask.storage[i] = (hc?.[i] ?? 0) | ((chosen.storage[i] === 0 ? hb : ha)?.[i] ?? 0);
  return new MaskedArray({ data, mask: anyTrue(mask.storage) ? (mask as FullMask) : nomask });
}

function bothArrays(condition: AnyArray, x: Operand | Masked, y: Operand | Masked): [AnyArray, AnyArray] {
  if (x === masked || y === masked) {
    const other = x === masked ? y : x;
    const values = isArray(other) ? other : operandsOf(other as Scalar, 0).a;
    const hidden = new MaskedArray({
      data: zeros(isMaskedArray(values) ? values.data.dtype : (values as NdArray).dtype, []),
      mask: fillArray(true, simple("bool")) as unknown as FullMask,
    });
    return x === masked ? [hidden, values] : [values, hidden];
  }
  // A scalar is weak beside plain arrays only, as everywhere.
  const weak = isMaskedArray(condition) || isMaskedArray(x) || isMaskedArray(y);
  const strong = (one: Operand): AnyArray => (isArray(one) ? one : operandsOf(one, one as Scalar).a);
  if (weak) return [strong(x as Operand), strong(y as Operand)];
  const o = operandsOf(x as Operand, y as Operand);
  return [o.a, o.b];
}

/** Bounded below by `low` and above by `high` (`undefined`: not at all), as `np.clip`; NaN stays, and so does the mask. Throws OptionError. */
export function clip<A extends AnyArray>(
  x: A,
  low: NdArray | Scalar | undefined,
  high?: NdArray | Scalar,
): SameMasking<A> {
  if (isMaskedArray(x)) return x.with({ data: clip(x.data, low, high) as never }) as unknown as SameMasking<A>;
  let data = x as unknown as NdArray;
  if (low !== undefined) data = maximum(data, low) as NdArray;
  if (high !== undefined) data = minimum(data, high) as NdArray;
  return (data === (x as unknown) ? data.copy() : data) as unknown as SameMasking<A>;
}

/** What each element differs from the one before it along an axis, `n` times over; of bools whether it does. Throws OptionError. */
export function diff<A extends AnyArray>(x: A, n = 1, axis = -1): SameMasking<A> {
  if (!Number.isSafeInteger(n) || n < 0) throw new OptionError("OPTION_INVALID", `diff is taken ${n} times`, "n");
  const before = Array.from({ length: resolveAxis(axis, x.ndim) }, () => ({}));
  const later = <P extends AnyArray>(p: P): P => p.slice([...before, { start: 1 }]) as P;
  const earlier = <P extends AnyArray>(p: P): P => p.slice([...before, { stop: -1 }]) as P;
  let data = (isMaskedArray(x) ? x.data : x) as NdArray;
  let mask = flatMask(x) as NdArray<"bool"> | typeof nomask;
  for (let i = 0; i < n; i++) {
    data =
      data.dtype.kind === "bool"
        ? (notEqual(later(data), earlier(data)) as unknown as NdArray)
        : (subtract(later(data), earlier(data)) as NdArray);
    mask = mask === nomask ? nomask : (maskOr(later(mask), earlier(mask)) as NdArray<"bool"> | typeof nomask);
  }
  return (isMaskedArray(x) ? maskedResult(data, mask, x) : data) as SameMasking<A>;
}

/**
 * Masked where not finite too, those elements replaced by the fill value (`fillValue`, or the array's own), as `np.ma.fix_invalid`. The
 * argument stays as it is. Throws OptionError DTYPE_MISMATCH for what has no notion of finite.
 */
export function fixInvalid(x: AnyArray, fillValue?: number): MaskedArray {
  const base = (isMaskedArray(x) ? x : new MaskedArray({ data: x as NdArray })) as MaskedArray;
  const finite = isfinite(base.data as NdArray) as NdArray<"bool">;
  for (let i = 0; i < finite.size; i++) finite.storage[i] = 1 - (finite.storage[i] as number);
  if (!anyTrue(finite.storage)) return base.copy();
  const data = base.data.copy(finite.order);
  copyUnder(data, finite, fillValue === undefined ? base.fill() : fillArray(fillValue, simple("float64")));
  const own = flatMask(base);
  const flags = finite.copy();
  if (own !== nomask) {
    const before = gather(own, flags.order) as Uint8Array;
    for (let i = 0; i < flags.size; i++) flags.storage[i] = (flags.storage[i] as number) | (before[i] as number);
  }
  return base.with({ data: data as never, mask: flags as FullMask });
}

/** Two masks united, as `np.ma.mask_or`: nomask where neither masks anything. Throws OptionError SHAPE_MISMATCH. */
export function maskOr(
  a: NdArray<"bool"> | typeof nomask,
  b: NdArray<"bool"> | typeof nomask,
): FullMask | typeof nomask {
  const both = [a, b].filter((one) => one !== nomask) as NdArray<"bool">[];
  const [first, second] = both;
  if (first === undefined) return nomask;
  if (second !== undefined && !sameShape(first.shape, second.shape))
    throw new OptionError("SHAPE_MISMATCH", `masks of (${first.shape.join(", ")}) and (${second.shape.join(", ")})`);
  const out = first.copy("C");
  const more = second === undefined ? undefined : (gather(second as unknown as NdArray, "C") as Uint8Array);
  if (more !== undefined)
    for (let i = 0; i < out.size; i++) out.storage[i] = (out.storage[i] as number) | (more[i] as number);
  return anyTrue(out.storage) ? (out as FullMask) : nomask;
}
