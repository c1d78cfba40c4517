import type { DType } from "@masquerade/core";

type Value = number | bigint;

/** netCDF's default fill values, which its readers take as missing where no `_FillValue` says otherwise. */
export const defaultFills: Readonly<Record<string, Value>> = {
  int8: -127,
  uint8: 255,
  int16: -32767,
  uint16: 65535,
  int32: -2147483647,
  uint32: 4294967295,
  int64: -9223372036854775806n,
  uint64: 18446744073709551614n,
  float32: 9.969209968386869e36,
  float64: 9.969209968386869e36,
};

/** The numbers netCDF has: those whose missing values its readers find by `_FillValue`. */
export const cfKinds: ReadonlySet<string> = /* @__PURE__ */ new Set(Object.keys(defaultFills));

/**
 * Why netCDF readers cannot read a dtype; undefined where they can. netCDF-C 4.10 ignores variables of types it does not know, and brings
 * the process down on float16 and long doubles.
 */
export function whyNoNetcdf(dtype: DType): string | undefined {
  switch (dtype.kind) {
    case "float16":
    case "longdouble":
      return `netCDF has no ${dtype.kind}, and its library crashes on files that do; convert with astype("float64"), or use the layout nexus`;
    case "clongdouble":
    case "datetime64":
    case "timedelta64":
    case "void":
      return `netCDF readers do not see ${dtype.kind}; convert with astype(), or use the layout nexus`;
    case "struct": {
      const bad = dtype.fields.find(({ dtype: inner }) =>
        inner.kind === "struct" ? whyNoNetcdf(inner) !== undefined : !cfKinds.has(inner.kind),
      );
      return bad && "netCDF readers see records of numbers only; save the fields one by one, or use the layout nexus";
    }
    default:
      return undefined;
  }
}
