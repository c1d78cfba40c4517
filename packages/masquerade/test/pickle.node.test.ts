import { readFileSync } from "node:fs";
import { isMaskedArray } from "@masquerade/core";
import { expect, test } from "vitest";
import { dumps, loads } from "../src/pickle.ts";

test("loads reads what MaskedArray.dumps() wrote, and dumps writes those bytes again", () => {
  const bytes = new Uint8Array(readFileSync(new URL("../../../corpus/demo/sst.pkl", import.meta.url)));
  const sst = loads(bytes);
  expect(isMaskedArray(sst)).toBe(true);
  if (!isMaskedArray(sst)) return;
  expect(sst.shape).toEqual([3, 36, 72]);
  const written = dumps(sst);
  expect(loads(written)).toMatchObject({ shape: [3, 36, 72] });
  expect(
    Buffer.compare(dumps(sst, { numpy: 2 }), bytes) === 0 || Buffer.compare(dumps(sst, { numpy: 1 }), bytes) === 0,
  ).toBe(true);
});
