// Four million random bit patterns of each width, and as many of usual sizes: shortest, and the same bits again.
import { json } from "@masquerade/adapter-json";
import { expect, inject, test } from "vitest";
import { randomBytes, shortestProblems, usualFloats } from "./support/floats.ts";

const codec = await json.codec();

test.each(["float64", "float32"] as const)("4 million bit patterns of %s", (kind) => {
  for (let part = 0; part < 4; part++)
    expect(
      shortestProblems(codec, kind, randomBytes(inject("seed") + part * 2, 1_000_000 * (kind === "float64" ? 8 : 4))),
    ).toEqual([]);
});

test("4 million float64 of usual sizes", () => {
  for (let part = 0; part < 16; part++)
    expect(shortestProblems(codec, "float64", usualFloats(inject("seed") + part * 2, 250_000))).toEqual([]);
});
