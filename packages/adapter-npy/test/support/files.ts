// Files of the corpus.
import { readFileSync } from "node:fs";

const corpus = new URL("../../../../corpus/", import.meta.url);

export function corpusFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, corpus)));
}

export function corpusJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, corpus), "utf8"));
}
