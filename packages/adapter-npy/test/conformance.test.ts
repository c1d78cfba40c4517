import { readFileSync } from "node:fs";
import { npy, npz } from "@masquerade/adapter-npy";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";

const corpus = new URL("../../../corpus/", import.meta.url);
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, corpus)));

const npyFiles = {
  "2-D": file("npy/np2/dtype-f8.npy"),
  Fortran: file("npy/np1/struct-fortran.npy"),
  "zero-size": file("npy/np2/shape-f8-0x4.npy"),
};
const npzFiles = {
  several: file("npz/np2/several.npz"),
  compressed: file("npz/np1/dtypes-compressed.npz"),
  masked: file("npz/np2/masked-f8.npz"),
};

testFormat(npy, { describe, it }, { samples: npyFiles, foreign: npzFiles });
testFormat(npz, { describe, it }, { samples: npzFiles, foreign: npyFiles });
