import { npy, npz } from "@masquerade/adapter-npy";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";
import { corpusFile } from "../../../scripts/corpus-file.ts";

const npyFiles = {
  "2-D": await corpusFile("npy/np2/dtype-f8.npy"),
  Fortran: await corpusFile("npy/np1/struct-fortran.npy"),
  "zero-size": await corpusFile("npy/np2/shape-f8-0x4.npy"),
};
const npzFiles = {
  several: await corpusFile("npz/np2/several.npz"),
  compressed: await corpusFile("npz/np1/dtypes-compressed.npz"),
  masked: await corpusFile("npz/np2/masked-f8.npz"),
};

testFormat(npy, { describe, it }, { samples: npyFiles, foreign: npzFiles });
testFormat(npz, { describe, it }, { samples: npzFiles, foreign: npyFiles });
