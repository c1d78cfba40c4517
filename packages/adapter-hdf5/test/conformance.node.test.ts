import { hdf5 } from "@masquerade/adapter-hdf5";
import { testFormat } from "@masquerade/conformance";
import { describe, it, vi } from "vitest";

// Some laws decode thousands of mutants, each in a worker.
vi.setConfig({ testTimeout: 60_000 });

// Mutants that make the library loop for ever end at the deadline; a good file of this size takes milliseconds.
testFormat(hdf5, { describe, it }, { readOptions: { limits: { maxMilliseconds: 1000 } } });
