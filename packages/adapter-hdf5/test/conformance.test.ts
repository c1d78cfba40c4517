import { hdf5 } from "@masquerade/adapter-hdf5";
import { testFormat } from "@masquerade/conformance";
import { describe, it, vi } from "vitest";

// Some laws decode thousands of mutants.
vi.setConfig({ testTimeout: 60_000 });

testFormat(hdf5, { describe, it });
