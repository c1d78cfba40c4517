import { afterAll, describe, expect, it } from "vitest";
import { laws, runConformance } from "../src/index.ts";
import { rightInPlace } from "./zoo/in-place.ts";
import { zoo } from "./zoo/index.ts";

// The right ones themselves are held to every law in right.test.ts and log.test.ts.
describe("the zoo", () => {
  it("has names of its own for each animal, and laws that exist", () => {
    expect(new Set(zoo.map((w) => w.name)).size).toBe(zoo.length);
    for (const { breaks } of zoo) expect(laws.map((law) => law.id)).toContain(breaks);
  });

  it("has an animal for every law but the round trips of kinds that differ in nothing else", () => {
    const broken = new Set(zoo.map((w) => w.breaks));
    const without = laws.map((law) => law.id).filter((id) => !broken.has(id));
    expect(without).toMatchSnapshot();
  });

  it("holds the one that is written in place to no fault", async () => {
    const report = await runConformance(rightInPlace, { only: ["lazy"] });
    expect(report.results.filter((r) => r.outcome === "failed")).toEqual([]);
    expect(report.results.filter((r) => r.id.startsWith("lazy/in-place") && r.outcome === "passed").length).toBe(5);
  });

  let killed = 0;
  afterAll(() => {
    console.info(`the zoo: ${killed} of ${zoo.length} wrong adapters killed`);
  });

  it.each(zoo.map((w) => [w.name, w] as const))("%s", async (_name, { format, breaks, config }) => {
    const report = await runConformance(format, { ...config, only: [breaks] });
    const result = report.results.find((r) => r.id === breaks);
    expect(result?.outcome).toBe("failed");
    killed++;
    // The reason it was made to fail for, not just any.
    expect([result?.reason, ...(result?.reproduction ? [result.reproduction] : [])].join("\n")).toMatchSnapshot();
  });
});
