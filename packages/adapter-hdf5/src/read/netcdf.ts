import {
  type AnyArray,
  add,
  astype,
  type DType,
  dtypes,
  isMaskedArray,
  MaskedArray,
  multiply,
  NdArray,
  type PlainValue,
  zeros,
} from "@masquerade/core";
import { defaultFills } from "../cf-kinds.ts";
import type { H5Type } from "../type/h5type.ts";
import { textAttr } from "./attrs.ts";
import { textArray } from "./elements.ts";
import { isNetcdfKind, saysTrue, scalarArray, scaleOf, unsigned, unsignedView, valuesOf } from "./netcdf-values.ts";
import type { RawAttr } from "./raw.ts";

type Value = number | bigint;

/** Which of netCDF4-python's automatic conversions are made. */
export interface NetcdfRules {
  readonly mask: boolean;
  readonly scale: boolean;
}

/** What netCDF4-python looks at beside the elements. */
export interface NetcdfVariable {
  readonly attrs: readonly RawAttr[];
  readonly type: H5Type;
  /** The dataset's fill-value property was set, as netCDF does unless told not to fill. */
  readonly filled: boolean;
}

/** What masking and scaling use up: true of the elements in the file, not of those that are read. */
const consumedByScale = [
  "scale_factor",
  "add_offset",
  "_Unsigned",
  "missing_value",
  "valid_min",
  "valid_max",
  "valid_range",
];

/**
 * A variable as netCDF4-python's `variable[...]` gives it: masked by `missing_value`, `_FillValue` or the default fill value of its type, and
 * by `valid_range` or `valid_min` and `valid_max`; then scaled. Numbers and characters are masked arrays in any case; records and texts
 * of varying length are left as they are, as are dtypes that netCDF does not have.
 */
export function netcdfArray(data: NdArray, variable: NetcdfVariable, rules: NetcdfRules): AnyArray {
  const { kind, itemsize } = data.dtype;
  if (kind === "bytes" && itemsize === 1) return characters(data, variable.attrs, rules);
  if (!isNetcdfKind(kind)) return data;
  const turned = rules.scale && kind.startsWith("int") && saysTrue(textAttr(variable.attrs, "_Unsigned"));
  const seen = turned ? unsignedView(data) : data;
  const masked = rules.mask ? maskNumbers(seen, data.dtype, turned, variable) : seen;
  const scaled = rules.scale && variable.type.class !== "enum" ? scale(masked, variable.attrs) : masked;
  const used = [...(rules.mask ? ["_FillValue"] : []), ...(turned || scaled !== masked ? consumedByScale : [])];
  return withoutAttrs(scaled, data, used);
}

/** Which elements are missing, by each rule in turn. */
function maskNumbers(data: NdArray, own: DType, turned: boolean, variable: NetcdfVariable): MaskedArray {
  const { attrs, filled } = variable;
  const valuesFor = (name: string): readonly Value[] | undefined =>
    valuesOf(attrs, name, own)?.map((value) => (turned ? unsigned(value, own.itemsize) : value));
  const values = data.toC() as ArrayLike<Value>;
  const flags = new Uint8Array(values.length);
  let fill: Value | undefined;
  const missing = valuesFor("missing_value");
  if (missing !== undefined) {
    let any = false;
    for (const one of missing) any = flagEqual(values, one, flags) || any;
    if (any) fill = missing[0];
  }
  const fillValue = valuesFor("_FillValue")?.[0];
  const standard = defaultFills[own.kind] as Value;
  const isByte = own.itemsize === 1;
  if (fillValue !== undefined) {
    const found = flagEqual(values, fillValue, flags);
    if (found || Number.isNaN(fillValue)) fill ??= fillValue;
  } else if (!isByte || filled) {
    // Beside unsigned numbers the default of the signed type is a negative one, which none of them is.
    if (flagEqual(values, standardOf(standard, own), flags)) fill ??= standard;
  }
  flagOutside(values, valuesFor, flags);
  if (!flags.includes(1)) return new MaskedArray({ data });
  fill ??= fillValue ?? standard;
  const mask = new NdArray({ dtype: dtypes.simple("bool"), shape: data.shape, storage: flags });
  return new MaskedArray({ data, mask, fillValue: fillIn(fill, data.dtype) });
}

const standardOf = (value: Value, own: DType): Value => (own.kind === "float32" ? Math.fround(value as number) : value);

/** NumPy casts a fill value of the signed type to the unsigned one. */
function fillIn(value: Value, dtype: DType): NdArray {
  return scalarArray(dtype.kind.startsWith("u") ? unsigned(value, dtype.itemsize) : value, dtype);
}

/** Flags what equals a value, NaN what is NaN; gives whether anything did. */
function flagEqual(values: ArrayLike<Value>, value: Value, flags: Uint8Array): boolean {
  let any = 0;
  if (Number.isNaN(value)) {
    for (let i = 0; i < flags.length; i++) {
      const here = Number.isNaN(values[i]) ? 1 : 0;
      flags[i] = (flags[i] as number) | here;
      any |= here;
    }
  } else
    for (let i = 0; i < flags.length; i++) {
      const here = values[i] === value ? 1 : 0;
      flags[i] = (flags[i] as number) | here;
      any |= here;
    }
  return any !== 0;
}

function flagOutside(
  values: ArrayLike<Value>,
  valuesFor: (name: string) => readonly Value[] | undefined,
  flags: Uint8Array,
): void {
  const range = valuesFor("valid_range");
  const [least, most] = range?.length === 2 ? range : [valuesFor("valid_min")?.[0], valuesFor("valid_max")?.[0]];
  if (least !== undefined) for (let i = 0; i < flags.length; i++) if ((values[i] as Value) < least) flags[i] = 1;
  if (most !== undefined) for (let i = 0; i < flags.length; i++) if ((values[i] as Value) > most) flags[i] = 1;
}

/** `scale_factor` and `add_offset`, by NumPy's rules of promotion. The same array where there is nothing to do. */
function scale(array: AnyArray, attrs: readonly RawAttr[]): AnyArray {
  const factor = scaleOf(attrs, "scale_factor");
  const offset = scaleOf(attrs, "add_offset");
  if (factor === "unfit" || offset === "unfit") return array;
  const scales = factor !== undefined && Number(factor.at()) !== 1;
  const shifts = offset !== undefined && Number(offset.at()) !== 0;
  if (factor !== undefined && offset !== undefined) {
    if (scales || shifts) return add(multiply(array, factor), offset);
    return isMaskedArray(array) ? array.astype(factor.dtype as never) : astype(array, factor.dtype as never);
  }
  if (scales) return multiply(array, factor as NdArray);
  return shifts ? add(array, offset as NdArray) : array;
}

/** Single characters: NUL is missing, or what `_FillValue` and `missing_value` say; with `_Encoding` the last dimension becomes text. */
function characters(data: NdArray, attrs: readonly RawAttr[], rules: NetcdfRules): AnyArray {
  const text = asText(data, textAttr(attrs, "_Encoding"));
  if (text !== undefined) return text;
  if (!rules.mask) return data;
  const raw = data.toC() as Uint8Array;
  // missing_value comes first, as with numbers; without _FillValue it is NUL.
  const [absent, told] = [characterOf(attrs, "missing_value"), characterOf(attrs, "_FillValue")];
  const fill = told ?? 0;
  const [isAbsent, isFill] = [absent !== undefined && raw.includes(absent), raw.includes(fill)];
  const own = withoutAttrs(data, data, ["_FillValue"]) as NdArray;
  if (!isAbsent && !isFill) return new MaskedArray({ data: own });
  const mask = zeros("bool", data.shape);
  for (let i = 0; i < raw.length; i++) mask.storage[i] = raw[i] === fill || raw[i] === absent ? 1 : 0;
  const fillValue = zeros(data.dtype, []) as NdArray;
  (fillValue.storage as unknown as Uint8Array)[0] = isAbsent ? (absent as number) : fill;
  return new MaskedArray({ data: own, mask, fillValue });
}

/** One character that an attribute names. */
function characterOf(attrs: readonly RawAttr[], name: string): number | undefined {
  const text = textAttr(attrs, name);
  const bytes = text === undefined ? undefined : new TextEncoder().encode(text);
  return bytes?.length === 1 ? bytes[0] : undefined;
}

function asText(data: NdArray, encoding: string | undefined): NdArray | undefined {
  if (encoding === undefined || data.ndim === 0) return undefined;
  const length = data.shape.at(-1) as number;
  const shape = data.shape.slice(0, -1);
  const attrs = new Map([...data.attrs].filter(([name]) => name !== "_Encoding"));
  const parts = { attrs, dims: data.dims?.slice(0, -1) };
  const raw = data.toC() as Uint8Array;
  if (["none", "None", "bytes"].includes(encoding) && length > 0)
    return new NdArray({ dtype: dtypes.bytes(length) as DType, shape, storage: raw, ...parts }) as NdArray;
  const latin = /^(latin[-_]?1|iso[-_]?8859[-_]1)$/i.test(encoding);
  if (!latin && !/^(utf-?8|u8|(us-?)?ascii)$/i.test(encoding)) return undefined;
  const dtype = dtypes.str(length);
  if (latin) return new NdArray({ dtype: dtype as DType, shape, storage: Uint32Array.from(raw), ...parts }) as NdArray;
  return textArray(raw, length, dtype, shape).with(parts);
}

/** The result with the attributes and dimension names of the data, but for those that were used up. */
function withoutAttrs(result: AnyArray, data: NdArray, used: readonly string[]): AnyArray {
  const attrs = new Map<string, PlainValue>([...data.attrs].filter(([name]) => !used.includes(name)));
  if (isMaskedArray(result)) return result.with({ data: result.data.with({ attrs, dims: data.dims }) });
  return result.with({ attrs, dims: data.dims });
}
