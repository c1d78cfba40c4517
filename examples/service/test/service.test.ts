import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createService } from "../service.mjs";

const service = createService({ maxUpload: 100_000, maxBytes: 40_000 });
let url: string;
beforeAll(async () => {
  await new Promise<void>((listening) => service.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`;
});
afterAll(async () => await new Promise((closed) => service.close(closed)));

const sst = readFileSync(new URL("../../../corpus/demo/sst.pkl", import.meta.url));
async function post(body: Uint8Array): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
  const response = await fetch(url, { method: "POST", body: body as Uint8Array<ArrayBuffer> });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

it("answers a pickled masked array as JSON, without what is beneath the mask", async () => {
  const { status, json } = await post(sst);
  expect(status).toBe(200);
  expect(json["shape"]).toEqual([3, 36, 72]);
  const row = (json["data"] as (number | null)[][][])[0]?.[8];
  expect([row?.[8], row?.[16]]).toEqual([1.79, null]);
  expect("hidden" in json).toBe(false);
});

it("runs nothing, and says what it refused", async () => {
  const evil = new TextEncoder().encode("cos\nsystem\n(S'touch /tmp/ran'\ntR.");
  const { status, json } = await post(evil);
  expect([status, json["code"]]).toEqual([422, "UNSAFE_GLOBAL"]);
});

it("answers damage with a code, and goes on", async () => {
  expect((await post(sst.subarray(0, 5000))).json["code"]).toBe("FORMAT_TRUNCATED");
  expect((await post(new Uint8Array(0))).status).toBe(422);
  expect((await post(sst)).status).toBe(200);
});

it("takes no more than it says", async () => {
  expect((await post(new Uint8Array(100_001))).status).toBe(413);
  const zeros = new TextEncoder().encode(
    "\x93NUMPY\x01\x00\x76\x00{'descr': '<f8', 'fortran_order': False, 'shape': (1000000,), }",
  );
  const npy = new Uint8Array(128).fill(32);
  npy.set(
    zeros.filter((_, i) => i !== 0),
    0,
  ); // UTF-8 has two bytes for \x93
  npy[0] = 0x93;
  npy[127] = 10;
  expect((await post(npy)).json["code"]).toMatch(/^(LIMIT_EXCEEDED|FORMAT_TRUNCATED)$/);
});

it("wants POST", async () => expect((await fetch(url)).status).toBe(405));
