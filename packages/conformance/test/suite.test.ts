import * as core from "@masquerade/core";
import { describe, expect, inject, it } from "vitest";
import {
  ConformanceFailure,
  codeOf,
  coveringSet,
  holdShrinking,
  type LawResult,
  laws,
  runConformance,
  suiteVersion,
  testFormat,
} from "../src/index.ts";
import { allKinds } from "../src/samples/kinds.ts";
import { right } from "./zoo/right.ts";
import { wrongIo } from "./zoo/wrong-io.ts";
import { wrongMasks } from "./zoo/wrong-masks.ts";

const { Bundle, Complex, dtypes, difference, isMaskedArray, MaskedArray, NdArray, Tuple } = core;
const evaluate = (code: string): core.AnyArray =>
  new Function("Bundle", "Complex", "dtypes", "MaskedArray", "NdArray", "Tuple", `return ${code}`)(
    Bundle,
    Complex,
    dtypes,
    MaskedArray,
    NdArray,
    Tuple,
  );

describe("the laws", () => {
  it("have stable ids, a sentence, a version not newer than the suite's, and a paragraph", () => {
    expect(new Set(laws.map((law) => law.id)).size).toBe(laws.length);
    for (const { id, law, since } of laws) {
      expect(id).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
      expect(law).toMatch(/^[A-Za-z].*\.$/);
      expect(since <= suiteVersion, id).toBe(true);
    }
    expect(laws.map((law) => `${law.id} ${law.since}`)).toMatchSnapshot();
  });
});

describe("a known failure", () => {
  const nomask = wrongMasks.find((w) => w.name === "nomask becomes all false") as (typeof wrongMasks)[number];
  const id = "mask/nomask-is-not-all-false";
  const run = async (format: core.AnyFormat, known: Record<string, string>): Promise<readonly LawResult[]> =>
    (await runConformance(format, { only: [id], knownFailures: known })).results;

  it("is reported with its reason and does not fail", async () => {
    expect(await run(nomask.format, { [id]: "next week" })).toMatchObject([
      { id, outcome: "known-failure", reason: "next week" },
    ]);
  });

  it("is stale when the law passes, when there is no such law, and when the law does not apply", async () => {
    expect(await run(right, { [id]: "long gone" })).toMatchObject([
      { outcome: "failed", reason: `${id} now passes: take it off knownFailures` },
    ]);
    expect((await run(right, { "mask/no-such": "?" }))[0]).toMatchObject({
      outcome: "failed",
      reason: 'knownFailures names "mask/no-such", which is no law',
    });
    expect((await run(right, { "mask/hard-mask-announced": "?" }))[0]).toMatchObject({
      outcome: "failed",
      reason: "mask/hard-mask-announced does not apply (the format declares hardMask): take it off knownFailures",
    });
  });
});

describe("a law newer than the suite an adapter is held to", () => {
  const slow = wrongIo.find((w) => w.breaks === "lazy/covering") as (typeof wrongIo)[number];

  it("is a warning, in a report and under a runner", async () => {
    const report = await runConformance(slow.format, { only: ["lazy/covering"], suite: "1.0.0" });
    expect(report).toMatchObject({ failed: 0, warnings: 1, results: [{ outcome: "warning" }] });
    const warnings: string[] = [];
    await underRunner(slow.format, { only: ["lazy/covering"], suite: "1.0.0", warn: (line) => warnings.push(line) });
    expect(warnings.join()).toContain("lazy/covering is broken; it is new in suite 1.1.0");
    await expect(underRunner(slow.format, { only: ["lazy/covering"], suite: "1.1.0" })).rejects.toThrow(
      ConformanceFailure,
    );
  });
});

describe("a codec that cannot be loaded", () => {
  it("is why each law fails, in a report and under a runner", async () => {
    const format = { ...right, codec: () => Promise.reject(new Error("no such module")) };
    const { results } = await runConformance(format, { only: ["abort"] });
    expect(results).toMatchObject([{ id: "abort/decode", outcome: "failed", reason: "Error: no such module" }]);
    await expect(underRunner(format, { only: ["abort"] })).rejects.toThrow("no such module");
  });
});

describe("a failure", () => {
  it("names the law, the smallest array as code, and where the law is explained", async () => {
    const lossy = wrongMasks.find((w) => w.name === "a masked 0-d array loses its mask") as (typeof wrongMasks)[number];
    await expect(underRunner(lossy.format, { only: [lossy.breaks] })).rejects.toThrow(
      "float64 () C, nomask: lost in silence (mask): masked came back plain\n  law: Arrays of float64",
    );
    const { results } = await runConformance(lossy.format, { only: [lossy.breaks] });
    const { reproduction, docs } = results.find((r) => r.outcome === "failed") as LawResult;
    expect(docs).toBe("LAWS.md#roundtrip-float64");
    expect(
      difference(
        evaluate(reproduction as string),
        evaluate(
          "new MaskedArray({ data: new NdArray({ dtype: dtypes.simple('float64'), shape: [], storage: Float64Array.of(0) }) })",
        ),
      ),
    ).toBeUndefined();
  });
});

describe("code for an array", () => {
  it("makes that very array, whatever kind", () => {
    for (const { name, array } of coveringSet(allKinds, inject("seed"))) {
      const again = evaluate(codeOf(array));
      expect(difference(array.copy(), again), name).toBeUndefined();
    }
  });

  it("makes bundles, attributes and plain values", () => {
    const data = new NdArray({
      dtype: dtypes.simple("int8"),
      shape: [1],
      storage: Int8Array.of(-1),
      attrs: new Map<string, core.PlainValue>([
        ["q\u2028", [1n, -0, new Complex(1, -0), new Tuple(["a"]), Uint8Array.of(9), null, true]],
      ]),
      dims: ["x"],
    });
    const bundle = new Bundle({ kind: "tuple", entries: [["0", data as core.NdArray]], attrs: new Map([["n", 1n]]) });
    expect(difference(bundle, evaluate(codeOf(bundle)) as never)).toBeUndefined();
  });
});

describe("shrinking", () => {
  it("finds one element, one field, no mask, where those are all it takes", async () => {
    const seen: unknown[] = [];
    for (const { array } of coveringSet(["struct", "int32"], 5)) {
      const big = (a: core.AnyArray): boolean => {
        const data = isMaskedArray(a) ? a.data : a;
        return data.toBytes("C").some((b) => b > 0x80);
      };
      const hold = async (a: core.AnyArray): Promise<void> => {
        if (big(a)) throw new ConformanceFailure(`${a.dtype.kind} has a large byte`);
      };
      if (!big(array)) continue;
      const error = await holdShrinking(array, hold).catch((e: unknown) => e as ConformanceFailure);
      const { minimal } = error as { minimal: core.AnyArray };
      expect(minimal.shape).toEqual([]);
      expect(isMaskedArray(minimal)).toBe(false);
      if (minimal.dtype.kind === "struct") expect(minimal.dtype.fields.length).toBe(1);
      seen.push(minimal);
    }
    expect(seen.length).toBeGreaterThan(20);
  });
});

describe("the covering set", () => {
  it("holds every pair of shape, order, byte order, mask, fill value and values, for each kind", () => {
    const names = [...coveringSet(["float64"], 3)].map((s) => s.name);
    expect(names.length).toBeLessThan(90);
    for (const mask of ["plain", "some", "nomask", "all-false", "all-true"])
      for (const values of ["edges", "later-edges", "random", "zero"])
        expect(
          names.some((n) => n.includes(` ${mask} `) && n.endsWith(` ${values}`)),
          `${mask} ${values}`,
        ).toBe(true);
    expect([...coveringSet(["bool"], 3, true)].length).toBe(9600);
  });
});

/** Runs a format's laws under a runner that runs at once and fails with the first failure. */
async function underRunner(format: core.AnyFormat, config: Parameters<typeof testFormat>[2]): Promise<void> {
  const bodies: (() => Promise<void>)[] = [];
  const it = Object.assign((_name: string, body: () => Promise<void>) => void bodies.push(body), { skip: () => {} });
  testFormat(format, { describe: (_name, body) => body(), it }, config);
  for (const body of bodies) await body();
}
