import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "@bufbuild/buf/package.json" with { type: "json" };
import { afterAll, describe, expect, it } from "vitest";

const proto = fileURLToPath(new URL("../proto", import.meta.url));
const published = join(proto, "published.binpb");
const bufCommand = join(createRequire(import.meta.url).resolve("@bufbuild/buf/package.json"), "..", manifest.bin.buf);
const scratch = mkdtempSync(join(tmpdir(), "masquerade-schema-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What buf says of a schema: nothing when it is content. */
function buf(...args: readonly string[]): { readonly ok: boolean; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bufCommand, ...args], { encoding: "utf8" });
  return { ok: status === 0, said: stdout + stderr };
}

let copies = 0;
/** A copy of the schema with one file changed. */
function changed(file: string, from: string, to: string): string {
  const copy = join(scratch, `schema${++copies}`);
  cpSync(proto, copy, { recursive: true });
  const path = join(copy, "masquerade/v1", file);
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
  return copy;
}

describe("the schema", () => {
  it("passes the linter, comments included", () => {
    expect(buf("lint", proto)).toEqual({ ok: true, said: "" });
  });

  it("breaks nothing that was published", () => {
    expect(buf("breaking", proto, "--against", published)).toEqual({ ok: true, said: "" });
  });

  it("has no maps and no floating-point fields", () => {
    for (const file of ["dtype.proto", "file.proto", "blocks.proto"]) {
      const code = readFileSync(join(proto, "masquerade/v1", file), "utf8").replace(/\/\/.*$/gm, "");
      expect(code).not.toMatch(/\bmap\s*<|\bdouble\b|\bfloat\b/);
    }
  });

  it.each([
    ["a field without a comment", "file.proto", "  // How many bools.\n", ""],
    ["a name in another style", "file.proto", "uint64 count = 2", "uint64 Count = 2"],
  ])("is held to the linter: %s", (_what, file, from, to) => {
    expect(buf("lint", changed(file, from, to)).ok).toBe(false);
  });

  it.each([
    ["a field renumbered", "file.proto", "uint64 count = 2", "uint64 count = 9"],
    ["a field of another type", "file.proto", "fixed32 magic = 1", "uint32 magic = 1"],
    ["a field renamed", "file.proto", "uint32 data_buffer = 14", "uint32 data_index = 14"],
    ["a value renumbered", "dtype.proto", "KIND_FLOAT64 = 12", "KIND_FLOAT64 = 42"],
  ])("is held to what was published: %s", (_what, file, from, to) => {
    expect(buf("breaking", changed(file, from, to), "--against", published).ok).toBe(false);
  });

  it("may grow", () => {
    const grown = changed(
      "file.proto",
      "  uint32 buffer = 3;\n}",
      "  uint32 buffer = 3;\n  // New.\n  string note = 100;\n}",
    );
    expect(buf("breaking", grown, "--against", published)).toEqual({ ok: true, said: "" });
  });
});
