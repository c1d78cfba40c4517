import { blocks } from "@masquerade/adapter-protobuf";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";

const foreign = {
  npy: Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 0x76, 0),
  zip: Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0),
  png: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  "one message": Uint8Array.of(0x0d, 0x4d, 0x53, 0x51, 0x31, 0x10, 1, 0x1a, 0),
};

testFormat(blocks, { describe, it }, { foreign });

// What the options change, without the rest again.
testFormat(
  blocks,
  { describe, it },
  {
    foreign,
    only: ["mask", "lazy/slices", "lazy/blocks", "stream/blocks-of-any-size"],
    writeOptions: { codec: "deflate", blockBytes: 100, checksum: "crc32c" },
  },
);
for (const writeOptions of [
  { codec: "zstd", mask: "raw", checksum: "none" },
  { codec: "blosc", blockBytes: 20_000 },
] as const)
  testFormat(blocks, { describe, it }, { foreign, only: ["mask", "stream/blocks-of-any-size"], writeOptions });
testFormat(
  blocks,
  { describe, it },
  {
    foreign,
    only: ["mask", "purity"],
    writeOptions: { hidden: "drop" },
    knownFailures: { "mask/hidden-values": "the option drops them" },
  },
);
