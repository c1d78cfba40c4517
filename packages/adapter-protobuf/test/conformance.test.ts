import { protobuf } from "@masquerade/adapter-protobuf";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";

const foreign = {
  npy: Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 0x76, 0),
  zip: Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0),
  "another message": Uint8Array.of(0x0d, 1, 0, 0, 0, 0x10, 1),
};

testFormat(protobuf, { describe, it }, { foreign });

// What the options change, without the rest again.
const only = ["mask", "purity"];
testFormat(
  protobuf,
  { describe, it },
  { foreign, only: [...only, "hostile"], writeOptions: { mask: "run-length", checksum: "crc32c" } },
);
testFormat(protobuf, { describe, it }, { foreign, only, writeOptions: { mask: "raw", checksum: "none" } });
testFormat(
  protobuf,
  { describe, it },
  {
    foreign,
    only,
    writeOptions: { hidden: "drop" },
    knownFailures: { "mask/hidden-values": "the option drops them" },
  },
);
