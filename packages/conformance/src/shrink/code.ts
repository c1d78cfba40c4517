import {
  type AnyArray,
  type Attrs,
  type Bundle,
  Complex,
  type DType,
  fieldCount,
  isArray,
  isBundle,
  isMaskedArray,
  type MaskedArray,
  type NdArray,
  nomask,
  Tuple,
} from "@masquerade/core";

/**
 * Code that makes this very array or bundle, bit for bit, as an expression over the exports of `@masquerade/core`
 * (`new NdArray({ dtype: dtypes.simple("float64"), … })`), to paste into a test. Views are printed as their copies.
 */
export function codeOf(value: AnyArray | Bundle): string {
  if (isBundle(value)) return bundleCode(value);
  return isMaskedArray(value) ? maskedCode(value) : dataCode(value);
}

/** `{ a: 1, b: 2 }` of the parts that are there. */
function object(parts: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parts).filter(([, code]) => code !== undefined);
  return given.length === 0 ? "{}" : `{ ${given.map(([name, code]) => `${name}: ${code}`).join(", ")} }`;
}

const text = (value: string): string =>
  JSON.stringify(value).replace(/[\u2028\u2029\ud800-\udfff\u007f-\u009f]/g, escaped);
const escaped = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
const list = (items: readonly string[]): string => `[${items.join(", ")}]`;

function bundleCode({ kind, entries, attrs, keys }: Bundle): string {
  return `new Bundle(${object({
    kind: kind === "dict" ? undefined : text(kind),
    entries: list([...entries].map(([name, member]) => list([text(name), codeOf(member)]))),
    attrs: attrsCode(attrs),
    keys: attrsCode(keys),
  })})`;
}

function maskedCode(array: MaskedArray): string {
  return `new MaskedArray(${object({
    data: dataCode(array.data),
    mask: array.mask === nomask ? undefined : dataCode(array.mask as NdArray),
    fillValue: array.fillValue === undefined ? undefined : dataCode(array.fillValue),
    hardMask: array.hardMask ? "true" : undefined,
    subclass: array.subclass === undefined ? undefined : text(array.subclass),
  })})`;
}

function dataCode(array: NdArray): string {
  const own = array.copy();
  return `new NdArray(${object({
    dtype: dtypeCode(own.dtype),
    shape: list(own.shape.map(String)),
    order: own.order === "F" ? `"F"` : undefined,
    storage: storageCode(own),
    objects: own.objects === undefined ? undefined : list(own.objects.map(valueCode)),
    attrs: attrsCode(own.attrs),
    dims: own.dims === undefined ? undefined : list(own.dims.map(text)),
    subclass: own.subclass === undefined ? undefined : text(own.subclass),
  })})`;
}

const attrsCode = (attrs: Attrs | ReadonlyMap<string, unknown>): string | undefined =>
  attrs.size === 0
    ? undefined
    : `new Map(${list([...attrs].map(([name, value]) => list([text(name), valueCode(value)])))})`;

const orderCode = (dtype: DType): string => (dtype.byteOrder === "big" ? `, "big"` : "");

function dtypeCode(dtype: DType): string {
  const plain = bareCode(dtype);
  const { metadata } = dtype;
  return metadata === undefined ? plain : `{ ...${plain}, metadata: ${attrsCode(metadata) ?? "new Map()"} }`;
}

function bareCode(dtype: DType): string {
  switch (dtype.kind) {
    case "bytes":
      return `dtypes.bytes(${dtype.itemsize})`;
    case "void":
      return `dtypes.opaque(${dtype.itemsize})`;
    case "str":
      return `dtypes.str(${dtype.itemsize / 4}${orderCode(dtype)})`;
    case "object":
      return "dtypes.object()";
    case "string":
      return `dtypes.stringDType(${object({
        coerce: dtype.coerce ? undefined : "false",
        naObject: dtype.naObject === undefined ? undefined : `{ value: ${valueCode(dtype.naObject.value)} }`,
      })})`;
    case "datetime64":
    case "timedelta64":
      return `dtypes.${dtype.kind}("${dtype.unit}", ${dtype.multiple}${orderCode(dtype)})`;
    case "longdouble":
    case "clongdouble":
      return `dtypes.${dtype.kind}("${dtype.layout}", ${dtype.itemsize}${orderCode(dtype)})`;
    case "struct":
      return structCode(dtype);
    default:
      return `dtypes.simple("${dtype.kind}"${orderCode(dtype)})`;
  }
}

function structCode(dtype: DType<"struct">): string {
  const end = dtype.fields.reduce((at, f) => (at === f.offset ? at + f.dtype.itemsize * fieldCount(f) : Number.NaN), 0);
  const packed = end === dtype.itemsize && !dtype.aligned;
  const fields = dtype.fields.map((f) =>
    object({
      name: text(f.name),
      title: f.title === undefined ? undefined : valueCode(f.title),
      dtype: dtypeCode(f.dtype),
      offset: packed ? undefined : String(f.offset),
      shape: f.shape.length === 0 ? undefined : list(f.shape.map(String)),
    }),
  );
  const options = object({
    itemsize: packed ? undefined : String(dtype.itemsize),
    aligned: dtype.aligned ? "true" : undefined,
    record: dtype.record ? "true" : undefined,
  });
  return `dtypes.struct(${list(fields)}${options === "{}" ? "" : `, ${options}`})`;
}

/** Integers of the width of a float's bits, for floats that no number literal can say. */
const bitsOf: Readonly<Record<string, typeof Uint32Array | typeof BigUint64Array>> = {
  Float32Array: Uint32Array,
  Float64Array: BigUint64Array,
};

function storageCode(array: NdArray): string {
  const { storage } = array;
  if (Array.isArray(storage)) return list(storage.map(valueCode));
  const name = storage.constructor.name;
  if (storage.length > 64 && storage.every((v) => Number(v) === 0 && !Object.is(v, -0)))
    return `new ${name}(${storage.length})`;
  const bits = bitsOf[name];
  if (bits !== undefined && (storage as Float64Array).some((v) => Number.isNaN(v))) {
    const lanes = new bits(storage.buffer as ArrayBuffer, storage.byteOffset, storage.length);
    const hex = Array.from(
      lanes as ArrayLike<bigint | number>,
      (v) => `0x${v.toString(16)}${typeof v === "bigint" ? "n" : ""}`,
    );
    return `new ${name}(${bits.name}.of(${hex.join(", ")}).buffer)`;
  }
  return `${name}.of(${Array.from(storage as ArrayLike<number | bigint>, valueCode).join(", ")})`;
}

function valueCode(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "string") return text(value);
  if (value instanceof Uint8Array) return `Uint8Array.of(${value.join(", ")})`;
  if (value instanceof Complex) return `new Complex(${valueCode(value.re)}, ${valueCode(value.im)})`;
  if (value instanceof Tuple) return `new Tuple(${list(value.items.map(valueCode))})`;
  if (Array.isArray(value)) return list(value.map(valueCode));
  if (value instanceof Map) return `new Map(${list([...value].map((pair) => list(pair.map(valueCode))))})`;
  if (isArray(value) || isBundle(value)) return codeOf(value);
  return String(value);
}
