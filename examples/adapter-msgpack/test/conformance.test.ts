import { testFormat } from "@masquerade/conformance";
import { describe, expect, it } from "vitest";
import { toMask, toValidity } from "../src/bitmap.js";
import { msgpack } from "../src/index.js";

testFormat(msgpack, { describe, it });

it("validity is the inverse of a mask, least significant bit first", () => {
  const mask = Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 0, 0, 1);
  expect(toValidity(mask)).toEqual(Uint8Array.of(0b11100110, 0b1));
  expect(toMask(toValidity(mask), 10)).toEqual(mask);
});
