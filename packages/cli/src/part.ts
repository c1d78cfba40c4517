import { type AnyArray, type LazyArray, type RecognisedFile, repr } from "@masquerade/core";
import type { Outcome } from "./command.ts";
import { dtypeJson } from "./header-json.ts";
import { elementJson, type Json } from "./json-value.ts";

/** A part of one array of a file, read and ready to be printed. */
export interface Part {
  /** Path of the array; "" for a single unnamed one. */
  readonly key: string;
  readonly array: AnyArray;
}

/** Reads the same selection of each array named; `selection` may look at the header. */
export async function readParts(
  file: RecognisedFile,
  paths: readonly string[],
  selection: (array: LazyArray) => string,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const key of paths) {
    const lazy = file.array(key);
    parts.push({ key, array: await lazy.read(selection(lazy)) });
  }
  return parts;
}

/** Parts as NumPy's repr (all of each, when `all`), or as JSON lists where masked elements are null. */
export function partsOutcome(parts: readonly Part[], { json, all }: { json: boolean; all: boolean }): Outcome {
  if (json) return { out: parts.map((part) => `${JSON.stringify(partJson(part))}\n`).join("") };
  const options = all ? { threshold: Number.POSITIVE_INFINITY } : {};
  const named = parts.length > 1;
  return {
    out: parts.map(({ key, array }) => `${named ? `${JSON.stringify(key)}:\n` : ""}${repr(array, options)}\n`).join(""),
  };
}

function partJson({ key, array }: Part): Json {
  return { key: key === "" ? null : key, dtype: dtypeJson(array.dtype), shape: array.shape, values: nested(array) };
}

/** Lists in lists, as deep as there are dimensions (64 at most). */
function nested(array: AnyArray): Json {
  if (array.ndim === 0) return elementJson(array.dtype, array.at());
  const [length = 0] = array.shape;
  if (array.ndim === 1) return Array.from({ length }, (_, i) => elementJson(array.dtype, array.at(i)));
  return Array.from({ length }, (_, i) => nested(array.slice([i])));
}
