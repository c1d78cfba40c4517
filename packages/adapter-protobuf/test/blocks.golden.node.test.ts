import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { blocks } from "@masquerade/adapter-protobuf";
import { type AnyArray, array, type Bundle, difference, isMaskedArray, maskedArray, nomask } from "@masquerade/core";
import { describe, expect, it } from "vitest";

const path = fileURLToPath(new URL("../proto/golden/masked-f8.mqb", import.meta.url));
const golden = new Uint8Array(readFileSync(path));
const value: AnyArray | Bundle = maskedArray([1, 2, 3], { mask: [false, true, false], dtype: "float64" });

describe("the golden stream", () => {
  it("is what is written", async () => {
    const codec = await blocks.codec();
    expect(Buffer.from(await codec.encode(value)).toString("hex")).toBe(Buffer.from(golden).toString("hex"));
  });

  it("is read as the array it was written from, by Python and protobuf alone", async () => {
    const codec = await blocks.codec();
    expect(difference(await codec.decode(golden), value)).toBeUndefined();
  });

  it("is spelled out in the specification", () => {
    const text = readFileSync(new URL("../proto/BLOCKS.md", import.meta.url), "utf8");
    const dump = text.split("```").at(-2) as string;
    const bytes = dump
      .split("\n")
      .map((line) => line.slice(16))
      .join(" ")
      .trim()
      .split(/\s+/);
    expect(bytes.join(" ")).toBe(
      Buffer.from(golden)
        .toString("hex")
        .replace(/(..)(?!$)/g, "$1 "),
    );
  });
});

describe("plain, nomask and masked", () => {
  it.each([
    ["plain", array([1, 2, 3])],
    ["nomask", maskedArray([1, 2, 3])],
    ["0-d", array(4)],
    ["empty", array([], "int16")],
  ])("come back apart: %s", async (_name, one) => {
    const codec = await blocks.codec();
    const back = (await codec.decode(await codec.encode(one))) as AnyArray;
    expect(difference(back, one)).toBeUndefined();
    expect(isMaskedArray(back) && back.mask === nomask).toBe(isMaskedArray(one));
  });
});
