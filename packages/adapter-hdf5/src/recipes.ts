import type { Recipe, RecipeFile } from "@masquerade/core";
import { eachHeader, type Header, isBundleHeader, pythonRecipe, pythonString } from "@masquerade/core";
import { MARK } from "./names.ts";

/** The lines that read a file: with h5py, or with the tool that wrote it where that sees more than is stored. */
export function hdf5Recipes(file: RecipeFile): Recipe[] {
  const names = [...eachHeader(file.header)].map(([name]) => name);
  const path = pythonString(file.path);
  switch (writerOf(file)) {
    case "netcdf4":
      return [
        pythonRecipe(
          ["netCDF4", "numpy"],
          ["import netCDF4", "", `f = netCDF4.Dataset(${path})`, ...each(names, netcdf)],
        ),
      ];
    case "pytables":
      return [
        pythonRecipe(
          ["tables", "numpy"],
          ["import tables", "", `f = tables.open_file(${path})`, ...each(names, pytables)],
        ),
      ];
    case "matlab":
      return [
        pythonRecipe(
          ["hdf5storage", "numpy"],
          ["import hdf5storage", "", `arrays = hdf5storage.loadmat(${path}, appendmat=False)`],
          ["Cells are object arrays there, structs records, and characters stand alone."],
        ),
      ];
    default:
      return [byH5py(file)];
  }
}

const each = (names: readonly string[], read: (name: string) => string): string[] => [
  "arrays = {}",
  ...names.map((name) => `arrays[${pythonString(name)}] = ${read(name)}`),
];
const netcdf = (name: string): string => `f[${pythonString(name)}][...]`;
const pytables = (name: string): string => `f.get_node(${pythonString(`/${name}`)}).read()`;

/** Whose reader is wanted: as told, or by what tools write at the beginning of their files. */
function writerOf({ head, options }: RecipeFile): unknown {
  const told = options?.reader;
  if (told !== undefined && told !== "auto") return told;
  const text = new TextDecoder("latin1").decode(head);
  if (text.includes(MARK)) return "masquerade";
  if (text.includes("_NCProperties")) return "netcdf4";
  if (text.includes("PYTABLES_FORMAT_VERSION")) return "pytables";
  if (text.startsWith("MATLAB 7.3 MAT-file")) return "matlab";
  // What is written here has its attributes at the end, but always version 2 of the superblock, which h5py seldom writes.
  return head[8] === 2 ? "masquerade" : "h5py";
}

/** h5py; how a mask is kept is seen from what is in the file. */
function byH5py(file: RecipeFile): Recipe {
  const { header } = file;
  const arrays = [...eachHeader(header)];
  const own = writerOf(file) === "masquerade";
  const lines = ["import h5py", "import numpy as np", "", `f = h5py.File(${pythonString(file.path)}, "r")`];
  if (arrays.some(([, one]) => one.mask === "mask")) lines.push("", ...reader);
  if (!own && arrays.some(([, one]) => one.dtype.kind === "string")) lines.push("", ...texts);
  if (!isBundleHeader(header))
    lines.push('name = f.attrs.get("masquerade_single", "data")', `array = ${readOf(header, "name", own)}`);
  else
    lines.push(
      ...each(
        arrays.map(([name]) => name),
        (name) => readOf(headerOf(arrays, name), pythonString(name), own),
      ),
    );
  const notes = own ? [] : ["Where h5py lacks a filter: pip install hdf5plugin, and import it before."];
  return pythonRecipe(["h5py", "numpy"], lines, notes);
}

const headerOf = (arrays: readonly (readonly [string, Header])[], name: string): Header =>
  (arrays.find(([one]) => one === name) as readonly [string, Header])[1];

function readOf({ mask, dtype }: Header, name: string, own: boolean): string {
  if (mask === "mask") return `masked(${name})`;
  const isText = dtype.kind === "str" || dtype.kind === "string";
  const data = !isText ? `f[${name}][()]` : own ? `f[${name}].asstr()[()]` : `texts(f[${name}])`;
  return mask === "nomask" ? `np.ma.MaskedArray(${data})` : data;
}

/** Texts, or the paths of what references lead to. */
const texts = [
  "def texts(one):",
  "    if h5py.check_string_dtype(one.dtype):",
  "        return one.asstr()[()]",
  '    return np.array([f[to].name if to else "" for to in np.ravel(one[()])]).reshape(one.shape)',
  "",
];

/** The layouts a mask may have: a group of both, a dataset beside the data (NeXus, astropy), or a fill value (CF). */
const reader = [
  "def masked(name):",
  "    one = f[name]",
  "    if isinstance(one, h5py.Group):",
  '        return np.ma.MaskedArray(one["values"][()], one["mask"][()].astype(bool))',
  '    for mask in (name + "_mask", name + ".mask"):',
  "        if mask in f:",
  "            return np.ma.MaskedArray(one[()], f[mask][()].astype(bool))",
  '    fill = one.attrs["_FillValue"]',
  "    return np.ma.MaskedArray(one[()], np.isnan(one[()]) if fill != fill else one[()] == fill, fill_value=fill)",
  "",
];
