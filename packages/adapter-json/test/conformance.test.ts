import { readFileSync } from "node:fs";
import { json } from "@masquerade/adapter-json";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";

const corpus = new URL("../../../corpus/", import.meta.url);
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, corpus)));

testFormat(json, { describe, it }, { foreign: { npy: file("npy/np2/dtype-f8.npy"), pickle: file("demo/sst.pkl") } });
