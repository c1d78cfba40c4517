// Where a content-security policy forbids WebAssembly. Modules are loaded anew, which only Node's test runner can do.
import { json } from "@masquerade/adapter-json";
import { type AnyArray, dtypes, MaskedArray, NdArray } from "@masquerade/core";
import { afterEach, expect, test, vi } from "vitest";

const codec = await json.codec();
const text = new TextDecoder();
const shape = [40, 30];
const array = new MaskedArray({
  data: new NdArray({
    dtype: dtypes.simple("float64"),
    shape,
    storage: Float64Array.from({ length: 1200 }, (_, i) => Math.sin(i) * 10 ** (i % 40)),
  }),
  mask: new NdArray({
    dtype: dtypes.simple("bool"),
    shape,
    storage: Uint8Array.from({ length: 1200 }, (_, i) => Number(i % 3 === 0)),
  }),
});

afterEach(() => {
  vi.unstubAllGlobals();
  // What has learnt that WebAssembly is forbidden is not for the files behind this one.
  vi.resetModules();
});

test("where a policy forbids WebAssembly, JavaScript does it: the same bytes, the same values", async () => {
  const bytes = codec.encode(array);
  let tried = 0;
  const Module = class {
    constructor() {
      tried++;
      throw new WebAssembly.CompileError("violates the Content Security Policy");
    }
  };
  vi.stubGlobal("WebAssembly", { Module, Instance: WebAssembly.Instance, CompileError: WebAssembly.CompileError });
  vi.resetModules();
  const fresh = await (await import("@masquerade/adapter-json")).json.codec();
  expect(text.decode(fresh.encode(array))).toBe(text.decode(bytes));
  expect(Array.from((fresh.decode(bytes) as AnyArray).shape)).toEqual([40, 30]);
  expect(text.decode(codec.encode(fresh.decode(bytes) as AnyArray))).toBe(text.decode(bytes));
  expect(tried).toBe(1);
});
