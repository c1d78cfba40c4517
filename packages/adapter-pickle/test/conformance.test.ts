import { readFileSync } from "node:fs";
import { pickle } from "@masquerade/adapter-pickle";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";

const corpus = new URL("../../../corpus/", import.meta.url);
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, corpus)));

testFormat(
  pickle,
  { describe, it },
  {
    samples: {
      "dumps()": file("demo/sst.pkl"),
      "protocol 0": file("pickle/np2/shape-f8-2x3-p0.pkl"),
      "protocol 5": file("pickle/np1/shape-f8-2x3-p5.pkl"),
      structured: file("pickle/np2/special-mrecords-p4.pkl"),
      dict: file("pickle/np1/container-nested-p2.pkl"),
    },
    foreign: {
      npy: file("npy/np2/dtype-f8.npy"),
      npz: file("npz/np2/masked-f8.npz"),
    },
  },
);
