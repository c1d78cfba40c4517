import { describe, it } from "node:test";
import { testFormat } from "@masquerade/conformance";
import { probeImport } from "@masquerade/conformance/node";
import { tiny } from "../src/index.js";

const importProbe = () => probeImport(new URL("../src/index.js", import.meta.url));
testFormat(tiny, { describe, it }, { importProbe });
