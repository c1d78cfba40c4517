import { describe, it } from "vitest";
import { testFormat } from "../src/index.ts";
import { right } from "./zoo/right.ts";

testFormat(right, { describe, it });
