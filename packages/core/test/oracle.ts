// Reads corpus/ops/ops.json (NumPy's own results; see corpus/make/ops.py) and compares our results with it.
import { readFileSync } from "node:fs";
import {
  type AnyArray,
  arrayFromBytes,
  type DType,
  dtypes,
  type FullMask,
  isArray,
  isMaskedArray,
  MaskedArray,
  masked,
  type NdArray,
  nomask,
  sameDType,
  type TimeUnit,
} from "@masquerade/core";

export type Descr = string | readonly (readonly [name: string, type: string, shape?: readonly number[]])[];
interface Encoded {
  readonly d: Descr;
  readonly s: readonly number[];
  readonly b: string;
  readonly m?: string | 0;
}
export type Result = Encoded | { readonly masked: true } | { readonly error: string };
type Argument = number | { readonly i?: string; readonly f?: string; readonly b?: boolean; readonly t?: string };
type RawCase = readonly [string, string, readonly Argument[], Readonly<Record<string, unknown>>, Result];
export interface Case {
  readonly id: number;
  readonly section: string;
  readonly op: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly result: Result;
}

const sized = {
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  c8: "complex64",
  c16: "complex128",
  b1: "bool",
} as const;

/** Only what the oracle's script writes. */
export function dtypeOf(d: Descr): DType {
  if (typeof d !== "string")
    return dtypes.struct(d.map(([name, type, shape]) => ({ name, dtype: dtypeOf(type), shape: shape ?? [] })));
  const order = d.startsWith(">") ? "big" : "little";
  const body = d.replace(/^[<>|=]/, "");
  const time = /^([Mm])8(?:\[(\d*)(\w+)\])?$/.exec(body);
  if (time !== null) {
    const make = time[1] === "M" ? dtypes.datetime64 : dtypes.timedelta64;
    return make((time[3] ?? "generic") as TimeUnit, Number(time[2] || 1), order) as DType;
  }
  if (body in sized) return dtypes.simple(sized[body as keyof typeof sized], order) as DType;
  const n = Number(body.slice(1));
  if (body[0] === "S") return dtypes.bytes(n);
  if (body[0] === "U") return dtypes.str(n, order);
  if (body[0] === "V") return dtypes.opaque(n);
  if (body === "f16") return dtypes.longdouble("x87", 16);
  if (body === "c32") return dtypes.clongdouble("x87", 32);
  if (body === "O") return dtypes.object();
  throw new Error(`the oracle has a dtype this test does not know: ${body}`);
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

function decode(e: Encoded): AnyArray {
  const data = arrayFromBytes(bytesOf(e.b), dtypeOf(e.d), e.s);
  if (e.m === undefined) return data;
  const mask =
    e.m === 0 ? nomask : (arrayFromBytes(bytesOf(e.m), dtypes.simple("bool") as DType, e.s) as unknown as FullMask);
  return new MaskedArray({ data, mask });
}

function argumentOf(a: Argument, arrays: readonly Encoded[]): unknown {
  if (typeof a === "number") return decode(arrays[a] as Encoded);
  if (a.i !== undefined) return BigInt(a.i);
  if (a.f !== undefined) return Number(a.f);
  return a.b ?? a.t;
}

export function loadOracle(name: "ops" | "more"): { readonly numpy: string; readonly cases: readonly Case[] } {
  const file = new URL(`../../../corpus/ops/${name}.json`, import.meta.url);
  const raw = JSON.parse(readFileSync(file, "utf8")) as {
    numpy: string;
    arrays: Encoded[];
    cases: RawCase[];
  };
  const cases = raw.cases.map(([section, op, args, options, result], id): Case => {
    // Decoded anew for each case: nothing one case does to its arguments reaches another.
    return {
      id,
      section,
      op,
      get args() {
        return args.map((a) => argumentOf(a, raw.arrays));
      },
      options,
      result,
    };
  });
  return { numpy: raw.numpy, cases };
}

/** How far a float may be from NumPy's: units in the last place of its dtype, of the result or of `scale` where that is larger. */
export interface Tolerance {
  readonly ulp: number;
  readonly scale?: number;
  /** 0 and -0 count as the same. */
  readonly anyZero?: boolean;
}

/** Units in the last place of float64, float32 and float16 near a magnitude. */
function ulpOf(magnitude: number, bits: 16 | 32 | 64): number {
  const [precision, smallest] = bits === 64 ? [52, -1074] : bits === 32 ? [23, -149] : [10, -24];
  if (magnitude === 0) return 2 ** smallest;
  return 2 ** Math.max(Math.floor(Math.log2(magnitude)) - precision, smallest);
}

function near(a: number, b: number, bits: 16 | 32 | 64, t: Tolerance): boolean {
  if (Object.is(a, b) || (Number.isNaN(a) && Number.isNaN(b))) return true;
  if (a === 0 && b === 0 && t.anyZero === true) return true;
  if (t.ulp === 0) return false;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  return Math.abs(a - b) <= t.ulp * ulpOf(Math.max(Math.abs(a), Math.abs(b), t.scale ?? 0), bits);
}

const bitsOf: { readonly [kind: string]: 16 | 32 | 64 } = {
  float16: 16,
  float32: 32,
  complex64: 32,
  float64: 64,
  complex128: 64,
};

/** A plain value that `at` gave, compared; undefined when equal. */
function sameElement(a: unknown, b: unknown, bits: 16 | 32 | 64 | undefined, t: Tolerance): boolean {
  if (typeof a === "number" && typeof b === "number") return bits === undefined ? a === b : near(a, b, bits, t);
  if (typeof a === "object" && a !== null && typeof b === "object" && b !== null) {
    if ("re" in a && "re" in b) {
      const [x, y] = [a as { re: number; im: number }, b as { re: number; im: number }];
      const scale = Math.max(Math.hypot(x.re, x.im), Math.hypot(y.re, y.im));
      const wide = t.ulp === 0 ? t : { ulp: t.ulp, scale: Number.isFinite(scale) ? scale : 0 };
      return near(x.re, y.re, bits ?? 64, wide) && near(x.im, y.im, bits ?? 64, wide);
    }
    if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
    if ("bytes" in a && "bytes" in b)
      return Buffer.compare((a.bytes as Uint8Array).subarray(0, 10), (b.bytes as Uint8Array).subarray(0, 10)) === 0;
    const keys = Object.keys(a);
    return keys.every((k) =>
      sameElement((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k], bits, t),
    );
  }
  return Object.is(a, b) || (a === 0 && b === 0);
}

function* elements(array: NdArray): Generator<unknown> {
  const plain = array.reshape([array.size]);
  for (let i = 0; i < array.size; i++) yield plain.at(i);
}

const show = (v: unknown): string =>
  typeof v === "bigint"
    ? `${v}n`
    : typeof v === "object"
      ? JSON.stringify(v, (_, x) => (typeof x === "bigint" ? `${x}` : x))
      : String(v);

function compareData(
  want: NdArray,
  got: NdArray,
  t: Tolerance,
  what: string,
  skip?: readonly unknown[],
): string | undefined {
  if (!sameDType(want.dtype, got.dtype))
    return `${what}: dtype ${JSON.stringify(got.dtype)}, NumPy ${JSON.stringify(want.dtype)}`;
  if (want.shape.join() !== got.shape.join()) return `${what}: shape ${got.shape}, NumPy ${want.shape}`;
  const bits = bitsOf[want.dtype.kind];
  const theirs = elements(want);
  let i = 0;
  for (const mine of elements(got)) {
    const other = theirs.next().value;
    if (skip?.[i] !== true && !sameElement(mine, other, bits, t))
      return `${what}[${i}]: ${show(mine)}, NumPy ${show(other)}`;
    i++;
  }
  return undefined;
}

/** What differs between our result and NumPy's, or undefined. Data beneath the mask are compared too, unless `hidden` is false. */
export function disagreement(result: Result, got: unknown, t: Tolerance, hidden = true): string | undefined {
  if ("error" in result) return `NumPy raises ${result.error}, we return a value`;
  if ("masked" in result) return got === masked ? undefined : `NumPy gives masked, we ${show(got)}`;
  const want = decode(result);
  if (!isArray(got)) {
    if (got === masked) return "we give masked, NumPy a value";
    if (result.s.length !== 0) return `we give ${show(got)}, NumPy an array`;
    const value = isMaskedArray(want) ? want.data.at() : want.at();
    const bits = bitsOf[want.dtype.kind];
    return sameElement(got, value, bits, t) ? undefined : `we give ${show(got)}, NumPy ${show(value)}`;
  }
  if (isMaskedArray(want) !== isMaskedArray(got))
    return isMaskedArray(want) ? "NumPy's is masked, ours plain" : "ours is masked, NumPy's plain";
  if (!isMaskedArray(want) || !isMaskedArray(got)) return compareData(want as NdArray, got as NdArray, t, "data");
  if ((want.mask === nomask) !== (got.mask === nomask))
    return want.mask === nomask ? "NumPy has nomask, we a mask" : "NumPy has a mask, we nomask";
  const mask = want.mask === nomask ? undefined : (want.mask as unknown as NdArray);
  const differs = mask && compareData(mask, got.mask as unknown as NdArray, { ulp: 0 }, "mask");
  return (
    differs ??
    compareData(want.data, got.data, t, "data", hidden || mask === undefined ? undefined : [...elements(mask)])
  );
}
