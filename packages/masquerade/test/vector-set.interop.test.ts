// The set of vectors that others download: of a version, complete, and as its JSON Schema says.
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: JavaScript, whose types stand beside it.
import { vectorSet, version } from "../../../scripts/vectors.mjs";

interface Entry {
  readonly file: string;
  readonly buffers?: readonly Entry[];
}

describe("the vectors", () => {
  let set: ReadonlyMap<string, Uint8Array>;
  beforeAll(() => {
    set = vectorSet();
  });

  it("are a set of a version, whose manifest keeps its schema and lists every file", () => {
    const json = (name: string): unknown => JSON.parse(new TextDecoder().decode(set.get(name)));
    const manifest = json("manifest.json") as { version: string; entries: readonly Entry[] };
    const validate = new Ajv2020({ strict: false }).compile(json("manifest.schema.json") as object);
    expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true);
    expect(manifest.version).toBe(version);
    const listed = manifest.entries.flatMap(({ file, buffers = [] }) => [file, ...buffers.map((one) => one.file)]);
    expect(new Set([...listed, "manifest.json", "manifest.schema.json", "README.md", "LICENSE"])).toEqual(
      new Set(set.keys()),
    );
  });
});
