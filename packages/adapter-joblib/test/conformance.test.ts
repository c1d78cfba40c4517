import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";
import { corpusFile } from "../../../scripts/corpus-file.ts";
import { joblib } from "../src/index.ts";

testFormat(
  joblib,
  { describe, it },
  {
    samples: {
      "joblib 1.6": await corpusFile("joblib/np2/array-f8.joblib"),
      "joblib 1.2, Fortran": await corpusFile("joblib/np1/fortran.joblib"),
      "joblib 0.11": await corpusFile("joblib/old-0.11/array-f8.joblib"),
      masked: await corpusFile("joblib/np2/masked-fill.joblib"),
    },
    foreign: {
      npy: await corpusFile("npy/np2/dtype-f8.npy"),
      npz: await corpusFile("npz/np2/masked-f8.npz"),
      pickle: await corpusFile("demo/sst.pkl"),
    },
  },
);
