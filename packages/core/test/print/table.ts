// Arrays of corpus/repr, which corpus/make/repr.py describes: rebuilt from what NumPy wrote down of them.
import { inflateRawSync } from "node:zlib";
import {
  type AnyArray,
  arrayFromBytes,
  Complex,
  type DType,
  dtypes,
  type FullMask,
  MaskedArray,
  maskDType,
  NdArray,
  nomask,
  type PlainValue,
  type PrintOptions,
  type SimpleKind,
  type Subclass,
  type TimeUnit,
  Tuple,
} from "@masquerade/core";

type Order = "little" | "big" | "none";
type DTypeNote = readonly [kind: string, order: Order, itemsize: number, more?: unknown];
interface FieldNote {
  readonly n: string;
  readonly d: DTypeNote;
  readonly at: number;
  readonly s: readonly number[];
  readonly t?: unknown;
}
export interface ArrayNote {
  readonly d: DTypeNote;
  readonly s: readonly number[];
  readonly b?: string;
  readonly v?: readonly unknown[];
  readonly n?: Subclass;
  readonly f?: 1;
  readonly m?: { readonly b: string | null; readonly fill?: ArrayNote; readonly n?: Subclass };
}
export interface Case {
  readonly a: ArrayNote;
  readonly repr: string;
  readonly str: string;
  readonly o?: PrintOptions;
}

const unpack = (text: string): Uint8Array => new Uint8Array(inflateRawSync(Buffer.from(text, "base64")));
const number = (hex: string): number => Buffer.from(hex, "hex").readDoubleBE(0);

export function dtypeOf([kind, order, itemsize, more]: DTypeNote): DType {
  const byteOrder = order === "none" ? undefined : order;
  switch (kind) {
    case "struct": {
      const { fields, ...rest } = more as { fields: FieldNote[]; aligned: boolean; record: boolean; alignment: number };
      const specs = fields.map((f) => ({
        name: f.n,
        dtype: dtypeOf(f.d),
        offset: f.at,
        shape: f.s,
        title: f.t === undefined ? undefined : plain(f.t),
      }));
      return {
        ...dtypes.struct(specs, { itemsize, aligned: rest.aligned, record: rest.record }),
        alignment: rest.alignment,
      };
    }
    case "string": {
      const { coerce, na } = more as { coerce: boolean; na?: unknown };
      return dtypes.stringDType({ coerce, ...(na === undefined ? {} : { naObject: { value: plain(na) } }) });
    }
    case "datetime64":
    case "timedelta64": {
      const [unit, multiple] = more as [TimeUnit, number];
      return dtypes[kind](unit, multiple, byteOrder);
    }
    case "bytes":
      return dtypes.bytes(itemsize);
    case "str":
      return dtypes.str(itemsize / 4, byteOrder);
    case "void":
      return dtypes.opaque(itemsize);
    case "object":
      return dtypes.object();
    case "longdouble":
    case "clongdouble":
      return dtypes[kind]("x87", itemsize, byteOrder);
    default:
      return dtypes.simple(kind as SimpleKind, byteOrder);
  }
}

export function plain(note: unknown): PlainValue {
  if (note === null || typeof note !== "object") return note as PlainValue;
  const { i, f, c, b, t, l, m, a } = note as Record<string, never>;
  if (i !== undefined) return BigInt(i);
  if (f !== undefined) return number(f);
  if (c !== undefined) return new Complex(number(c[0]), number(c[1]));
  if (b !== undefined) return unpack(b);
  if (t !== undefined) return new Tuple((t as unknown[]).map(plain));
  if (l !== undefined) return (l as unknown[]).map(plain);
  if (m !== undefined) return new Map((m as [unknown, unknown][]).map(([key, value]) => [plain(key), plain(value)]));
  return arrayOf(a as unknown as ArrayNote);
}

function ndarrayOf(note: ArrayNote): NdArray {
  const dtype = dtypeOf(note.d);
  const parts = { subclass: note.n };
  if (note.v !== undefined) {
    const na = dtype.kind === "string" ? dtype.naObject?.value : undefined;
    const missing = (value: PlainValue): boolean => typeof value !== "string" || value === na;
    const values = note.v.map(plain).map((v) => (dtype.kind === "string" && missing(v) ? null : v));
    return new NdArray<"object">({
      dtype: dtype as DType<"object">,
      shape: note.s,
      storage: values,
      ...parts,
    }) as never;
  }
  const array = arrayFromBytes(unpack(note.b as string), dtype, note.s, "C", { copy: true });
  const ordered = note.f === 1 ? array.copy("F") : array;
  return ordered.with(parts);
}

export function arrayOf(note: ArrayNote): AnyArray {
  const data = ndarrayOf(note);
  if (note.m === undefined) return data;
  const mask =
    note.m.b === null
      ? nomask
      : (arrayFromBytes(unpack(note.m.b), maskDType(data.dtype) as DType, note.s) as unknown as FullMask);
  return new MaskedArray({
    data,
    mask,
    fillValue: note.m.fill === undefined ? undefined : ndarrayOf(note.m.fill),
    subclass: note.m.n,
  });
}
