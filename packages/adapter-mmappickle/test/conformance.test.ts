import { mmappickle } from "@masquerade/adapter-mmappickle";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";

testFormat(mmappickle, { describe, it }, {});
