import { raw } from "@masquerade/adapter-raw";
import { testFormat } from "@masquerade/conformance";
import { describe, it } from "vitest";

testFormat(raw, { describe, it });
