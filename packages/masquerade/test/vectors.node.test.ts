import { readFileSync } from "node:fs";
import { type AnyArray, type Bundle, difference, isMasqueradeError } from "@masquerade/core";
import { load, registry } from "masquerade";
import { describe, expect, it } from "vitest";

/** Files written by the Python client (clients/python/tests/vectors.py): the same values as protobuf and, where it can hold them, as np.savez. */
const vectors = new URL("../../../clients/vectors/", import.meta.url);
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, vectors)));

interface Vector {
  readonly name: string;
  readonly options: { readonly mask?: "raw" | "run-length"; readonly hidden?: "drop"; readonly checksum?: "crc32c" };
  readonly npz: boolean;
}
const index = JSON.parse(new TextDecoder().decode(read("index.json"))) as readonly Vector[];

const encoded = async (value: AnyArray | Bundle, options: Vector["options"]): Promise<Uint8Array> =>
  (await registry.encode("protobuf", value, options)).bytes;

describe("what Python wrote", () => {
  it("is there", () => {
    expect(index.length).toBeGreaterThan(60);
  });

  it.each(index)("is read and written again byte for byte: $name", async ({ name, options }) => {
    const bytes = read(`${name}.pb`);
    expect(await encoded(await load(bytes), options)).toEqual(bytes);
  });

  it.each(index.filter((one) => one.npz))("is the same from NPZ: $name", async ({ name, options }) => {
    const value = await load(read(`${name}.npz`));
    expect(await encoded(value, options)).toEqual(read(`${name}.pb`));
    if (options.hidden !== "drop") expect(difference(value, await load(read(`${name}.pb`)))).toBeUndefined();
  });
});

describe("streams of blocks that Python wrote", () => {
  it("are the bytes that each vector is written as", async () => {
    for (const { name, options } of index) {
      const { mask, ...rest } = options;
      const how = mask === "raw" ? { mask, ...rest } : rest;
      const { bytes } = await registry.encode("blocks", await load(read(`${name}.pb`)), how);
      expect(Buffer.compare(bytes, read(`blocks/${name}.mqb`)), name).toBe(0);
    }
  });
});

/** What decoding throws. */
async function decoded(bytes: Uint8Array, format: "protobuf" | "blocks" = "protobuf"): Promise<unknown> {
  const codec = await registry.get(format).codec();
  try {
    return await codec.decode(bytes);
  } catch (error) {
    return error;
  }
}

describe("what clients/python/tests/malformed.py made by hand", () => {
  const listed = (folder: string): readonly { readonly name: string; readonly what: string }[] =>
    JSON.parse(new TextDecoder().decode(read(`${folder}/index.json`)));

  it.each(listed("malformed"))("is refused: $what", async ({ name }) => {
    const error: unknown = await decoded(read(`malformed/${name}.pb`));
    expect(isMasqueradeError(error) && error.code).toMatch(/^(FORMAT|LIMIT)_/);
  });

  it.each(listed("blocks/malformed"))("is refused as a stream: $what", async ({ name }) => {
    const error: unknown = await decoded(read(`blocks/malformed/${name}.mqb`), "blocks");
    expect(isMasqueradeError(error) && error.code).toMatch(/^(FORMAT|LIMIT)_/);
  });

  it.each(listed("unusual"))("is read: $what", async ({ name }) => {
    expect(await load(read(`unusual/${name}.pb`))).toBeDefined();
  });
});
