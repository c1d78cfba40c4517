import {
  type BundleHeader,
  type Capabilities,
  type DType,
  eachHeader,
  type Header,
  type Loss,
  loss,
  lossesFromCapabilities,
  type Subclass,
  sizeOf,
} from "@masquerade/core";
import type { NumpyTarget } from "./encode-graph.ts";

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

/** What bytes of one piece reach without 8-byte lengths, which came with protocol 4. */
const FOUR_GIB = 2 ** 32 - 1;
/** NPY_MAXDIMS of NumPy 1.x. */
const DIMS_OF_NUMPY1 = 32;

/**
 * What a pickle of NumPy's objects loses of an array or bundle, in a format with these capabilities. Attributes of bundles are items of the
 * dict, list or tuple and are kept. `outside`: plain arrays stand beside the pickle, whose limits of length do not hold for them.
 */
export function numpyPickleLosses(
  capabilities: Capabilities,
  header: Header | BundleHeader,
  {
    protocol,
    numpy,
    outside = false,
  }: { readonly protocol: number; readonly numpy: NumpyTarget; readonly outside?: boolean },
): readonly Loss[] {
  const found = lossesFromCapabilities({ ...capabilities, attrs: true }, header, {
    keeps: ["titles", "layout", "metadata", "bundle-kind", "keys", "names"],
    subclasses: SUBCLASSES,
    why: {
      nomask: "NumPy pickles a full mask of False in its place",
      "hard-mask": "NumPy's pickle of a masked array has no place for it",
    },
  });
  for (const [path, one] of eachHeader(header)) {
    const say = (id: Loss["id"], why: string): void => {
      found.push(loss(id, why, path));
    };
    if (one.attrs.size > 0)
      say("attrs", "an array's pickle has no place for attributes; put them beside it in a bundle");
    const kinds = kindsOf(one.dtype);
    if (kinds.has("string") && numpy === 1)
      say("dtype", "NumPy 1.x has no StringDType; write it for NumPy 2, or as str");
    if (kinds.has("foreign longdouble"))
      say("dtype", "a pickle does not say which extended precision its bytes are; NumPy on x86-64 would misread them");
    if (one.shape.length > DIMS_OF_NUMPY1 && numpy !== 2)
      say("shape", `NumPy 1.x has at most ${DIMS_OF_NUMPY1} dimensions; write it for NumPy 2`);
    if (protocol < 4 && !(outside && one.mask === "plain") && sizeOf(one.shape) * one.dtype.itemsize > FOUR_GIB)
      say("values", `more than 4 GiB in one piece do not fit protocol ${protocol}; use protocol 4 or 5`);
    if (one.subclass === "MaskedRecords" && one.order === "F")
      say("memory-order", "NumPy reads masked records of Fortran order back wrong, so they are written in C order");
    else if (one.mask !== "plain" && one.dtype.kind === "struct" && one.fillValue === undefined)
      say("unset-fill-value", "NumPy gives masked records their default fill value when it makes them");
  }
  return found;
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
