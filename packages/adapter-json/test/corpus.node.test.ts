// Every array that the corpus knows of, through JSON and back: bit for bit, valid by the schema, plain JSON to everyone else.
import { readFileSync } from "node:fs";
import { json } from "@masquerade/adapter-json";
import { type AnyArray, type Bundle, difference, describe as headerOf } from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { expected } from "../../../corpus/support/expect.ts";
import { isSchemaValid } from "./support/schema.ts";

const corpus = new URL("../../../corpus/", import.meta.url);
const codec = await json.codec();
const arrays: ReadonlySet<unknown> = new Set(["ndarray", "masked", "dict", "list", "tuple"]);

interface Entry {
  readonly file: string;
  readonly expect: { readonly kind?: string; readonly shape?: readonly number[] };
}

function entriesOf(folder: string): readonly Entry[] {
  const { entries } = JSON.parse(readFileSync(new URL(`${folder}/manifest.json`, corpus), "utf8")) as {
    entries: readonly Entry[];
  };
  // Files of several protocols and tools hold the same: once is enough. A dtype by itself is no array.
  const seen = new Set<string>();
  return entries.filter((e) => {
    const text = JSON.stringify(e.expect);
    // Titles that are bytes (Python 2) come back equal, but dtypes compare them by identity: see documents.test.ts.
    if (seen.has(text) || text.includes('"kind":"dtype"') || text.includes('"title":{')) return false;
    seen.add(text);
    return arrays.has(e.expect.kind) && !(e.expect.shape ?? []).some((n) => n > Number.MAX_SAFE_INTEGER);
  });
}

describe.each(["npy", "npz", "pickle", "joblib", "dill", "cloudpickle", "demo"])("corpus/%s", (folder) => {
  const entries = entriesOf(folder);
  test(`${entries.length} files`, () => {
    expect(entries.length).toBeGreaterThan(0);
    const problems: string[] = [];
    for (const entry of entries) {
      const value = expected(entry.expect) as AnyArray | Bundle;
      const refused = json.losses(headerOf(value)).map((l) => l.id);
      if (refused.length > 0) problems.push(`${entry.file}: announced ${refused.join(", ")}`);
      try {
        const bytes = codec.encode(value);
        const how = difference(value, codec.decode(bytes));
        if (how !== undefined) problems.push(`${entry.file}: ${how}`);
        const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
        const invalid = isSchemaValid(parsed);
        if (invalid !== undefined) problems.push(`${entry.file}: ${invalid}`);
      } catch (error) {
        problems.push(`${entry.file}: ${String(error)}`);
      }
    }
    expect(problems).toEqual([]);
  });
});
