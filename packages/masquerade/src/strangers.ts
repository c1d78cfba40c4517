import type { Stranger } from "@masquerade/core";

/** The signature at a place of the file. */
const at =
  (offset: number, ...signatures: readonly string[]) =>
  (head: Uint8Array): boolean =>
    signatures.some((signature) => [...signature].every((c, i) => head[offset + i] === c.charCodeAt(0)));

/** A zip whose first members have such a name: local file headers, APPNOTE.TXT 4.3.7 (name at byte 30, its length at 26). */
const zipped =
  (name: RegExp) =>
  (head: Uint8Array): boolean => {
    if (!at(0, "PK\x03\x04")(head)) return false;
    const length = (head[26] as number) + 256 * (head[27] as number);
    return name.test(String.fromCharCode(...head.subarray(30, 30 + Math.min(length, 200))));
  };

/** Text in two lines or more that have the same semicolons and neither commas as separators nor tabs. */
function semicolons(head: Uint8Array): boolean {
  const [first, second] = new TextDecoder("latin1").decode(head).split(/\r?\n/, 2);
  if (first === undefined || second === undefined || /[^\x20-\x7e\xa0-\xff]/.test(first + second)) return false;
  const count = (line: string): number => line.split(";").length;
  return count(first) > 1 && count(first) === count(second) && !/^[#"{[]/.test(first);
}

/** Kinds of files that people expect to be read, and are not: what they are, and what makes them readable. Kept short: every page loads it. */
export const strangers: readonly Stranger[] = (
  [
    [at(0, "CDF\x01", "CDF\x02", "CDF\x05"), "classic NetCDF, not HDF5: nccopy -k nc4 IN OUT"],
    [at(0, "\x0e\x03\x13\x01"), "HDF4, not HDF5: h4toh5 IN OUT"],
    [at(0, "MATLAB 5"), "a MATLAB file before 7.3: save(…, '-v7.3') writes HDF5, scipy.io.loadmat reads it"],
    [zipped(/(^|\/)data\.pkl$/), "a PyTorch file: torch.load(IN, weights_only=True), np.savez of each .numpy()"],
    [at(8, '{"'), "safetensors: np.savez(OUT, **safetensors.numpy.load_file(IN))"],
    [at(0, "PAR1"), "Parquet: pandas.read_parquet(IN).to_csv(OUT, index=False)"],
    [at(0, "ARROW1", "FEA1"), "Arrow (Feather): pandas.read_feather(IN).to_csv(OUT, index=False)"],
    [zipped(/^(\[Content_Types\]|_rels|xl)/), "an Office document: save the sheet as CSV UTF-8"],
    [at(0, "SIMPLE  ="), "FITS: np.save(OUT, astropy.io.fits.getdata(IN))"],
    [at(0, "GRIB"), "GRIB: grib_to_netcdf -k 3 -o OUT IN"],
    [at(128, "DICM"), "DICOM: np.save(OUT, pydicom.dcmread(IN).pixel_array)"],
    [at(0, "II*\0", "MM\0*"), "TIFF: np.save(OUT, tifffile.imread(IN))"],
    [at(0, "\x89PNG", "\xff\xd8\xff"), "a picture: np.save(OUT, imageio.imread(IN))"],
    [at(0, "RDX", "X\n\0\0\0"), "data of R: write.csv in R"],
    [at(0, "\xff\xfe", "\xfe\xff"), "text in UTF-16: iconv -f UTF-16 -t UTF-8 IN > OUT"],
    [
      semicolons,
      "a table with semicolons between its fields: tr ';' '\\t' < IN > OUT.tsv (decimal commas: tr ';,' '\\t.')",
    ],
  ] as const
).map(([sniff, advice]) => ({ id: advice.slice(0, advice.indexOf(":")), sniff, advice }));
