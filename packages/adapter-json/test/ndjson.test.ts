// Rows of JSON: what the lines look like, files read in pieces of any size, what is refused.
import { json, ndjson } from "@masquerade/adapter-json";
import { coveringSet } from "@masquerade/conformance";
import {
  Bundle,
  counting,
  createRegistry,
  difference,
  dtypes,
  fromBytes,
  MaskedArray,
  NdArray,
  readFile,
} from "@masquerade/core";
import { withoutKernel } from "@masquerade/decimal";
import { describe, expect, test } from "vitest";
import { openRows } from "../src/rows/open.ts";

const codec = await ndjson.codec();
const samples = [...coveringSet(ndjson.capabilities.kinds, 31)];
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const float = (shape: readonly number[], values: readonly number[]): NdArray =>
  new NdArray({ dtype: dtypes.simple("float64"), shape, storage: Float64Array.from(values) });
const masked = (data: NdArray, bits: readonly number[]): MaskedArray =>
  new MaskedArray({
    data,
    mask: new NdArray({ dtype: dtypes.simple("bool"), shape: data.shape, storage: Uint8Array.from(bits) }),
  });
const sea = masked(float([3, 2], [1.5, -2, 3, 4, 5, 0.25]), [0, 1, 0, 0, 1, 1]);

describe("the lines", () => {
  test("a header, rows, and behind a row what is beneath its mask", () => {
    expect(textOf(codec.encode(sea))).toBe(
      [
        '{"format":"masked-array-rows","version":1,"dtype":"<f8","shape":[3,2],"mask":"nulls","hidden":"rows"}',
        "[1.5,null]",
        '{"hidden":[-2]}',
        "[3,4]",
        "[null,null]",
        '{"hidden":[5,0.25]}',
        "",
      ].join("\n"),
    );
    const dropped = textOf(codec.encode(sea, { hidden: "drop", lossy: true }));
    expect(dropped.split("\n").slice(1)).toEqual(["[1.5,null]", "[3,4]", "[null,null]", ""]);
    expect(dropped).not.toContain("hidden");
  });
  test("a bundle: one header, the arrays one after another", () => {
    const bundle = new Bundle({
      kind: "dict",
      entries: [
        ["t", sea],
        ["z", float([2], [1, 2])],
      ],
    });
    const lines = textOf(codec.encode(bundle)).split("\n");
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      bundle: "dict",
      entries: { t: { shape: [3, 2] }, z: { shape: [2] } },
    });
    expect(lines.slice(-3)).toEqual(["1", "2", ""]);
    expect(difference(bundle, codec.decode(bytesOf(lines.join("\n"))))).toBeUndefined();
    expect(
      difference(float([2], [1, 2]), codec.decode(bytesOf(lines.join("\n")), { select: "z" }) as NdArray),
    ).toBeUndefined();
  });
  test("every line is JSON, and the same without the kernels", () => {
    for (const { array } of samples.filter((_, i) => i % 7 === 0)) {
      const bytes = codec.encode(array);
      expect(textOf(withoutKernel(() => codec.encode(array)))).toBe(textOf(bytes));
      for (const line of textOf(bytes).trimEnd().split("\n")) JSON.parse(line);
    }
  });
});

test("known by its first line, whatever else is JSON", () => {
  const registry = createRegistry(json, ndjson);
  const head = codec.encode(sea);
  expect(registry.identify(head).id).toBe("ndjson");
  expect(json.sniff(head)).not.toBe("yes");
  for (const other of [
    '{"format": "masked-array", "version": 1}',
    "[1, 2]\n[3, 4]",
    "",
    '{"format":"masked-array-rowsx"}',
  ])
    expect([other, ndjson.sniff(bytesOf(other))]).toEqual([other, "no"]);
});

test.each([1, 7, 50])("read %i bytes at first, every kind comes back: whole, and by rows", async (chunk) => {
  const problems: string[] = [];
  for (const { name, array } of samples.filter((_, i) => i % 4 === chunk % 4)) {
    const file = await openRows(fromBytes(codec.encode(array)), {}, chunk);
    const how = difference(array, await readFile(file));
    if (how !== undefined) problems.push(`${name}: ${how}`);
    if (array.order === "F" || (array.shape[0] ?? 0) === 0) continue;
    const last = (array.shape[0] as number) - 1;
    for (const row of [last, 0]) {
      const differs = difference(array.slice([row]).copy("C"), (await file.array().read([row])).copy("C"));
      if (differs !== undefined) problems.push(`${name}, row ${row}: ${differs}`);
    }
  }
  expect(problems).toEqual([]);
});

test("opening reads the first line; rows are found again where they were seen", async () => {
  const size = 40_000;
  const array = float(
    [4000, 10],
    Array.from({ length: size }, (_, i) => i / 3),
  );
  const source = counting(fromBytes(codec.encode(array)));
  const file = await openRows(source, {}, 256);
  expect(source.bytes).toBeLessThan(5000);
  await file.array().read("3999");
  const before = source.bytes;
  const block = await file.array().read("3999");
  expect(difference(array.slice("3999").copy(), block.copy())).toBeUndefined();
  expect(source.bytes - before).toBeLessThan(400_000);
});

const HEAD = '{"format":"masked-array-rows","version":1,"dtype":"<f8","shape":[2,2]';
test.each<[string, string, RegExp]>([
  ["no line", "", /no header line/],
  ["another format", '{"format":"masked-array"}\n', /line 1, column \d+.*the first line is the header/],
  ["a version to come", `${HEAD.replace('version":1', 'version":2')}}\n[1,2]\n[3,4]\n`, /version 2 is not known/],
  ["a member nobody knows", `${HEAD},"more":1}\n[1,2]\n[3,4]\n`, /"more" is no member/],
  ["data in the header", `${HEAD},"data":[]}\n`, /line 1.*the data are in the lines/],
  ["a null without a mask", `${HEAD}}\n[1,null]\n[3,4]\n`, /a null in row 0/],
  ["a row too few", `${HEAD}}\n[1,2]\n`, /row 1 of 2 expected|more elements than the file has/],
  ["a row too many", `${HEAD}}\n[1,2]\n[3,4]\n[5,6]\n`, /line 4, column 1: no more rows/],
  ["a short row", `${HEAD}}\n[1,2]\n[3]\n`, /line 3, column 3, \[1\]\[1\]: the list has 1 entries/],
  ["two rows in a line", `${HEAD}}\n[1,2] [3,4]\n[5,6]\n`, /line 2, column 7.*nothing more expected in this line/],
  [
    "no hidden values where they are announced",
    `${HEAD},"mask":"nulls","hidden":"rows"}\n[1,null]\n[3,4]\n`,
    /line 3, column 1/,
  ],
  ["a cut", `${HEAD}}\n[1,2]\n[3,`, /line 3/],
  ["__proto__", `${HEAD},"__proto__":{"mask":"nulls"}}\n[1,2]\n[3,4]\n`, /"__proto__" is no member/],
])("refuses %s, at once and by parts", async (_, text, message) => {
  const wrong = { name: expect.stringMatching(/^(Format|Limit)Error$/), message: expect.stringMatching(message) };
  let thrown: unknown;
  try {
    codec.decode(bytesOf(text));
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject(wrong);
  expect((thrown as Error).message).not.toContain("\n");
  await expect((async () => await readFile(await openRows(fromBytes(bytesOf(text)), {}, 16)))()).rejects.toMatchObject({
    name: "FormatError",
  });
});
