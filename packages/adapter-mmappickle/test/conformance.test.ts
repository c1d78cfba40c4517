import { mmappickle } from "@masquerade/adapter-mmappickle";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";
import { corpusFile } from "../../../scripts/corpus-file.ts";

testFormat(
  mmappickle,
  { describe, it },
  {
    samples: {
      masked: await corpusFile("mmappickle/py311-np1.26/masked.mmdpickle"),
      "masked, NumPy 1.17": await corpusFile("mmappickle/py38-np1.17/masked.mmdpickle"),
    },
    foreign: { pickle: await corpusFile("demo/sst.pkl"), npy: await corpusFile("npy/np2/dtype-f8.npy") },
  },
);
