import { isMasqueradeError, memorySink } from "@masquerade/core";
import { expect, it } from "vitest";
import { load, registry, save, scan } from "../src/index.ts";

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const zip = (name: string): Uint8Array =>
  latin1(`PK\x03\x04${"\0".repeat(22)}${String.fromCharCode(name.length)}\0\0\0${name}`);

const foreign: readonly (readonly [what: string, head: Uint8Array, advice: RegExp])[] = [
  ["classic NetCDF", latin1("CDF\x01\0\0\0\0\0\0\0\n"), /nccopy -k nc4/],
  ["64-bit NetCDF", latin1("CDF\x02\0\0\0\0"), /nccopy -k nc4/],
  ["HDF4", latin1("\x0e\x03\x13\x01\0\0"), /h4toh5/],
  ["MATLAB 5", latin1("MATLAB 5.0 MAT-file, Platform: GLNXA64, Created on: Mon"), /scipy\.io\.loadmat/],
  ["PyTorch", zip("archive/data.pkl"), /torch\.load/],
  ["PyTorch at the root", zip("data.pkl"), /torch\.load/],
  [
    "safetensors",
    latin1('\x3e\0\0\0\0\0\0\0{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'),
    /safetensors\.numpy/,
  ],
  ["Parquet", latin1("PAR1\x15\x04"), /read_parquet/],
  ["Feather", latin1("ARROW1\0\0"), /read_feather/],
  ["Excel", zip("[Content_Types].xml"), /CSV UTF-8/],
  ["FITS", latin1("SIMPLE  =                    T"), /astropy/],
  ["GRIB", latin1("GRIB\0\0\0\x02"), /grib_to_netcdf/],
  ["DICOM", latin1(`${"\0".repeat(128)}DICM`), /pydicom/],
  ["TIFF", latin1("II*\0\x08\0\0\0"), /tifffile/],
  ["PNG", latin1("\x89PNG\r\n\x1a\n"), /imageio/],
  ["R", latin1("RDX3\nX\n"), /write\.csv/],
  ["UTF-16", latin1("\xff\xfea\0,\0b\0\n\0"), /iconv/],
  ["semicolons", latin1("a;b\n1,5;2,5\n"), /semicolons.*tr ';,'/],
];

it.each(foreign)("%s is called what it is", async (_, bytes, advice) => {
  const error = await load(bytes).catch((e: unknown) => e);
  expect(isMasqueradeError(error, "FORMAT_UNKNOWN") && error.message).toMatch(advice);
  const report = await scan(bytes);
  expect(report.verdict).toBe("unknown");
});

it("files of the formats are never taken for foreign ones", async () => {
  const text = latin1("# masked-array 1 csv\n");
  expect(registry.strangers.filter((one) => one.sniff(text))).toEqual([]);
  for (const bytes of [
    "a,b;c\n1,2\n",
    "1;2\n3\n",
    "[[1],\n[2]]",
    '{"a;b": [1]}\n{"a;b": [2]}\n',
    "# a;b\n# c;d\n1 2\n",
  ].map(latin1))
    expect(registry.strangers.filter((one) => one.sniff(bytes))).toEqual([]);
  const sink = memorySink();
  const { array } = await import("@masquerade/core");
  await save(sink, array([1, 2]), { format: "npz" });
  expect(registry.identify(sink.bytes()).id).toBe("npz");
});

it("the beginning of a picture of opcodes is no pickle: what needs a stack cannot come first", () => {
  for (const text of ["1.5 2.5\n3.5 4.5\n", "PK\x03\x04", "PAR1", "0.5\n", "R.", "a.", "\x71\x00."])
    expect(registry.get("pickle").sniff(latin1(text))).toBe("no");
  for (const text of ["(lp0\nI1\na.", "I1\n.", "}q\x00.", "cnumpy\nfloat64\n."])
    expect(registry.get("pickle").sniff(latin1(text))).toBe("maybe");
});
