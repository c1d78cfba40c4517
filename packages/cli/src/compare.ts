import {
  type AnyArray,
  demandReadable,
  differenceOfFiles,
  type EqualsOptions,
  equals,
  isMaskedArray,
  type Kind,
  type LazyArray,
  type OpenFile,
  pieceRanges,
  sameShape,
  sizeOf,
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

/** Bytes of each array in memory at once; elements of less than eight bytes count as many, since they are compared as float64. */
const PIECE = 2 ** 22;

/** Told elements compared, and elements in all. */
type Tell = (done: number, total: number) => void;

/** The arrays that differ in meaning (see `equals`), each with how; none: the same. Both files are read piece by piece. */
export async function compareValues(
  a: OpenFile,
  b: OpenFile,
  options: EqualsOptions,
  tell: Tell = () => {},
): Promise<Differing[]> {
  demandReadable(a);
  demandReadable(b);
  const total = a.names.reduce((n, name) => n + sizeOf(a.array(name).header.shape), 0);
  let done = 0;
  const add = (count: number): void => tell((done += count), total);
  // One array each: what they are called does not matter.
  if (a.names.length === 1 && b.names.length === 1)
    return await compareArrays(a.names[0] as string, a.array(), b.array(), options, add);
  const found: Differing[] = [];
  for (const key of a.names) {
    if (!b.names.includes(key)) found.push({ key, what: "only in the first file" });
    else found.push(...(await compareArrays(key, a.array(key), b.array(key), options, add)));
  }
  for (const key of b.names) if (!a.names.includes(key)) found.push({ key, what: "only in the second file" });
  return found;
}

/** The same bit for bit, or the first place that is not. */
export async function compareBits(a: OpenFile, b: OpenFile): Promise<Differing[]> {
  const what = await differenceOfFiles(a, b);
  return what === undefined ? [] : [{ key: "", what }];
}

async function compareArrays(
  key: string,
  a: LazyArray,
  b: LazyArray,
  options: EqualsOptions,
  add: (count: number) => void,
): Promise<Differing[]> {
  const [x, y] = [a.header, b.header];
  if ((x.mask === "plain") !== (y.mask === "plain")) return [{ key, what: "masked in one file, plain in the other" }];
  if (!sameShape(x.shape, y.shape))
    return [{ key, what: `shape (${x.shape.join(", ")}) against (${y.shape.join(", ")})` }];
  const comparable = [x, y].every(({ dtype }) => NUMBERS.has(dtype.kind) || INTEGERS.has(dtype.kind));
  const tally = new Tally(x.shape, options);
  let same = true;
  const whole = { start: x.shape.map(() => 0), selection: undefined };
  const itemsize = Math.max(x.dtype.itemsize, y.dtype.itemsize, 8);
  const pieces = x.shape.includes(0) ? [whole] : pieceRanges(x.shape, x.order, itemsize, PIECE);
  for (const { start, selection } of pieces) {
    const [p, q] = [await a.read(selection), await b.read(selection)];
    add(p.size);
    if (equals(p, q, options)) continue;
    if (!comparable) return [{ key, what: "other elements" }];
    same = false;
    tally.add(p, q, start);
  }
  return same ? [] : [{ key, ...tally.result() }];
}

/** What differs between arrays of numbers, counted piece by piece. */
class Tally {
  readonly #shape: readonly number[];
  readonly #options: EqualsOptions;
  #masks = 0;
  #values = 0;
  #worst: { readonly position: number; readonly distance: number; readonly a: Value; readonly b: Value } | undefined;

  constructor(shape: readonly number[], options: EqualsOptions) {
    this.#shape = shape;
    this.#options = options;
  }

  /** The same part of both arrays; `start`: the index of its first element. */
  add(a: AnyArray, b: AnyArray, start: readonly number[]): void {
    const { rtol = 0, atol = 0, equalNaN = false, hidden = false } = this.#options;
    // Both of 64 bits: exactly. Beside other numbers integers are rounded, as NumPy does.
    const exact = INTEGERS.has(a.dtype.kind) && INTEGERS.has(b.dtype.kind);
    const [x, y] = exact ? [integersOf(a), integersOf(b)] : [numbersOf(a), numbersOf(b)];
    const [m, n] = [maskOf(a), maskOf(b)];
    for (let i = 0; i < x.length; i++) {
      const [xHidden, yHidden] = [m !== undefined && m[i] !== 0, n !== undefined && n[i] !== 0];
      if (xHidden !== yHidden) this.#masks++;
      if ((xHidden || yHidden) && !hidden) continue;
      const [p, q] = [x[i] as Value, y[i] as Value];
      if (p === q || (equalNaN && Number.isNaN(p) && Number.isNaN(q))) continue;
      const distance = Math.abs(exact ? Number((p as bigint) - (q as bigint)) : (p as number) - (q as number));
      if (distance <= atol + rtol * Math.abs(Number(q)) && Number.isFinite(Number(q))) continue;
      this.#values++;
      const far = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
      if (this.#worst !== undefined && far < this.#worst.distance) continue;
      const index = indexOf(i, a.shape).map((at, axis) => at + (start[axis] as number));
      const position = index.reduce((n, at, axis) => n * (this.#shape[axis] as number) + at, 0);
      // Of several as far apart the first, whatever the order of the pieces.
      if (this.#worst === undefined || far > this.#worst.distance || position < this.#worst.position)
        this.#worst = { position, distance: far, a: p, b: q };
    }
  }

  result(): Omit<Differing, "key"> {
    const [masks, values, worst] = [this.#masks, this.#values, this.#worst];
    const what = [masks > 0 ? `${masks} masked in one file only` : "", values > 0 ? `${values} other values` : ""];
    return {
      what: what.filter((text) => text !== "").join(", "),
      masks,
      values,
      ...(worst !== undefined && {
        worst: { index: indexOf(worst.position, this.#shape), a: worst.a, b: worst.b },
      }),
    };
  }
}

type Value = number | bigint;

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
