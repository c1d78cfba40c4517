// The browser's own fetch, unlike Node's, refuses to be called as a method of something else.
import { fromUrl } from "@masquerade/core";
import { expect, it } from "vitest";

it("reads a file of the page's own server, by ranges", async () => {
  const source = await fromUrl(new URL("/corpus/demo/sst.pkl", location.href), { headBytes: 64 });
  expect([...(await source.read(0, 4))]).toEqual([0x80, 0x02, 0x63, 0x6e]);
  expect([...(await source.read((source.size as number) - 1, 1))]).toEqual([0x2e]);
  await source[Symbol.asyncDispose]();
});
