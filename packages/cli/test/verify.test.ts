import { dtypes, fromBytes, NdArray, openDecoded, zeros } from "@masquerade/core";
import { registry } from "masquerade";
import { describe, expect, it } from "vitest";
import { verifyFile, verifyValue } from "../src/verify.ts";

const value = zeros("float64", [2, 3]) as NdArray;
const other = new NdArray({
  dtype: dtypes.simple("float64"),
  shape: [2, 3],
  storage: Float64Array.of(0, 0, 0, 0, 0, 1),
});
const written = { format: "npy", losses: [], limits: {}, read: {} };
const source = async (array: NdArray) => fromBytes((await registry.encode("npy", array)).bytes);

describe("verifying", () => {
  it("tells identical from other, whole and by blocks", async () => {
    expect(await verifyValue(value, await source(value), written)).toBe("identical");
    expect(await verifyFile(openDecoded(value), await source(value), written)).toBe("identical");
    const failed = { code: "VERIFY_FAILED" };
    await expect(verifyValue(value, await source(other as NdArray), written)).rejects.toMatchObject(failed);
    await expect(verifyFile(openDecoded(value), await source(other as NdArray), written)).rejects.toMatchObject(failed);
    const shorter = zeros("float64", [1, 3]) as NdArray;
    await expect(verifyFile(openDecoded(value), await source(shorter), written)).rejects.toMatchObject(failed);
    await expect(verifyFile(openDecoded(shorter), await source(value), written)).rejects.toMatchObject(failed);
  });

  it("takes a trait that was reported for lost, and nothing else", async () => {
    const big = value.astype("float64").with({ dtype: dtypes.simple("float64", "big") }) as NdArray;
    const trait = [{ id: "byte-order", grade: "trait", what: "byte order", why: "", array: "" }] as const;
    expect(await verifyValue(big, await source(value), { ...written, losses: trait })).toBe("equal");
    await expect(verifyValue(big, await source(value), written)).rejects.toMatchObject({ code: "VERIFY_FAILED" });
    await expect(verifyValue(big, await source(other as NdArray), { ...written, losses: trait })).rejects.toThrow();
  });
});
