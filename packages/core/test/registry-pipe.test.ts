import { expect, describe as group, it } from "vitest";
import {
  type AnyArray,
  type Block,
  type BlockRange,
  Bundle,
  blockRanges,
  CapabilityError,
  dtypes,
  type FileWriter,
  isMaskedArray,
  isMasqueradeError,
  MaskedArray,
  makeOpenFile,
  NdArray,
  nomask,
  openDecoded,
  pipe,
  readFile,
} from "../src/index.ts";

const data = (order: "C" | "F"): NdArray<"int32"> =>
  new NdArray<"int32">({
    dtype: dtypes.simple("int32"),
    shape: [4, 3],
    storage: Int32Array.from({ length: 12 }, (_, i) => i),
    order,
  });
const mask = new NdArray<"bool">({
  dtype: dtypes.simple("bool"),
  shape: [4, 3],
  storage: Uint8Array.from({ length: 12 }, (_, i) => i & 1),
});
const value = new Bundle({
  entries: [
    ["plain", data("F")],
    ["group", new Bundle({ entries: [["masked", new MaskedArray({ data: data("C"), mask })]] })],
    ["nomask", new MaskedArray({ data: data("C"), mask: nomask })],
    ["scalar", new NdArray<"int32">({ dtype: dtypes.simple("int32"), shape: [], storage: Int32Array.of(7) })],
    ["none", new NdArray<"int32">({ dtype: dtypes.simple("int32"), shape: [0, 3], storage: new Int32Array(0) })],
  ],
  attrs: new Map([["title", "five"]]),
});

interface Recorder extends FileWriter {
  readonly blocks: Block[];
  readonly ended: string[];
}
function recorder(parts: Partial<FileWriter> = {}): Recorder {
  const blocks: Block[] = [];
  const ended: string[] = [];
  return {
    planes: "together",
    blocks,
    ended,
    write: async (block) => void blocks.push(block),
    finish: async () => void ended.push("finish"),
    abort: async () => void ended.push("abort"),
    ...parts,
  };
}
const outline = (blocks: readonly Block[]): string[] =>
  blocks.map((b) => `${b.array} ${b.plane} ${b.start} (${b.value.shape.join(",")})`);
const numbers = (array: AnyArray): number[] => [
  ...((isMaskedArray(array) ? array.data : array).toC() as unknown as number[]),
];

group("streaming conversion", () => {
  it("brings every array in blocks along its slowest axis", async () => {
    const writer = recorder();
    const seen: [number, number | undefined][] = [];
    const onProgress = (done: number, total: number | undefined): void => void seen.push([done, total]);
    await pipe(openDecoded(value), writer, { maxBytes: 30, onProgress });
    expect(outline(writer.blocks)).toEqual([
      "plain both 0 (4,1)",
      "plain both 1 (4,1)",
      "plain both 2 (4,1)",
      "group/masked both 0 (2,3)",
      "group/masked both 2 (2,3)",
      "nomask both 0 (2,3)",
      "nomask both 2 (2,3)",
      "scalar both 0 ()",
    ]);
    expect(numbers(writer.blocks[1]?.value as AnyArray)).toEqual([4, 5, 6, 7]);
    expect(numbers(writer.blocks[4]?.value as AnyArray)).toEqual([6, 7, 8, 9, 10, 11]);
    expect(writer.ended).toEqual(["finish"]);
    expect(seen.at(-1)).toEqual([37, 37]);
  });
  it("brings all data before the mask to writers that need it so", async () => {
    const writer = recorder({ planes: "data-first" });
    await pipe(openDecoded(value), writer);
    expect(outline(writer.blocks)).toEqual([
      "plain data 0 (4,3)",
      "group/masked data 0 (4,3)",
      "group/masked mask 0 (4,3)",
      "nomask data 0 (4,3)",
      "scalar data 0 ()",
    ]);
    expect(numbers(writer.blocks[2]?.value as AnyArray)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  });
  it("runs along the axis of the writer's own order", async () => {
    const writer = recorder({ order: "C" });
    await pipe(openDecoded(value.get("plain") as AnyArray), writer, { maxBytes: 12 });
    expect(outline(writer.blocks)).toEqual([" both 0 (1,3)", " both 1 (1,3)", " both 2 (1,3)", " both 3 (1,3)"]);
    expect(numbers(writer.blocks[1]?.value as AnyArray)).toEqual([1, 5, 9]);
  });
  it("aborts the writer when reading, writing, finishing or the caller fails", async () => {
    const oops = async (): Promise<void> => {
      throw new Error("oops");
    };
    for (const parts of [{ write: oops }, { finish: oops }]) {
      const writer = recorder(parts);
      await expect(pipe(openDecoded(value), writer)).rejects.toThrow("oops");
      expect(writer.ended).toEqual(["abort"]);
    }
    const stopping = new AbortController();
    const writer = recorder({ write: async () => stopping.abort() });
    const error = await pipe(openDecoded(value), writer, { signal: stopping.signal, maxBytes: 12 }).catch((e) => e);
    expect(isMasqueradeError(error, "ABORTED")).toBe(true);
    expect(writer.ended).toEqual(["abort"]);
    const bad = recorder();
    await expect(pipe(openDecoded(value), bad, { maxBytes: 0 })).rejects.toMatchObject({ code: "OPTION_INVALID" });
    expect(bad.ended).toEqual(["abort"]);
  });
});

group("reading a whole open file", () => {
  it("gives the same arrays under the same names", async () => {
    const back = (await readFile(openDecoded(value))) as Bundle;
    expect(back.names).toEqual(value.names);
    expect(back.attrs.get("title")).toBe("five");
    expect(numbers(back.get("group/masked") as AnyArray)).toEqual(numbers(data("C")));
    expect((back.get("nomask") as MaskedArray).mask).toBe(nomask);
  });

  it("loses nothing silently: a member that is no array is thrown, here and where it is asked for", async () => {
    const decoded = openDecoded(value);
    const refused = new CapabilityError("toy", "dtype", "there is no dtype for it");
    const file = makeOpenFile(decoded.header, (path) => decoded.array(path), undefined, new Map([["odd", refused]]));
    expect(file.names).not.toContain("odd");
    expect(numbers(await file.array("plain").read())).toEqual(numbers(data("F")));
    expect(() => file.array("odd")).toThrow(refused);
    await expect(readFile(file)).rejects.toBe(refused);
    const writer = recorder();
    await expect(pipe(file, writer)).rejects.toBe(refused);
    expect(writer.ended).toEqual(["abort"]);
  });
});

group("the runs of an array", () => {
  const runs = (...of: Parameters<typeof blockRanges>): string[] =>
    [...blockRanges(...of)].map(({ start, count }: BlockRange) => `${start}+${count}`);
  it("are as large as allowed, and one index at least", () => {
    expect(runs([10, 2], "C", 8, 48)).toEqual(["0+3", "3+3", "6+3", "9+1"]);
    expect(runs([2, 10], "F", 8, 48)).toEqual(["0+3", "3+3", "6+3", "9+1"]);
    expect(runs([3, 1000], "C", 8, 10)).toEqual(["0+1", "1+1", "2+1"]);
  });
  it("of what holds nothing, and of scalars", () => {
    expect(runs([], "C", 8, 1)).toEqual(["0+1"]);
    expect(runs([0, 5], "C", 8)).toEqual([]);
    expect(runs([5, 0], "C", 8)).toEqual(["0+5"]);
    expect(runs([2 ** 31], "C", 0)).toEqual([`0+${2 ** 31}`]);
  });
});
