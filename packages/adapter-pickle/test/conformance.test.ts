import { pickle } from "@masquerade/adapter-pickle";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";
import { corpusFile } from "../../../scripts/corpus-file.ts";

testFormat(
  pickle,
  { describe, it },
  {
    samples: {
      "dumps()": await corpusFile("demo/sst.pkl"),
      "protocol 0": await corpusFile("pickle/np2/shape-f8-2x3-p0.pkl"),
      "protocol 5": await corpusFile("pickle/np1/shape-f8-2x3-p5.pkl"),
      structured: await corpusFile("pickle/np2/special-mrecords-p4.pkl"),
      dict: await corpusFile("pickle/np1/container-nested-p2.pkl"),
    },
    foreign: {
      npy: await corpusFile("npy/np2/dtype-f8.npy"),
      npz: await corpusFile("npz/np2/masked-f8.npz"),
    },
  },
);
