// Many mutants, of a seed that changes with MASQUERADE_SEED; the quick tests have some.
import { expect, inject, test } from "vitest";
import { mutate } from "./support/mutants.ts";

test("2,000 mutants end in a value or a typed error, none at its deadline, and leave no trace", {
  timeout: 300_000,
}, async () => {
  const fates = await mutate(2000, (inject("seed" as never) as number) + 1, ["plugins/filters.h5"]);
  expect(fates.get("value")).toBeGreaterThan(200);
  expect(2000 - (fates.get("value") ?? 0)).toBeGreaterThan(200);
});
