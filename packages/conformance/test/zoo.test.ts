import { describe, expect, it } from "vitest";
import { laws, runConformance } from "../src/index.ts";
import { right } from "./zoo/right.ts";
import { wrongFiles } from "./zoo/wrong-files.ts";
import { wrongMasks } from "./zoo/wrong-masks.ts";
import { wrongValues } from "./zoo/wrong-values.ts";

const zoo = [...wrongMasks, ...wrongValues, ...wrongFiles];

describe("the zoo", () => {
  it("has names of its own for each animal, and laws that exist", () => {
    expect(new Set(zoo.map((w) => w.name)).size).toBe(zoo.length);
    for (const { breaks } of zoo) expect(laws.map((law) => law.id)).toContain(breaks);
  });

  it("holds the right adapter to no fault", async () => {
    const report = await runConformance(right);
    expect(report.results.filter((r) => r.outcome === "failed")).toEqual([]);
  });

  it.each(zoo.map((w) => [w.name, w] as const))("%s", async (_name, { format, breaks }) => {
    const report = await runConformance(format, { only: [breaks] });
    const result = report.results.find((r) => r.id === breaks);
    expect(result?.outcome).toBe("failed");
    // The reason it was made to fail for, not just any.
    expect(result?.reason).toMatchSnapshot();
  });
});
