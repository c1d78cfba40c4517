import {
  type BundleHeader,
  type DType,
  eachHeader,
  type Header,
  isBundleHeader,
  type Loss,
  loss,
  lossesFromCapabilities,
  type Subclass,
} from "@masquerade/core";
import { mmappickleCapabilities } from "./capabilities.ts";
import { keyBytes, MOST_KEY_BYTES } from "./forms.ts";
import { type MmappickleWriteOptions, singleKey } from "./options.ts";

const SUBCLASSES: readonly Subclass[] = [
  "matrix",
  "recarray",
  "chararray",
  "memmap",
  "scalar",
  "MaskedRecords",
  "mvoid",
  "MaskedConstant",
  "masked_matrix",
];

const NO_STRINGS = "NumPy 1.x, with which mmappickle runs, has no StringDType; write it as str";

/** NPY_MAXDIMS of NumPy 1.x, with which mmappickle runs. */
const DIMS_OF_NUMPY1 = 32;

/** What a mmapdict loses of an array or bundle. Attributes of bundles are entries of the dictionary and are kept. */
export function mmappickleLosses(header: Header | BundleHeader, options?: MmappickleWriteOptions): readonly Loss[] {
  const key = singleKey(options);
  const found = lossesFromCapabilities({ ...mmappickleCapabilities, attrs: true }, header, {
    keeps: ["titles", "layout", "metadata", "bundle-kind", "names"],
    subclasses: SUBCLASSES,
    why: { nomask: "a full mask of False is written in its place", dtype: NO_STRINGS },
  });
  const names = isBundleHeader(header) ? bundleNames(header, found) : [key];
  for (const name of names)
    if (keyBytes(name) === undefined)
      found.push(loss("names", `a key has at most ${MOST_KEY_BYTES} bytes of UTF-8, and no lone surrogates`, name));
  for (const [path, one] of eachHeader(header)) arrayLosses(path, one, found);
  return found;
}

function bundleNames(header: BundleHeader, found: Loss[]): readonly string[] {
  if (header.kind !== "dict") found.push(loss("bundle-kind", "a mmapdict is a dict"));
  const only = header.entries.get("");
  if (only !== undefined && !isBundleHeader(only) && header.entries.size + header.attrs.size === 1)
    found.push(loss("names", "a single array under the empty key reads back as that array"));
  for (const name of header.attrs.keys())
    if (header.entries.has(name)) found.push(loss("names", "an array and an attribute cannot have the same key", name));
  return [...header.entries.keys(), ...header.attrs.keys()];
}

function arrayLosses(path: string, one: Header, found: Loss[]): void {
  const say = (id: Loss["id"], why: string): void => {
    found.push(loss(id, why, path));
  };
  if (one.attrs.size > 0) say("attrs", "an array has no place for attributes; put them beside it in a bundle");
  if (kindsOf(one.dtype).has("foreign longdouble"))
    say("dtype", "the file does not say which extended precision its bytes are; NumPy on x86-64 would misread them");
  if (one.shape.length > DIMS_OF_NUMPY1) say("shape", `NumPy 1.x has at most ${DIMS_OF_NUMPY1} dimensions`);
  if (one.mask === "plain") return;
  if (one.dtype.kind === "struct" && one.fillValue === undefined)
    say("unset-fill-value", "NumPy gives masked records their default fill value when it makes them");
  if (one.fillValue !== undefined && one.dtype.kind !== "struct" && !loadsFill(one.fillValue.dtype, one.dtype))
    say(
      "fill-value",
      `NumPy cannot load a fill value of ${one.fillValue.dtype.kind} for ${one.dtype.kind}, nor the file that holds one`,
    );
}

/** Whether NumPy 1.x makes a masked array of `dtype` with such a fill value, as found by trying each pair with 1.26. */
function loadsFill(fill: DType, dtype: DType): boolean {
  const text = (d: DType): boolean => d.kind === "bytes" || d.kind === "str";
  const time = (d: DType): boolean => d.kind === "datetime64" || d.kind === "timedelta64";
  if (dtype.kind === "object" || dtype.kind === "void") return true;
  if (fill.kind === "void" || fill.kind === "struct" || fill.kind === "object") return fill.kind === dtype.kind;
  if (text(fill)) return text(dtype);
  return !(time(fill) && text(dtype));
}

/** The kinds within a dtype, and "foreign longdouble" for extended precision other than x87's. */
function kindsOf(dtype: DType): ReadonlySet<string> {
  const kinds = new Set<string>();
  const pending: DType[] = [dtype];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    kinds.add(one.kind);
    if (one.kind === "longdouble" || one.kind === "clongdouble")
      if (one.layout !== "x87" && one.layout !== "double") kinds.add("foreign longdouble");
    if (one.kind === "struct") for (const field of one.fields) pending.push(field.dtype);
  }
  return kinds;
}
