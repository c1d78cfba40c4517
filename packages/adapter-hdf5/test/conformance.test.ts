import { hdf5 } from "@masquerade/adapter-hdf5";
import { testFormat } from "@masquerade/conformance";
import { describe, it, vi } from "vitest";
import { corpusFile } from "../../../scripts/corpus-file.ts";

// Some laws decode thousands of mutants.
vi.setConfig({ testTimeout: 60_000 });

const file = (name: string): Promise<Uint8Array> => corpusFile(`hdf5/${name}`);

testFormat(
  hdf5,
  { describe, it },
  {
    samples: {
      "h5py, groups": await file("groups.h5"),
      "h5py, libver latest": await file("dtypes-latest.h5"),
      "h5py, values and mask": await file("mask-anndata.h5"),
      PyTables: await file("pytables-arrays.h5"),
    },
    foreign: { npy: await corpusFile("npy/np2/dtype-f8.npy"), npz: await corpusFile("npz/np2/masked-f8.npz") },
  },
);

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
