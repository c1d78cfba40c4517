import type { RawAttr } from "./raw.ts";
import type { Writer } from "./writer.ts";

const hiddenAttrs: { readonly [W in Writer]: RegExp } = {
  masquerade: /^$/,
  h5py: /^(DIMENSION_LIST|REFERENCE_LIST|DIMENSION_LABELS)$/,
  netcdf4:
    /^(DIMENSION_LIST|REFERENCE_LIST|DIMENSION_LABELS|CLASS|NAME|_Netcdf4Dimid|_Netcdf4Coordinates|_NCProperties|_nc3_strict|_NCCOPY)$/,
  pytables:
    /^(CLASS|VERSION|FLAVOR|NROWS|EXTDIM|FILTERS|PYTABLES_FORMAT_VERSION|AUTO_INDEX|DIRTY|NODE_TYPE|FIELD_\d+_(NAME|FILL))$/,
  matlab: /^(MATLAB_(class|int_decode|empty|fields|object_decode|global)|H5PATH)$/,
};

/** Whether an attribute says how the writing tool stored something, and nothing to people. */
export function isStructural(attr: RawAttr, writer: Writer): boolean {
  if (writer === "pytables" && attr.name === "TITLE") return attr.value === null || attr.value?.length === 0;
  if (hiddenAttrs[writer].test(attr.name)) return true;
  return hiddenAttrs.h5py.test(attr.name);
}
