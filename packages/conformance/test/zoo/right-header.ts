import {
  type Attrs,
  Complex,
  type DType,
  dtypes,
  FormatError,
  type Kind,
  type PlainValue,
  Tuple,
} from "@masquerade/core";

/** JSON as the toy format's header holds it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const unhex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (b) => Number.parseInt(b, 16));

export function bad(message: string, offset = 6): FormatError {
  return new FormatError("FORMAT_MALFORMED", "right", message, { offset });
}

const numberText = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

export function packValue(value: PlainValue): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return { f: numberText(value) };
  if (typeof value === "bigint") return { i: String(value) };
  if (value instanceof Uint8Array) return { b: hex(value) };
  if (value instanceof Complex) return { c: [numberText(value.re), numberText(value.im)] };
  if (value instanceof Tuple) return { t: value.items.map(packValue) };
  if (Array.isArray(value)) return value.map(packValue);
  throw bad(`an attribute of this type cannot be held: ${typeof value}`);
}

export function unpackValue(json: Json | undefined): PlainValue {
  if (json === undefined) throw bad("an attribute is missing");
  if (typeof json === "number") throw bad("a bare number among the attributes");
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) return (json as readonly Json[]).map(unpackValue);
  const o = json as { readonly [key: string]: Json };
  if (typeof o.f === "string") return Number(o.f);
  if (typeof o.i === "string" && /^-?\d{1,4300}$/.test(o.i)) return BigInt(o.i);
  if (typeof o.b === "string") return unhex(o.b);
  if (Array.isArray(o.c)) return new Complex(Number(o.c[0]), Number(o.c[1]));
  if (Array.isArray(o.t)) return new Tuple((o.t as readonly Json[]).map(unpackValue));
  throw bad("an attribute of an unknown type");
}

export const packAttrs = (attrs: Attrs): Json => [...attrs].map(([name, value]) => [name, packValue(value)]);

export function unpackAttrs(json: Json | undefined): Attrs {
  if (!Array.isArray(json)) throw bad("attributes are no list");
  return new Map(
    (json as readonly Json[]).map((pair) => {
      if (!Array.isArray(pair) || typeof pair[0] !== "string") throw bad("an attribute has no name");
      return [pair[0], unpackValue(pair[1])];
    }),
  );
}

const plainKinds: readonly string[] = [
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float16",
  "float32",
  "float64",
  "complex64",
  "complex128",
];

export function packDType(dtype: DType): Json {
  const common = { kind: dtype.kind, size: dtype.itemsize, order: dtype.byteOrder };
  if (dtype.kind === "struct")
    return {
      ...common,
      fields: dtype.fields.map((f) => [f.name, packDType(f.dtype), f.offset, [...f.shape]]),
      aligned: dtype.aligned,
      record: dtype.record,
    };
  if (dtype.kind === "datetime64" || dtype.kind === "timedelta64")
    return { ...common, unit: dtype.unit, multiple: dtype.multiple };
  return common;
}

export function unpackDType(json: Json | undefined, depth = 0): DType {
  if (typeof json !== "object" || json === null || Array.isArray(json) || depth > 64) throw bad("no dtype");
  const { kind, size, order, fields, unit, multiple, aligned, record } = json as { readonly [key: string]: Json };
  if (typeof kind !== "string" || !Number.isSafeInteger(size) || (size as number) < 0) throw bad("no dtype");
  if (order !== "little" && order !== "big" && order !== "none") throw bad("no byte order");
  const length = size as number;
  if (kind === "bytes") return dtypes.bytes(length);
  if (kind === "void") return dtypes.opaque(length);
  if (kind === "str" && length % 4 === 0) return dtypes.str(length / 4, order);
  if (kind === "longdouble" && length === 16) return dtypes.longdouble("x87", 16, order);
  if (kind === "clongdouble" && length === 32) return dtypes.clongdouble("x87", 32, order);
  if (
    (kind === "datetime64" || kind === "timedelta64") &&
    /^([YMWDhms]|[munpfa]s|generic)$/.test(String(unit)) &&
    Number.isSafeInteger(multiple)
  )
    return dtypes[kind](unit as "D", multiple as number, order);
  if (kind === "struct" && Array.isArray(fields)) {
    const specs = (fields as readonly Json[]).map((f) => {
      const [name, inner, offset, shape] = Array.isArray(f) ? f : [];
      if (
        typeof name !== "string" ||
        !Array.isArray(shape) ||
        shape.some((n) => !Number.isSafeInteger(n) || (n as number) < 0)
      )
        throw bad("no field");
      return {
        name,
        dtype: unpackDType(inner, depth + 1),
        offset: offset as number,
        shape: shape as readonly number[],
      };
    });
    return dtypes.struct(specs, { itemsize: length, aligned: aligned === true, record: record === true });
  }
  if (plainKinds.includes(kind) && dtypes.simple(kind as "int8").itemsize === length)
    return dtypes.simple(kind as Kind as "int8", order);
  throw bad(`no dtype "${kind}" of ${length} bytes`);
}
