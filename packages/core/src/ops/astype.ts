import { readElement, writeElement } from "../array/element.ts";
import { gather } from "../array/gather.ts";
import type { FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import { bytes, type DType, hasObjects, lanesOf, maskDType, str } from "../dtype/dtype.ts";
import { allocateStorage, type Elements, type Kind, type Storage } from "../dtype/elements.ts";
import { type DTypeInput, type KindOf, resolveDType } from "../dtype/names.ts";
import { OptionError } from "../errors.ts";
import { nomask } from "../symbols.ts";
import { broadcastTo } from "./broadcast.ts";
import { castLanes, isTime, sameStorage } from "./cast.ts";
import { elementTexts, sizedText, storeTexts } from "./cast-text.ts";
import { fieldOf, storeField } from "./field.ts";
import { castFill } from "./fill.ts";

/**
 * The array in another dtype, as NumPy's `astype`: always a copy, memory order kept, casting "unsafe".
 * `dtype` is a dtype or a name; "bytes" and "str" get the length NumPy gives them. Throws OptionError DTYPE_MISMATCH.
 */
export function astype<D extends DTypeInput>(array: NdArray, dtype: D): NdArray<KindOf<D>> {
  const made = castArray(array, dtype);
  return (made.storage === array.storage ? made.copy() : made) as unknown as NdArray<KindOf<D>>;
}

/** As {@link astype}, for masked arrays: mask, hard mask and (cast, where it can be) fill value stay. */
export function astypeMasked<D extends DTypeInput>(array: MaskedArray, dtype: D): MaskedArray<KindOf<D>> {
  const data = astype(array.data, dtype);
  const to = data.dtype as unknown as DType;
  const mask =
    array.mask === nomask
      ? nomask
      : (castArray(array.mask as unknown as NdArray, maskDType(to)) as unknown as FullMask);
  const fillValue = array.fillValue === undefined ? undefined : castFill(array.fillValue, to);
  return array.with({ data: data as never, mask, fillValue }) as unknown as MaskedArray<KindOf<D>>;
}

/** As {@link astype}, but sharing storage where the elements stay as they are. */
export function castArray(array: NdArray, input: DTypeInput): NdArray {
  const from = array.dtype;
  const wanted = resolveDType(input) as DType;
  const to = sizedText(wanted, from);
  if (sameStorage(from, to) && from.kind !== "struct") return array.with({ dtype: to });
  if (from.kind === "struct" || to.kind === "struct") return castRecords(array, to);
  const unsized = from.kind === "string" && to.itemsize === 0;
  if (from.kind === "object" || unsized) return fromObjects(array, to);
  if (to.kind === "object") return toObjects(array, to);
  const { order, size } = array;
  const lanes = gather(array, order);
  if (to.itemsize === 0 && to.kind === "void") return castArray(array, { ...to, itemsize: from.itemsize } as DType);
  const storage = castLanes(from, lanes, to, size);
  return rebuilt(array, to, storage);
}

function rebuilt(array: NdArray, dtype: DType, storage: Storage): NdArray {
  return array.with({
    dtype: dtype as never,
    storage,
    offset: 0,
    order: array.order,
    strides: undefined,
    objects: undefined,
  });
}

const integerKinds: ReadonlySet<Kind> = /* @__PURE__ */ new Set<Kind>([
  "int8",
  "int16",
  "int32",
  "uint8",
  "uint16",
  "uint32",
]);

function toObjects(array: NdArray, to: DType): NdArray {
  if (isTime(array.dtype))
    throw new OptionError(
      "DTYPE_MISMATCH",
      `${array.dtype.kind} has no Python object here; cast it to int64 or str first`,
    );
  const lanes = gather(array, array.order);
  const flat = rebuilt(array, array.dtype, lanes);
  const storage: unknown[] = [];
  const whole = integerKinds.has(array.dtype.kind);
  for (let i = 0; i < array.size; i++) {
    const value = readElement(flat, i);
    storage.push(whole ? BigInt(value as number) : value);
  }
  return rebuilt(array, to, storage);
}

function fromObjects(array: NdArray, wanted: DType): NdArray {
  const values = gather(array, array.order) as readonly unknown[];
  if (wanted.kind === "bytes" || wanted.kind === "str" || wanted.kind === "string") {
    const texts = values.map(objectText);
    const longest = texts.reduce((n, t) => Math.max(n, [...t].length), 1);
    const to = wanted.itemsize !== 0 ? wanted : wanted.kind === "bytes" ? bytes(longest) : str(longest);
    return rebuilt(array, to, storeTexts(texts, to));
  }
  const storage = allocateStorage(wanted.kind, values.length * lanesOf(wanted));
  const made = rebuilt(array, wanted, storage);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === "string") {
      const text = { kind: "string", itemsize: 16, byteOrder: "none", coerce: true } as DType;
      const one = castLanes(text, [value], wanted, 1) as Uint8Array;
      (storage as Uint8Array).set(one, i * lanesOf(wanted));
    } else if (value === null && wanted.kind.startsWith("float")) writeElement(made, i, Number.NaN);
    else writeElement(made, i, value === null && wanted.kind === "bool" ? false : value);
  }
  return made;
}

function objectText(value: unknown): string {
  if (value === null) return "None";
  if (value === true || value === false) return value ? "True" : "False";
  if (typeof value === "string") return value;
  if (typeof value === "number")
    return elementTexts(
      { kind: "float64", itemsize: 8, byteOrder: "little" } as DType,
      Float64Array.of(value),
      1,
    )[0] as string;
  if (typeof value === "bigint") return String(value);
  throw new OptionError("DTYPE_MISMATCH", "only numbers, text and None of an object array cast to text");
}

/** Records to records field by field in order; one value to all fields of a record; a record of one field to its value. */
function castRecords(array: NdArray, to: DType): NdArray {
  const from = array.dtype;
  if (to.kind === "struct") {
    if (hasObjects(to) || hasObjects(from))
      throw new OptionError("DTYPE_MISMATCH", "records that hold objects cannot be cast");
    if (from.kind === "struct" && from.fields.length !== to.fields.length)
      throw new OptionError(
        "DTYPE_MISMATCH",
        `records of ${from.fields.length} fields cannot become records of ${to.fields.length}`,
      );
    const out = zeros(to, array.shape, array.order) as NdArray;
    to.fields.forEach((field, i) => {
      const source = from.kind === "struct" ? fieldOf(array, from.fields[i]?.name as string) : array;
      const cast = castArray(source, field.dtype);
      const shape = [...array.shape, ...field.shape];
      const inner = cast.shape.slice(array.ndim);
      const padded = cast.reshape([
        ...array.shape,
        ...new Array<number>(Math.max(0, field.shape.length - inner.length)).fill(1),
        ...inner,
      ]);
      storeField(out, field.name, broadcastTo(padded, shape));
    });
    return out.with({ attrs: array.attrs, dims: array.dims, subclass: array.subclass });
  }
  if (from.kind === "struct" && from.fields.length === 1 && to.kind !== "object")
    return castArray(fieldOf(array, from.fields[0]?.name as string), to);
  if (from.kind === "struct" && to.kind === "void")
    return rebuilt(array, to, castLanes(asVoid(from), gather(array, array.order), to, array.size));
  throw new OptionError("DTYPE_MISMATCH", `records cannot be cast to ${to.kind}; take one field first`);
}

const asVoid = (dtype: DType): DType => ({ kind: "void", itemsize: dtype.itemsize, byteOrder: "none" }) as DType;

/** Elements of `array`, contiguous in C order, as storage of another dtype. */
export function lanesAs<K extends Kind>(array: NdArray, dtype: DType<K>): Elements[K]["data"] {
  return castArray(array, dtype as unknown as DType).toC() as Elements[K]["data"];
}
