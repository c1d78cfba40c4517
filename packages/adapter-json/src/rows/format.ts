import type { Codec, Format, Sniff } from "@masquerade/core";
import { json } from "../format.ts";

/** Options for writing rows of JSON. */
export interface RowsWriteOptions {
  /** Significant digits of floating-point numbers: a loss of content. Default: as many as read back the same bits. */
  readonly precision?: number | undefined;
  /** Values beneath the mask: kept, each row's in a line behind it (default), or dropped so that nothing that was masked is in the file. */
  readonly hidden?: "keep" | "drop" | undefined;
}

const { precision, hidden } = json.options.write;

/** A line that begins so is the header. */
const START = /^\s*\{\s*"format"\s*:\s*"masked-array-rows"/;

function sniff(head: Uint8Array): Sniff {
  let text = "";
  for (let i = 0; i < Math.min(head.length, 256); i++) text += String.fromCharCode(head[i] as number);
  return START.test(text) ? "yes" : "no";
}

/** Masked arrays as lines of JSON: a header, then one line for each entry of the first axis. */
export const ndjson: Format<"ndjson", "sync", RowsWriteOptions> = {
  id: "ndjson",
  title: "Rows of JSON (masked-array-rows)",
  extensions: [".ndjson", ".jsonl"],
  mediaTypes: ["application/x-ndjson"],
  timing: "sync",
  capabilities: json.capabilities,
  options: { write: { precision, hidden } as Format["options"]["write"], read: {} },
  losses: (header, options) => json.losses(header, options),
  sequential: true,
  readers: json.readers ?? {},
  recipe: `import json, numpy as np
head, *lines = map(json.loads, open("FILE"))
data = np.array([line for line in lines if not isinstance(line, dict)], dtype=object)
mask = data == None  # noqa: E711
array = np.ma.MaskedArray(np.where(mask, 0, data).astype(head["dtype"]), mask)`,
  recipes: async (file) => (await import("../recipes.ts")).ndjsonRecipes(file),
  sniff,
  codec: async (): Promise<Codec<"sync", RowsWriteOptions>> => (await import("./codec.ts")).ndjsonCodec,
};
