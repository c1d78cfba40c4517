// Pieces that other containers than files hold: LZ4 blocks, Zstandard frames.
import { checkZstdFrame, unlz4Block } from "@masquerade/compression";
import { describe, expect, test } from "vitest";

const where = { format: "test", offset: 100 };

describe("an LZ4 block", () => {
  // Four literals, then a match of 8 bytes 4 back, then 5 literals: from the LZ4 block format's description.
  const block = Uint8Array.of(0x44, 1, 2, 3, 4, 4, 0, 0x50, 9, 9, 9, 9, 9);
  const bytes = Uint8Array.of(1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 9, 9, 9, 9, 9);

  test("is taken apart to exactly its size", () => {
    expect(unlz4Block(block, { size: 17, ...where })).toEqual(bytes);
  });

  test.each([
    ["more than its size", 16, block],
    ["less", 18, block],
    ["nothing", 17, new Uint8Array(0)],
    ["a match before its data", 17, Uint8Array.of(0x44, 1, 2, 3, 4, 5, 0, 0x50, 9, 9, 9, 9, 9)],
  ])("with %s is refused", (_, size, damaged) => {
    expect(() => unlz4Block(damaged, { size, ...where })).toThrow(
      expect.objectContaining({ code: "FORMAT_MALFORMED", offset: expect.any(Number) }),
    );
  });
});

describe("a zstd frame", () => {
  // One raw block of 3 bytes, content size in the header: RFC 8878, 3.1.1.
  const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 3, 0x19, 0, 0, 1, 2, 3);

  test("that says its size and ends with its bytes is one", () => {
    expect(() => checkZstdFrame(frame, { size: 3, ...where })).not.toThrow();
  });

  test.each([
    ["of another size", 4, frame],
    ["cut off", 3, frame.subarray(0, 11)],
    ["with bytes behind it", 3, Uint8Array.of(...frame, 0)],
    ["of another magic", 3, frame.with(0, 0)],
    ["that needs a dictionary", 3, frame.with(4, 0x21)],
  ])("%s is refused", (_, size, damaged) => {
    expect(() => checkZstdFrame(damaged, { size, ...where })).toThrow(
      expect.objectContaining({ code: "FORMAT_MALFORMED", offset: 100 }),
    );
  });
});
