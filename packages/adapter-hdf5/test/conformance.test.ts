import { hdf5 } from "@masquerade/adapter-hdf5";
import { testFormat } from "@masquerade/conformance";
import { describe, it, vi } from "vitest";

// Some laws decode thousands of mutants.
vi.setConfig({ testTimeout: 60_000 });

testFormat(hdf5, { describe, it });

// Arrays grow where they were written to.
testFormat(
  hdf5,
  { describe, it },
  {
    only: ["append"],
    writeOptions: { resizable: [0] },
    knownFailures: {
      "append/not-written-anew":
        "the chunk at the edge, of half a megabyte here, is written anew behind the end: so a crash leaves the old one",
    },
  },
);
