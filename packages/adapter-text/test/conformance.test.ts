import { csv, ecsv, tsv, txt } from "@masquerade/adapter-text";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";

testFormat(csv, { describe, it });
testFormat(tsv, { describe, it });
testFormat(txt, { describe, it });
testFormat(ecsv, { describe, it });
