import {
  type BundleHeader,
  type Capabilities,
  eachHeader,
  type Header,
  type Kind,
  type Loss,
  loss,
  lossesFromCapabilities,
  sameDType,
} from "@masquerade/core";

/** Shapes of JSON this adapter writes on request and recognises when reading. */
export const dialects: readonly ["masked-array", "plain", "data-mask", "coverage", "jdata"] = [
  "masked-array",
  "plain",
  "data-mask",
  "coverage",
  "jdata",
];
export type Dialect = (typeof dialects)[number];
/** A shape that is not our own. */
export type ForeignDialect = Exclude<Dialect, "masked-array">;

/** The element types of JData's annotated arrays (`_ArrayType_`; JData specification draft 3). */
export const jdataTypes: ReadonlyMap<Kind, string> = new Map<Kind, string>([
  ["int8", "int8"],
  ["uint8", "uint8"],
  ["int16", "int16"],
  ["uint16", "uint16"],
  ["int32", "int32"],
  ["uint32", "uint32"],
  ["int64", "int64"],
  ["uint64", "uint64"],
  ["float32", "single"],
  ["float64", "double"],
]);

/** Kinds that come back as they were: lists without a dtype are read as bool, int64 or float64. */
const holds: { readonly [D in ForeignDialect]: readonly Kind[] } = {
  plain: ["bool", "int64", "float64"],
  "data-mask": ["bool", "int64", "float64"],
  coverage: ["int64", "float64"],
  jdata: [...jdataTypes.keys()],
};

const nothing: Capabilities = {
  kinds: [],
  mask: true,
  fieldMasks: false,
  hiddenValues: false,
  nomask: true,
  fillValue: false,
  hardMask: false,
  memoryOrder: false,
  byteOrder: false,
  attrs: false,
  dims: false,
  bundle: false,
  nested: false,
  lazy: false,
  streamed: false,
  appendable: false,
  inPlace: false,
  text: true,
  selfDescribing: true,
  compressed: false,
  aliasing: false,
};

/** What a dialect cannot hold. What hangs on the values (a mask that masks nothing, NaN) is refused when they are seen. */
export function dialectLosses(header: Header | BundleHeader, dialect: ForeignDialect): Loss[] {
  const whole = dialect === "data-mask";
  const capabilities: Capabilities = {
    ...nothing,
    kinds: holds[dialect],
    hiddenValues: whole,
    mask: dialect !== "jdata",
    fillValue: whole,
    dims: dialect === "coverage",
  };
  const found = lossesFromCapabilities(capabilities, header, {
    why: {
      dtype: `the ${dialect} dialect tells ${holds[dialect].join(", ")} apart, nothing else; convert with astype()`,
    },
  });
  for (const [path, one] of eachHeader(header)) {
    if (one.mask === "nomask" && capabilities.mask && !whole)
      found.push(loss("mask", "without a null in it the array would come back plain; save its data", path));
    if (dialect === "jdata" && one.shape.length === 0)
      found.push(loss("shape", "a scalar would come back as a list of one", path));
    if (whole && one.fillValue !== undefined && !sameDType(one.fillValue.dtype, one.dtype))
      found.push(loss("fill-value-dtype", "the fill value is read in the dtype of the data", path));
    if (one.shape.includes(0) && one.dtype.kind !== "float64" && dialect !== "jdata" && dialect !== "coverage")
      found.push(loss("dtype", "a list without elements is read as float64", path));
    if (
      one.shape.indexOf(0) >= 0 &&
      one.shape.indexOf(0) < one.shape.length - 1 &&
      dialect !== "jdata" &&
      dialect !== "coverage"
    )
      found.push(loss("shape", "lists do not tell the axes after one of length 0", path));
  }
  return found;
}
