import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type MaskedArray, masked } from "masquerade";
import { beforeAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
beforeAll(() => void execFileSync(process.execPath, [`${root}install.mjs`], { stdio: ["ignore", 2, 2] }));

interface Trip {
  readonly python: string;
  readonly rows: readonly unknown[];
  readonly anomaly: MaskedArray<"float32">;
  readonly sst: MaskedArray<"float32">;
}

it("TypeScript writes, Python reads and writes, TypeScript reads", async () => {
  // Found at run time: its database is not there before the line above.
  const main = (await import(/* @vite-ignore */ `${root}main.mjs`)) as { readonly roundTrip: () => Promise<Trip> };
  const { python, rows, anomaly, sst } = await main.roundTrip();
  expect(python).toBe("5136 visible of 7776, fill value -999.0");
  expect(rows).toEqual([
    { name: "anomaly", dtype: "float32", shape: [3, 36, 72] },
    { name: "sst", dtype: "float32", shape: [3, 36, 72] },
  ]);
  expect(anomaly.compressed().size).toBe(5136);
  expect(anomaly.at(0, 8, 16)).toBe(masked);
  expect(anomaly.fillValue?.at()).toBe(-999);
  expect(Math.abs(Number(anomaly.mean()))).toBeLessThan(1e-3);
  const mean = Number(sst.mean());
  expect(Number(anomaly.at(0, 8, 8))).toBeCloseTo(Number(sst.at(0, 8, 8)) - mean, 4);
});
