import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import type { NdArray } from "../array/ndarray.ts";
import { nomask } from "../symbols.ts";
import { castArray } from "./astype.ts";
import { broadcastTo } from "./broadcast.ts";
import { compareOf } from "./elementwise.ts";
import type { CompareName } from "./kernels-real.ts";
import { copyUnder } from "./masked-store.ts";
import { flatMask, maskedResult, type Operand, operandsOf, type ResultOf, unionMask } from "./operands.ts";
import type { SameMasking } from "./unary.ts";

/** NumPy's comparisons, also in a masked array's manner: masked where either is, with the first operand (as a bool) beneath. */
function compare(name: CompareName, x: Operand, y: Operand): AnyArray {
  const o = operandsOf(x, y, "comparing");
  const data = compareOf(name, o.a, o.b);
  if (o.from === undefined) return data as unknown as NdArray;
  const mask = unionMask(o, data as unknown as NdArray);
  if (mask !== nomask) copyUnder(data as unknown as NdArray, mask, castArray(o.a, "bool"));
  return maskedResult(data as unknown as NdArray, mask, o.from);
}

/** a == b, element by element. */
export function equal<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B, "bool"> {
  return compare("equal", a, b) as ResultOf<A, B, "bool">;
}
/** a != b. */
export function notEqual<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B, "bool"> {
  return compare("notEqual", a, b) as ResultOf<A, B, "bool">;
}
/** a < b. */
export function less<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B, "bool"> {
  return compare("less", a, b) as ResultOf<A, B, "bool">;
}
/** a <= b. */
export function lessEqual<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B, "bool"> {
  return compare("lessEqual", a, b) as ResultOf<A, B, "bool">;
}
/** a > b. */
export function greater<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B, "bool"> {
  return compare("greater", a, b) as ResultOf<A, B, "bool">;
}
/** a >= b. */
export function greaterEqual<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B, "bool"> {
  return compare("greaterEqual", a, b) as ResultOf<A, B, "bool">;
}

/** Bit operations on the truth of both operands: 0 and, 1 or, 2 exclusive or. */
function logical(op: 0 | 1 | 2, x: Operand, y: Operand): AnyArray {
  const o = operandsOf(x, y, "comparing");
  const [a, b] = [castArray(o.a, "bool"), castArray(o.b, "bool")];
  const data = compareOf("equal", a, b);
  const { shape, order, storage } = data;
  const p = gather(broadcastTo(a, shape), order) as Uint8Array;
  const q = gather(broadcastTo(b, shape), order) as Uint8Array;
  for (let i = 0; i < storage.length; i++) {
    const v = p[i] !== 0 ? 1 : 0;
    const w = q[i] !== 0 ? 1 : 0;
    storage[i] = op === 0 ? v & w : op === 1 ? v | w : v ^ w;
  }
  if (o.from === undefined) return data as unknown as NdArray;
  const mask = unionMask(o, data as unknown as NdArray);
  if (mask !== nomask) copyUnder(data as unknown as NdArray, mask, a);
  return maskedResult(data as unknown as NdArray, mask, o.from);
}

/** Whether both are true (non-zero). */
export function logicalAnd<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B, "bool"> {
  return logical(0, a, b) as ResultOf<A, B, "bool">;
}
/** Whether at least one is true. */
export function logicalOr<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B, "bool"> {
  return logical(1, a, b) as ResultOf<A, B, "bool">;
}
/** Whether exactly one is true. */
export function logicalXor<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B, "bool"> {
  return logical(2, a, b) as ResultOf<A, B, "bool">;
}
/** Whether it is false (zero). */
export function logicalNot<A extends AnyArray>(x: A): SameMasking<A, "bool"> {
  const source = isMaskedArray(x) ? x.data : (x as NdArray);
  const truth = castArray(source, "bool");
  const data = truth.copy(truth.order);
  const flags = data.storage as Uint8Array;
  for (let i = 0; i < flags.length; i++) flags[i] = flags[i] === 0 ? 1 : 0;
  if (!isMaskedArray(x)) return data as unknown as SameMasking<A, "bool">;
  const mask = flatMask(x);
  if (mask === nomask) return maskedResult(data, nomask, x) as unknown as SameMasking<A, "bool">;
  const kept = mask.copy(data.order) as unknown as NdArray<"bool">;
  // Beneath the mask np.ma keeps bools as they were, and the result of other dtypes.
  if (x.dtype.kind === "bool") copyUnder(data, kept, truth);
  return maskedResult(data, kept, x) as unknown as SameMasking<A, "bool">;
}
