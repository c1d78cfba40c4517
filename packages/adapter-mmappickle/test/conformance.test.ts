import { mmappickle } from "@masquerade/adapter-mmappickle";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";

testFormat(
  mmappickle,
  { describe, it },
  {
    knownFailures: {
      "lazy/in-place": "elements are overwritten by the MmapDict of the Node entry, which keeps the file's crash rule",
    },
  },
);
