import { type Attrs, type DType, dtypes, isNdArray, type NdArray, type PlainValue } from "@masquerade/core";
import { FILL_VALUE, isReserved, JSON_ATTRS } from "../names.ts";
import { toJson } from "../plain-json.ts";
import { boolType, h5TypeOf } from "../type/dtype.ts";
import type { H5Type } from "../type/h5type.ts";
import type { WriteAttr } from "./node.ts";

/** Largest value of an attribute: a header message's length has 16 bits, and name and type want some of them. */
const MAX_VALUE = 62_000;

/** Variable-length UTF-8, which every tool shows as text. */
export const textType: H5Type = { class: "text", size: 16, utf8: true };

export function textAttr(name: string, text: string): WriteAttr {
  return { name, type: textType, shape: [], value: [text] };
}

export function textsAttr(name: string, texts: readonly string[]): WriteAttr {
  return { name, type: textType, shape: [texts.length], value: texts };
}

export function flagAttr(name: string): WriteAttr {
  return { name, type: boolType, shape: [], value: Uint8Array.of(1) };
}

/** An attribute of an array's own bytes; `type` is what h5TypeOf gives for a record's field. */
export function bytesAttr(name: string, type: H5Type, array: NdArray): WriteAttr {
  return { name, type, shape: array.shape, value: array.toBytes("C") };
}

const typeOf = (dtype: DType): H5Type => h5TypeOf(dtype, true) as H5Type;
const oneNumber = (name: string, dtype: DType, lane: ArrayBufferView): WriteAttr => ({
  name,
  type: typeOf(dtype),
  shape: [],
  value: new Uint8Array(lane.buffer, lane.byteOffset, lane.byteLength),
});

/** Kinds of arrays that HDF5's types tell exactly, and those that without dimensions would be taken for plain values. */
const arrayKinds: ReadonlySet<string> = /* @__PURE__ */ new Set([
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
  "bytes",
]);
const scalarKinds: ReadonlySet<string> = /* @__PURE__ */ new Set(["bool", "int64", "float64", "complex128", "bytes"]);

/** Whether an attribute's type, as the library tells it, gives the dtype again: of opaque types it does not tell the tag. */
function comesBack(dtype: DType): boolean {
  if (dtype.metadata !== undefined) return false;
  if (dtype.kind !== "struct") return arrayKinds.has(dtype.kind);
  const sound = dtype.fields.every((field) => field.title === undefined && comesBack(field.dtype));
  return sound && !dtype.aligned && !dtype.record && h5TypeOf(dtype, true) !== undefined;
}

function arrayAttr(name: string, value: NdArray): WriteAttr | undefined {
  const { kind, itemsize } = value.dtype;
  if (value.order !== "C" || value.attrs.size > 0 || value.dims !== undefined) return undefined;
  if (value.subclass !== undefined || value.ndim > 32 || !comesBack(value.dtype) || itemsize === 0) return undefined;
  if (value.ndim === 0 && scalarKinds.has(kind)) return undefined;
  return bytesAttr(name, typeOf(value.dtype), value);
}

const isPlainText = (value: PlainValue): value is string =>
  typeof value === "string" && !/\0|\p{Surrogate}/u.test(value);

/** The attribute in HDF5's own types, read by every tool; undefined where none comes back as the same value. */
function nativeAttr(name: string, value: PlainValue): WriteAttr | undefined {
  if (value === null) return { name, type: typeOf(dtypes.simple("int8")), shape: null, value: new Uint8Array(0) };
  if (typeof value === "boolean") return { name, type: boolType, shape: [], value: Uint8Array.of(value ? 1 : 0) };
  if (typeof value === "number") return oneNumber(name, dtypes.simple("float64"), Float64Array.of(value));
  if (typeof value === "bigint")
    return BigInt.asIntN(64, value) === value
      ? oneNumber(name, dtypes.simple("int64"), BigInt64Array.of(value))
      : undefined;
  if (typeof value === "string") return isPlainText(value) ? textAttr(name, value) : undefined;
  if (Array.isArray(value)) return value.length > 0 && value.every(isPlainText) ? textsAttr(name, value) : undefined;
  if (value instanceof Uint8Array)
    return value.length === 0
      ? undefined
      : { name, type: { class: "opaque", size: value.length, tag: "" }, shape: [], value };
  return isNdArray(value) ? arrayAttr(name, value as NdArray) : undefined;
}

/** A user's attributes, or the name of the first that HDF5 cannot hold. `plain`: of an array without a mask, whose `_FillValue` is its own. */
export function writeAttrs(
  attrs: Attrs,
  plain = false,
): { readonly attrs: readonly WriteAttr[]; readonly unfit: string | undefined } {
  const out: WriteAttr[] = [];
  const json: string[] = [];
  let unfit: string | undefined;
  for (const [name, value] of attrs) {
    let one = nativeAttr(name, value);
    if (one === undefined) {
      const text = JSON.stringify(toJson(value));
      if (text !== undefined) {
        one = textAttr(name, text);
        json.push(name);
      }
    }
    const size = one?.value instanceof Uint8Array ? one.value.length : 16 * (one?.shape?.[0] ?? 0);
    const reserved = isReserved(name) && !(plain && name === FILL_VALUE);
    if (one === undefined || reserved || name === "" || /\0|\p{Surrogate}/u.test(name) || size > MAX_VALUE)
      unfit ??= name;
    else out.push(one);
  }
  if (json.length > 0) out.push(textsAttr(JSON_ATTRS, json));
  return { attrs: out, unfit };
}
