import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { packageVersion } from "../src/version.ts";

test("the version that files name is the package's", () => {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(packageVersion).toBe(version);
});
