import { type FormatError, type Limits, type PlainValue, Tuple } from "@masquerade/core";
import { type CollectionTag, parseDocument, type ScalarTag, type Tags, YAMLSeq } from "yaml";

/**
 * YAML as PyYAML reads it (version 1.1), as plain values: integers exact, nothing made but texts, numbers, lists and dicts, whatever
 * tags the file has. Dates stay texts.
 */
export function yamlHeader(text: string, limits: Limits, bad: (message: string) => FormatError): PlainValue {
  if (tooDeep(text, limits.maxDepth)) throw bad(`nested deeper than ${limits.maxDepth}`);
  let value: unknown;
  try {
    const document = parseDocument(text, {
      version: "1.1",
      intAsBigInt: true,
      logLevel: "silent",
      prettyErrors: false,
      customTags: tagsOf,
    });
    const [error] = document.errors;
    if (error !== undefined) throw bad(firstLine(error.message));
    value = document.toJS({ mapAsMap: true, maxAliasCount: 100 });
  } catch (error) {
    // What the library throws for a resource limit or for what it cannot hold: aliases that multiply, recursion.
    if (error instanceof RangeError) throw bad("nested too deeply");
    if (error instanceof ReferenceError) throw bad(firstLine(error.message));
    throw error;
  }
  return plainOf(value, 0, limits.maxDepth, bad);
}

const firstLine = (text: string): string => text.split("\n")[0] as string;

/** Python's tuple, which PyYAML writes as a tagged list. */
class TupleNode extends YAMLSeq {
  override toJSON(...args: Parameters<YAMLSeq["toJSON"]>): never {
    return new Tuple(super.toJSON(...args) as PlainValue[]) as never;
  }
}

const tuple: CollectionTag = { tag: "tag:yaml.org,2002:python/tuple", collection: "seq", nodeClass: TupleNode };

/** The tags of YAML 1.1 as PyYAML has them: `y` and `n` are texts (a column may be called so), and so are dates here. */
function tagsOf(tags: Tags): Tags {
  const kept = tags.flatMap((tag) => {
    if (typeof tag === "string" || tag.tag === "tag:yaml.org,2002:timestamp") return [];
    if (tag.tag !== "tag:yaml.org,2002:bool") return [tag];
    const truth = tag as ScalarTag;
    return [{ ...truth, test: truth.test?.test("yes") ? /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/ : falsehood }];
  });
  return [...kept, tuple];
}

const falsehood: RegExp = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;

/** More brackets open at once, or more steps of indentation, than a value may be deep: the library's parser is recursive. */
function tooDeep(text: string, most: number): boolean {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 91 || c === 123) {
      if (++open > most) return true;
    } else if ((c === 93 || c === 125) && open > 0) open--;
  }
  return /(?:^|\n)(?:[ \t]*[-?:][ \t]+)*(?:[-?:][ \t]+){500}/.test(text);
}

function plainOf(value: unknown, depth: number, most: number, bad: (message: string) => FormatError): PlainValue {
  if (depth > most) throw bad(`nested deeper than ${most}`);
  const inner = (one: unknown): PlainValue => plainOf(one, depth + 1, most, bad);
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || typeof value === "bigint")
    return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof Tuple) return new Tuple(value.items.map(inner));
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Set) return [...value].map(inner);
  if (value instanceof Map) return new Map([...value].map(([key, held]) => [inner(key), inner(held)]));
  throw bad("a value of an unknown kind");
}
