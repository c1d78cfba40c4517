/** Names this package gives attributes and members. Readers need none of them to find data and mask. */

/** On the root: the file is ours, and only what it says of masks counts. Its value is the version of these conventions. */
export const MARK = "masquerade_hdf5";
/** On the root: the member that is the one array the file was made of. */
export const SINGLE = "masquerade_single";
/** On a group: "list" or "tuple", where it is not a dict; with `values` and `mask` in it: "masked". */
export const KIND = "masquerade_kind";
/** On data: the name of its mask beside it, or one of the two below. On plain arrays there is none. */
export const MASK = "masquerade_mask";
export const NO_MASK = "(nomask)";
export const MASK_IS_FILL = "(_FillValue)";
/** On a mask: the name of its data. */
export const MASK_OF = "masquerade_mask_of";
/** On data: its fill value, where that has another dtype than the data, and that dtype. */
export const FILL = "masquerade_fill_value";
export const FILL_DTYPE = "masquerade_fill_dtype";
/** On data: NumPy's dtype, where HDF5's type does not tell. */
export const DTYPE = "masquerade_dtype";
/** On data: of records what a compound does not tell (aligned, of type np.record), as JSON. */
export const RECORD = "masquerade_record";
/** On data: of a StringDType whether it coerces, and what stands for missing, as JSON. */
export const TEXT = "masquerade_string";
/** On data: "F". The elements lie in C order all the same. */
export const ORDER = "masquerade_order";
export const HARD_MASK = "masquerade_hard_mask";
/** On the root: names of the attributes that say where the file comes from, and are not the value's own. */
export const PROVENANCE = "masquerade_provenance";
/** Names of the attributes that are JSON text. */
export const JSON_ATTRS = "masquerade_json";
/** On a dataset that is the scale of a dimension: so `CLASS` and `NAME` are HDF5's. */
export const SCALE = "masquerade_scale";
/** The convention of netCDF and CF: elements equal to it are missing. */
export const FILL_VALUE = "_FillValue";
/** The convention of HDF5's dimension scales. */
export const LABELS = "DIMENSION_LABELS";

const reserved: ReadonlySet<string> = /* @__PURE__ */ new Set([LABELS, FILL_VALUE, "DIMENSION_LIST", "REFERENCE_LIST"]);

/** Whether a user's attribute cannot have this name. */
export function isReserved(name: string): boolean {
  return name.startsWith("masquerade_") || reserved.has(name);
}
