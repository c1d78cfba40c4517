import { expect, it } from "vitest";
import { roundTrip } from "../main.mjs";

it("Python masks more, and changes nothing else", async () => {
  const { python, before, after, unchanged } = await roundTrip();
  expect(python).toMatch(/^MaskedArray float32 \(3, 36, 72\), coldest 20\.\d\d$/);
  expect(before).toBe(5136);
  expect(after).toBeGreaterThan(1000);
  expect(after).toBeLessThan(3000);
  expect(unchanged).toBe("every bit");
});
