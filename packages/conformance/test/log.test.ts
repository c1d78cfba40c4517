import { describe, it } from "vitest";
import { testFormat } from "../src/index.ts";
import { log } from "./zoo/log.ts";

testFormat(log, { describe, it }, { only: ["append", "bundle", "hostile", "mask"] });
