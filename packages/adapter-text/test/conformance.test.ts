import { csv, ecsv, tsv, txt } from "@masquerade/adapter-text";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";

testFormat(csv, { describe, it });
// But for its delimiter it is CSV: damage is the same to both.
testFormat(tsv, { describe, it }, { only: ["descriptor", "roundtrip", "mask", "losses", "lazy", "stream"] });
testFormat(txt, { describe, it });
testFormat(ecsv, { describe, it });
