// Files of the corpus, and what tests of hostile input share.
import { readFileSync } from "node:fs";
import { isMasqueradeError } from "@masquerade/core";

const corpus = new URL("../../../../corpus/", import.meta.url);

export function corpusFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, corpus)));
}

export function corpusJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, corpus), "utf8"));
}

/** The code of the error a call ends in; undefined when it ends well. Anything but a typed, one-line error is thrown on. */
export function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (e) {
    return typed(e);
  }
  return undefined;
}

export async function codeOfAsync(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await run();
  } catch (e) {
    return typed(e);
  }
  return undefined;
}

function typed(e: unknown): string {
  if (!isMasqueradeError(e)) throw e;
  if (e.code === "" || e.message.length > 500 || e.message.includes("\n"))
    throw new Error(`a bad message: ${e.message}`);
  return e.code;
}
