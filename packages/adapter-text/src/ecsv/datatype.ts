import { type DType, dtypes, type SimpleKind } from "@masquerade/core";

/** The names of ECSV's datatypes (APE 6), which are NumPy's, and of the complex ones that astropy takes as well. */
const simple: { readonly [name: string]: SimpleKind } = {
  bool: "bool",
  int8: "int8",
  int16: "int16",
  int32: "int32",
  int64: "int64",
  uint8: "uint8",
  uint16: "uint16",
  uint32: "uint32",
  uint64: "uint64",
  float16: "float16",
  float32: "float32",
  float64: "float64",
  complex64: "complex64",
  complex128: "complex128",
};

/** How a file names the dtype of a column's values. Texts and bytes are strings of any length; spans of time are integers, since astropy reads no timedelta64. */
export function datatypeOf(dtype: DType): string {
  if (dtype.kind === "str" || dtype.kind === "bytes") return "string";
  if (dtype.kind === "longdouble") return "float128";
  if (dtype.kind === "timedelta64") return "int64";
  if (dtype.kind !== "datetime64") return dtype.kind;
  const { unit, multiple } = dtype;
  return unit === "generic" ? dtype.kind : `${dtype.kind}[${multiple === 1 ? "" : multiple}${unit}]`;
}

/** The dtype of a datatype: "string" for texts, whose length the values tell; undefined for what is none. */
export function dtypeOfDatatype(name: string, parse: (text: string) => DType): DType | "string" | undefined {
  if (name === "string") return "string";
  if (Object.hasOwn(simple, name)) return dtypes.simple(simple[name] as SimpleKind);
  if (name === "float128") return parse("<f16");
  return /^datetime64(?:\[\d{0,9}[a-zA-Zμ]{1,2}\])?$/.test(name) ? parse(name) : undefined;
}
