// Random arrays, and what the Python side (numpy_peer.py) makes the same ones from.
import {
  type AnyArray,
  arrayFromBytes,
  Bundle,
  type BundleMember,
  Complex,
  type DType,
  dtypeString,
  dtypes,
  type FieldSpec,
  type FullMask,
  fieldCount,
  type Kind,
  MaskedArray,
  maskDType,
  NdArray,
  nomask,
  type Order,
  type PlainValue,
  type SimpleKind,
  sizeOf,
  storageRules,
  Tuple,
} from "@masquerade/core";

export type Spec = { readonly [key: string]: unknown };

export interface RandomValue {
  readonly value: AnyArray | Bundle;
  readonly arrays: readonly Spec[];
  readonly tree: unknown;
}

/** bool, the integers, the floats and complex numbers, in the order of core's table. */
const SIMPLE = (Object.keys(storageRules) as Kind[]).filter(
  (kind) => storageRules[kind].itemsize !== undefined && !/time|object|string/.test(kind),
) as SimpleKind[];
const UNITS = ["Y", "M", "D", "h", "s", "ms", "us", "ns", "generic"] as const;
const NAMES = ["temp", "salt", "id", "when", "état", "温度", "with space", "b", "x1", "numpy", "f8", "latin1"];
const TEXTS = [
  "",
  "alpha",
  "beta gamma",
  "naïve",
  "温度 \u{1f30a}",
  "line\nbreak\\",
  "\u0000\u001a\r",
  "x".repeat(300),
];

/** A generator of numbers below n, the same for the same seed (mulberry32). */
export function generator(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Makes random values; `modern`: with what only NumPy 2 has. */
export class RandomArrays {
  readonly #below: (n: number) => number;
  readonly #modern: boolean;

  constructor(seed: number, modern: boolean) {
    this.#below = generator(seed);
    this.#modern = modern;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T;
  }
  #chance(percent: number): boolean {
    return this.#below(100) < percent;
  }

  /** An array by itself, or several in containers. */
  next(): RandomValue {
    if (this.#chance(80)) {
      const { array, spec } = this.#array();
      return { value: array, arrays: [spec], tree: 0 };
    }
    const made = Array.from({ length: 1 + this.#below(4) }, () => this.#array());
    const { value, tree } = this.#container(
      made.map((one) => one.array),
      2,
    );
    return { value, arrays: made.map((one) => one.spec), tree };
  }

  #container(arrays: readonly AnyArray[], depth: number): { value: Bundle; tree: unknown } {
    const kind = this.#pick(["dict", "list", "tuple"] as const);
    const entries: [string, BundleMember][] = [];
    const attrs = new Map<string, PlainValue>();
    const items: unknown[] = [];
    const count = 1 + this.#below(4);
    for (let i = 0; i < count; i++) {
      const name = kind === "dict" ? `${this.#pick(NAMES)}${this.#below(3)}` : String(i);
      if (entries.some(([known]) => known === name)) continue;
      const inner = depth > 0 && this.#chance(20) ? this.#container(arrays, depth - 1) : undefined;
      const at = this.#below(arrays.length);
      entries.push([name, inner?.value ?? (arrays[at] as AnyArray)]);
      items.push(kind === "dict" ? [name, inner?.tree ?? at] : (inner?.tree ?? at));
    }
    if (this.#chance(50)) {
      const { value, spec } = this.#plain(2);
      const name = kind === "dict" ? "attribute" : String(entries.length);
      attrs.set(name, value);
      items.push(kind === "dict" ? [name, ["plain", spec]] : ["plain", spec]);
    }
    return { value: new Bundle({ kind, entries, attrs }), tree: [kind, items] };
  }

  #array(): { array: AnyArray; spec: Spec } {
    if (this.#chance(6)) return this.#objects();
    const { dtype, spec } = this.#dtype(2);
    const shape = this.#shape();
    const order: Order = this.#chance(30) ? "F" : "C";
    // Of records that do not lie in memory as they are pickled, NumPy copies the fields and leaves the padding to chance.
    const views = dtype.kind !== "struct" && shape.length > 0 && this.#chance(15) ? [this.#view(shape.length)] : [];
    const raw = this.#bytes(sizeOf(shape) * dtype.itemsize, dtype);
    const described: Record<string, unknown> = { dtype: spec, shape, order, views, data: base64(raw) };
    const data = applyViews(arrayFromBytes(raw, dtype, shape, order) as NdArray, views);
    if (this.#chance(45)) {
      const subclass =
        shape.length === 2 && views.length === 0 && this.#chance(10)
          ? "matrix"
          : dtype.kind === "struct" && dtype.record && views.length === 0
            ? "recarray"
            : undefined;
      if (subclass === undefined) return { array: data, spec: described };
      return { array: data.with({ subclass }), spec: { ...described, subclass } };
    }
    if (dtype.kind === "struct" && dtype.record) return { array: data, spec: described };
    const maskType = maskDType(dtype) as DType;
    const bits = this.#chance(30) ? undefined : this.#bits(sizeOf(shape) * maskType.itemsize);
    described["mask"] = bits === undefined ? null : base64(bits);
    const fill = this.#fill(dtype);
    described["fill"] = fill?.spec ?? null;
    const mask =
      bits && (applyViews(arrayFromBytes(bits, maskType, shape, order) as NdArray, views) as unknown as FullMask);
    return { array: new MaskedArray({ data, mask: mask ?? nomask, fillValue: fill?.array }), spec: described };
  }

  #fill(dtype: DType): { array: NdArray; spec: Spec } | undefined {
    const time = dtype.kind === "datetime64" || dtype.kind === "timedelta64";
    const own =
      dtype.kind === "struct" || time || this.#chance(50) ? dtype : dtypes.simple(this.#pick(SIMPLE.slice(0, 3)));
    const unitless = time && dtype.unit === "generic";
    // The default record that NumPy makes has chance bytes as padding.
    const left = dtype.kind !== "struct" && this.#chance(40);
    if (own.itemsize === 0 || unitless || left) return undefined;
    const raw = this.#bytes(own.itemsize, own);
    const spec = { dtype: own === dtype ? null : dtypeString(own), data: base64(raw) };
    return { array: arrayFromBytes(raw, own, []) as NdArray, spec };
  }

  #shape(): number[] {
    const many = this.#below(40);
    if (many === 0) return [];
    if (many === 1) return [7000 + this.#below(3000)];
    if (many === 2) return [1];
    return Array.from({ length: 1 + this.#below(4) }, () => (this.#chance(4) ? 0 : 1 + this.#below(5)));
  }

  #view(ndim: number): readonly [axes: number[], steps: number[]] {
    const axes = Array.from({ length: ndim }, (_, i) => i).sort(() => this.#below(3) - 1);
    return [axes, axes.map(() => (this.#chance(70) ? 1 : this.#pick([2, -1, -2])))];
  }

  #bytes(size: number, dtype: DType): Uint8Array {
    const out = new Uint8Array(size);
    const low = this.#chance(30) ? 3 : 256;
    for (let i = 0; i < size; i++) out[i] = dtype.kind === "bool" ? this.#below(2) : this.#below(low);
    if (dtype.kind === "str")
      for (let i = 0; i < size; i += 4)
        out.fill(0, dtype.byteOrder === "big" ? i : i + 1, dtype.byteOrder === "big" ? i + 3 : i + 4);
    return out;
  }

  #bits(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.#below(2));
  }

  #dtype(depth: number): { dtype: DType; spec: unknown } {
    const order = this.#chance(25) ? "big" : "little";
    const kind = this.#below(100);
    const leaf = (dtype: DType): { dtype: DType; spec: unknown } => ({ dtype, spec: dtypeString(dtype) });
    if (kind < 45) return leaf(dtypes.simple(this.#pick(SIMPLE), order));
    if (kind < 52) return leaf(dtypes.bytes(1 + this.#below(9)));
    if (kind < 59) return leaf(dtypes.str(1 + this.#below(9), order));
    if (kind < 63) return leaf(dtypes.opaque(1 + this.#below(9)));
    if (kind < 67) return leaf(dtypes.longdouble("x87", 16, order));
    if (kind < 69) return leaf(dtypes.clongdouble("x87", 32, order));
    if (kind < 78) {
      // NumPy cannot make masked records with times of no unit or of a multiple: it finds no default fill value.
      const unit = this.#pick(depth < 2 ? UNITS.slice(0, -1) : UNITS);
      const make = this.#chance(50) ? dtypes.datetime64 : dtypes.timedelta64;
      const plainly = depth < 2 || unit === "generic" || this.#chance(70);
      return leaf(make(unit, plainly ? 1 : 2 + this.#below(30), order));
    }
    if (kind < 81) {
      const dtype = { ...dtypes.simple(this.#pick(SIMPLE), order), metadata: new Map([["unit", "K"]]) } as DType;
      return { dtype, spec: { str: dtypeString(dtype), metadata: [["unit", "K"]] } };
    }
    return depth === 0 ? leaf(dtypes.simple("float64")) : this.#struct(depth);
  }

  #struct(depth: number): { dtype: DType; spec: unknown } {
    const names = NAMES.slice(0).sort(() => this.#below(3) - 1);
    const made = names.slice(0, 1 + this.#below(4)).map((name) => {
      const { dtype, spec } = this.#dtype(depth - 1);
      const shape = this.#chance(20) ? [1 + this.#below(3), ...(this.#chance(30) ? [2] : [])] : [];
      const title = this.#chance(10) ? `title of ${name}` : undefined;
      const field: FieldSpec = { name, dtype, shape, title };
      return { field, spec: { name, dtype: spec, shape, title } };
    });
    const aligned = this.#chance(25);
    const record = depth === 2 && this.#chance(15);
    let fields = made.map((one) => one.field);
    if (!aligned && this.#chance(30)) {
      let end = this.#below(3);
      fields = fields.map((field) => {
        const offset = end;
        end += field.dtype.itemsize * fieldCount(field) + this.#below(3);
        return { ...field, offset };
      });
    }
    const dtype = dtypes.struct(fields, { aligned, record });
    const specs = made.map((one, i) => ({ ...one.spec, offset: dtype.fields[i]?.offset }));
    return { dtype, spec: { fields: specs, itemsize: dtype.itemsize, aligned, record } };
  }

  #objects(): { array: AnyArray; spec: Spec } {
    const shape = this.#chance(5) ? [1000 + this.#below(1500)] : [1 + this.#below(4), this.#below(4)];
    const order: Order = this.#chance(30) ? "F" : "C";
    const text = this.#modern && this.#chance(40);
    const made = Array.from({ length: sizeOf(shape) }, () => {
      if (!text) return this.#plain(2);
      const value = this.#pick(TEXTS.slice(0, 6));
      return { value, spec: value };
    });
    const dtype = text ? dtypes.stringDType() : dtypes.object();
    const items = made.map((one) => one.spec);
    const spec = { dtype: text ? { string: {} } : "O", shape, order, views: [], items };
    return { array: new NdArray({ dtype: dtype as DType, shape, storage: made.map((one) => one.value), order }), spec };
  }

  #plain(depth: number): { value: PlainValue; spec: unknown } {
    switch (this.#below(depth > 0 ? 10 : 7)) {
      case 0:
        return { value: null, spec: null };
      case 1: {
        const value = this.#chance(50);
        return { value, spec: value };
      }
      case 2:
      case 3: {
        const value = this.#int();
        return { value, spec: { int: String(value) } };
      }
      case 4: {
        const value = this.#pick([0, -0, 0.1, 1e22, -1.5e-7, 123456789, 2 ** -1074, Number.POSITIVE_INFINITY]);
        return { value, spec: { float: hexOf(value) } };
      }
      case 5: {
        const value = this.#pick(TEXTS);
        return { value, spec: value };
      }
      case 6: {
        if (this.#chance(50)) return { value: new Complex(1.5, -2), spec: { complex: [1.5, -2] } };
        const value = this.#bits(2 + this.#below(300));
        return { value, spec: { bytes: base64(value) } };
      }
      case 7: {
        const items = Array.from({ length: this.#below(4) }, () => this.#plain(depth - 1));
        return { value: items.map((one) => one.value), spec: { list: items.map((one) => one.spec) } };
      }
      case 8: {
        const items = Array.from({ length: this.#below(6) }, () => this.#plain(depth - 1));
        return { value: new Tuple(items.map((one) => one.value)), spec: { tuple: items.map((one) => one.spec) } };
      }
      default: {
        const size = this.#chance(5) ? 999 + this.#below(3) : this.#below(4);
        const items = Array.from({ length: size }, (_, i) => [`key ${i}`, this.#plain(0)] as const);
        const value = new Map(items.map(([key, one]) => [key as PlainValue, one.value]));
        return { value, spec: { dict: items.map(([key, one]) => [key, one.spec]) } };
      }
    }
  }

  #int(): bigint {
    const magnitude = 2n ** BigInt(this.#below(this.#chance(10) ? 2100 : 70)) + BigInt(this.#below(3)) - 1n;
    return this.#chance(50) ? magnitude : -magnitude;
  }
}

function applyViews(array: NdArray, views: readonly (readonly [number[], number[]])[]): NdArray {
  let out = array;
  for (const [axes, steps] of views) out = out.transpose(axes).slice(steps.map((step) => `::${step}`).join(", "));
  return out;
}

/** C's hexadecimal form of a double, which Python's float.fromhex reads. */
function hexOf(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = (bits & 0xfffffffffffffn).toString(16).padStart(13, "0");
  const sign = bits >> 63n === 1n ? "-" : "";
  return exponent === 0 ? `${sign}0x0.${fraction}p-1022` : `${sign}0x1.${fraction}p${exponent - 1023}`;
}
