import {
  type AnyArray,
  type Bundle,
  difference,
  type EqualsOptions,
  eachArray,
  equals,
  isMaskedArray,
  type Kind,
} from "@masquerade/core";

/** One array that is not the same in both files. */
export interface Differing {
  /** Path of the array; "" for a single unnamed one. */
  readonly key: string;
  /** What is different, in a few words. */
  readonly what: string;
  /** Elements masked in one file only. */
  readonly masks?: number;
  /** Elements visible in both whose values differ more than the tolerance, and the farthest two of them. */
  readonly values?: number;
  readonly worst?: { readonly index: readonly number[]; readonly a: number | bigint; readonly b: number | bigint };
}

/** Kinds whose elements are compared as numbers, one by one. */
const NUMBERS: ReadonlySet<Kind> = new Set<Kind>([
  ...(["bool", "int8", "int16", "int32", "uint8", "uint16", "uint32"] as const),
  ...(["float16", "float32", "float64"] as const),
]);

/** Kinds whose elements numbers do not hold exactly. */
const INTEGERS: ReadonlySet<Kind> = new Set<Kind>(["int64", "uint64"]);

/** The arrays that differ in meaning (see `equals`), each with how; none: the same. */
export function compareValues(a: AnyArray | Bundle, b: AnyArray | Bundle, options: EqualsOptions): Differing[] {
  const [ours, theirs] = [new Map(eachArray(a)), new Map(eachArray(b))];
  const found: Differing[] = [];
  // One array each: what they are called does not matter.
  if (ours.size === 1 && theirs.size === 1) {
    const [[key, one], [, other]] = [[...ours][0], [...theirs][0]] as [[string, AnyArray], [string, AnyArray]];
    return compareArrays(key, one, other, options);
  }
  for (const [key, one] of ours) {
    const other = theirs.get(key);
    if (other === undefined) found.push({ key, what: "only in the first file" });
    else found.push(...compareArrays(key, one, other, options));
  }
  for (const key of theirs.keys()) if (!ours.has(key)) found.push({ key, what: "only in the second file" });
  return found;
}

/** The same bit for bit, or the first place that is not. */
export function compareBits(a: AnyArray | Bundle, b: AnyArray | Bundle): Differing[] {
  const what = difference(a, b);
  return what === undefined ? [] : [{ key: "", what }];
}

function compareArrays(key: string, a: AnyArray, b: AnyArray, options: EqualsOptions): Differing[] {
  if (equals(a, b, options)) return [];
  if (isMaskedArray(a) !== isMaskedArray(b)) return [{ key, what: "masked in one file, plain in the other" }];
  const shapes = [a.shape, b.shape].map((shape) => `(${shape.join(", ")})`);
  if (shapes[0] !== shapes[1]) return [{ key, what: `shape ${shapes[0]} against ${shapes[1]}` }];
  const comparable = [a, b].every(({ dtype }) => NUMBERS.has(dtype.kind) || INTEGERS.has(dtype.kind));
  if (!comparable) return [{ key, what: "other elements" }];
  return [{ key, ...elementwise(a, b, options) }];
}

function elementwise(a: AnyArray, b: AnyArray, options: EqualsOptions): Omit<Differing, "key"> {
  const { rtol = 0, atol = 0, equalNaN = false, hidden = false } = options;
  // Both of 64 bits: exactly. Beside other numbers integers are rounded, as NumPy does.
  const exact = INTEGERS.has(a.dtype.kind) && INTEGERS.has(b.dtype.kind);
  const [x, y] = exact ? [integersOf(a), integersOf(b)] : [numbersOf(a), numbersOf(b)];
  const [m, n] = [maskOf(a), maskOf(b)];
  let [masks, values, worst, farthest] = [0, 0, -1, -1];
  for (let i = 0; i < x.length; i++) {
    const [xHidden, yHidden] = [m !== undefined && m[i] !== 0, n !== undefined && n[i] !== 0];
    if (xHidden !== yHidden) masks++;
    if ((xHidden || yHidden) && !hidden) continue;
    const [p, q] = [x[i] as number | bigint, y[i] as number | bigint];
    if (p === q || (equalNaN && Number.isNaN(p) && Number.isNaN(q))) continue;
    const distance = Math.abs(exact ? Number((p as bigint) - (q as bigint)) : (p as number) - (q as number));
    if (distance <= atol + rtol * Math.abs(Number(q)) && Number.isFinite(Number(q))) continue;
    values++;
    const far = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
    if (far > farthest) [worst, farthest] = [i, far];
  }
  const what = [masks > 0 ? `${masks} masked in one file only` : "", values > 0 ? `${values} other values` : ""];
  const place = { index: indexOf(worst, a.shape), a: x[worst] as number | bigint, b: y[worst] as number | bigint };
  return { what: what.filter((text) => text !== "").join(", "), masks, values, ...(worst >= 0 && { worst: place }) };
}

const numbersOf = (array: AnyArray): Float64Array =>
  (isMaskedArray(array) ? array.data : array).astype("float64").toC();

const integersOf = (array: AnyArray): BigInt64Array | BigUint64Array =>
  (isMaskedArray(array) ? array.data : array).toC() as BigInt64Array | BigUint64Array;

const maskOf = (array: AnyArray): Uint8Array | undefined =>
  isMaskedArray(array) ? (array.maskArray().toC() as Uint8Array) : undefined;

/** Position in C order as one index for each axis. */
function indexOf(position: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    index.unshift(position % length);
    position = Math.floor(position / length);
  }
  return index;
}
