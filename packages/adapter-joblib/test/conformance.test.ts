import { readFileSync } from "node:fs";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";
import { joblib } from "../src/index.ts";

const corpus = new URL("../../../corpus/", import.meta.url);
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, corpus)));

testFormat(
  joblib,
  { describe, it },
  {
    samples: {
      "joblib 1.6": file("joblib/np2/array-f8.joblib"),
      "joblib 1.2, Fortran": file("joblib/np1/fortran.joblib"),
      "joblib 0.11": file("joblib/old-0.11/array-f8.joblib"),
      masked: file("joblib/np2/masked-fill.joblib"),
    },
    foreign: {
      npy: file("npy/np2/dtype-f8.npy"),
      npz: file("npz/np2/masked-f8.npz"),
      pickle: file("demo/sst.pkl"),
    },
  },
);
