import { type DType, dtypes, FormatError, type NdArray, type SimpleKind, zeros } from "@masquerade/core";
import { attrArray, textAttr } from "./attrs.ts";
import type { RawAttr } from "./raw.ts";

const kinds: Readonly<Record<string, SimpleKind>> = {
  double: "float64",
  single: "float32",
  logical: "bool",
  int8: "int8",
  int16: "int16",
  int32: "int32",
  int64: "int64",
  uint8: "uint8",
  uint16: "uint16",
  uint32: "uint32",
  uint64: "uint64",
};

/** Whether the elements of a MATLAB class are numbers, logicals or characters. */
export const isMatlabNumber = (what: string): boolean => what === "char" || Object.hasOwn(kinds, what);

/** Whether an array is nothing but what is stored, with its axes in reverse: neither text nor an empty array, which is stored as its sizes. */
export function isTurned(attrs: readonly RawAttr[]): boolean {
  const what = textAttr(attrs, "MATLAB_class");
  return (
    what !== undefined && what !== "char" && isMatlabNumber(what) && !attrs.some((one) => one.name === "MATLAB_empty")
  );
}

/**
 * A MATLAB variable in MATLAB's shape: the file has the axes in reverse, which makes it a Fortran-ordered view of the same elements. Logicals
 * are bool; an empty array, stored as its sizes, is one; the rows of a char array are texts, as scipy.io.loadmat reads older files. Datasets
 * without a MATLAB class are left as they are. Throws FormatError.
 */
export function matlabArray(data: NdArray, attrs: readonly RawAttr[]): NdArray {
  const what = textAttr(attrs, "MATLAB_class");
  if (what === undefined) return data;
  const empty = attrs.find((one) => one.name === "MATLAB_empty");
  if (empty !== undefined && Number(attrArray(empty)?.toC()[0] ?? 0) !== 0) return emptyArray(data, what);
  const turned = data.transpose();
  if (what === "char" && /^uint(8|16|32)$/.test(data.dtype.kind)) return texts(turned);
  if (what !== "logical" || data.dtype.kind !== "uint8") return turned;
  return turned.with({ dtype: dtypes.simple("bool") as DType }) as NdArray;
}

/** An array without elements, whose dimensions are what is stored. */
function emptyArray(sizes: NdArray, what: string): NdArray {
  const shape =
    sizes.dtype.kind.includes("int") && sizes.ndim === 1 ? Array.from(sizes.toC() as Iterable<unknown>, Number) : [];
  if (shape.length > 64 || !shape.includes(0) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0))
    throw new FormatError("FORMAT_MALFORMED", "hdf5", "an empty MATLAB array that has elements");
  const { attrs } = sizes;
  if (what === "char") {
    const rows = shape.slice(0, -1);
    return (zeros(dtypes.str(1), rows.includes(0) ? rows : [0]) as unknown as NdArray).with({ attrs });
  }
  const dtype = dtypes.simple(kinds[what] ?? "float64");
  return (zeros(dtype, shape, "F") as unknown as NdArray).with({ attrs });
}

/** Each run of characters along the last axis as one text, from UTF-16. */
function texts(codes: NdArray): NdArray {
  const length = codes.shape.at(-1) ?? 1;
  const shape = codes.shape.slice(0, -1);
  const dtype = dtypes.str(Math.max(1, length)) as DType<"str">;
  const out = zeros(dtype, shape);
  const from = codes.toC() as ArrayLike<number>;
  for (let start = 0; start < from.length; start += length)
    for (let i = 0, to = start; i < length; i++) {
      const unit = from[start + i] as number;
      const next = i + 1 < length ? (from[start + i + 1] as number) : 0;
      const pair = unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000;
      out.storage[to++] = pair ? 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00) : unit;
      if (pair) i++;
    }
  return (out as unknown as NdArray).with({ attrs: codes.attrs });
}
