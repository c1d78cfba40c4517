import { ndjson } from "@masquerade/adapter-json";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";
import { corpusFile } from "../../../scripts/corpus-file.ts";

testFormat(
  ndjson,
  { describe, it },
  { foreign: { npy: await corpusFile("npy/np2/dtype-f8.npy"), pickle: await corpusFile("demo/sst.pkl") } },
);
