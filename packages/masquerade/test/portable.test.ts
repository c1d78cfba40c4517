import { expect, expectTypeOf, describe as group, it } from "vitest";
import {
  type AnyArray,
  Bundle,
  cached,
  choose,
  counting,
  dtypes,
  fromBytes,
  isMasqueradeError,
  load,
  MaskedArray as Masked,
  type MaskedArray,
  memorySink,
  NdArray,
  open,
  registry,
  save,
} from "../src/index.ts";

const data = new NdArray<"float64">({
  dtype: dtypes.simple("float64"),
  shape: [2, 3],
  storage: Float64Array.of(1, -0, Number.NaN, 4, 5, 6),
});
const mask = new NdArray<"bool">({
  dtype: dtypes.simple("bool"),
  shape: [2, 3],
  storage: Uint8Array.of(0, 1, 0, 0, 0, 1),
});
const sst = new Masked({ data, mask });

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (isMasqueradeError(error)) return error.code;
    throw error;
  }
  return "no error";
};
const npzBytes = async (): Promise<Uint8Array> => {
  const sink = memorySink();
  await save(sink, sst, { format: "npz" });
  return sink.bytes();
};

group("everywhere", () => {
  it("saves to a sink and loads from bytes, buffers, Blobs and sources", async () => {
    const bytes = await npzBytes();
    for (const input of [bytes, bytes.slice().buffer, new Blob([bytes.slice()]), fromBytes(bytes)]) {
      const back = await load(input, { as: "masked", dtype: "float64" });
      expectTypeOf(back).toEqualTypeOf<MaskedArray<"float64">>();
      expectTypeOf(back.data.data).toEqualTypeOf<Float64Array>();
      expect(back.data.toBytes()).toEqual(data.toBytes());
      expect(back.maskArray().toBytes()).toEqual(mask.toBytes());
    }
  });
  it("saves to a WritableStream and to a picked file", async () => {
    const want = await npzBytes();
    const chunks: Uint8Array[] = [];
    const stream = (): WritableStream<Uint8Array> => {
      chunks.length = 0;
      return new WritableStream({ write: (chunk) => void chunks.push(chunk) });
    };
    const joined = async (): Promise<Uint8Array> => new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
    const saved = await save(stream(), sst, { format: "npz" });
    expect([saved.format, saved.bytes, saved.losses]).toEqual(["npz", want.length, []]);
    expect(await joined()).toEqual(want);
    await save({ name: "sst.npz", createWritable: async () => stream() }, sst);
    expect(await joined()).toEqual(want);
  });
  it("opens, reads parts, and leaves the caller's source open", async () => {
    const source = counting(cached(fromBytes(await npzBytes())));
    await using file = await open(source);
    expect(file.format).toBe("npz");
    const array = file.array();
    expect(array.header).toMatchObject({ shape: [2, 3], mask: "mask" });
    const part = (await array.read("1, :2")) as AnyArray;
    expect(part.shape).toEqual([2]);
    await file.close();
    expect((await source.read(0, 2)).length).toBe(2);
  });
  it("streams an open file into another one", async () => {
    const bytes = await npzBytes();
    const sink = memorySink();
    await using file = await open(bytes);
    const { format, losses } = await save(sink, file, { format: "npz" });
    expect([format, losses]).toEqual(["npz", []]);
    const back = await load(sink.bytes(), { as: "masked" });
    expect(back.data.toBytes()).toEqual(data.toBytes());
    expect(back.maskArray().toBytes()).toEqual(mask.toBytes());
  });
  it("refuses to lose content, and reports what it loses with leave", async () => {
    const sink = memorySink();
    expect(await codeOf(() => save(sink, sst, { format: "npy" }))).toBe("CAPABILITY_MISSING");
    expect(sink.position).toBe(0);
    const { losses } = await save(sink, sst, { format: "npy", lossy: ["mask"] });
    expect(losses.map((one) => [one.id, one.grade])).toEqual([["mask", "content"]]);
    const back = await load(sink.bytes(), { as: "plain", dtype: "float64" });
    expect(back.toBytes()).toEqual(data.toBytes());
  });
  it("says what is wrong with its arguments", async () => {
    expect(await codeOf(() => load(7 as never))).toBe("OPTION_INVALID");
    expect(await codeOf(() => load(null as never))).toBe("OPTION_INVALID");
    expect(await codeOf(() => save({} as never, sst))).toBe("OPTION_INVALID");
    expect(await codeOf(() => save(memorySink(), sst))).toBe("OPTION_INVALID");
    expect(await codeOf(() => save(memorySink(), { a: 1 } as never, { format: "npz" }))).toBe("OPTION_INVALID");
    // @ts-expect-error an option of another format
    expect(await codeOf(() => save(memorySink(), sst, { format: "npz", headerVersion: "1.0" }))).toBe("OPTION_UNKNOWN");
    // @ts-expect-error a misspelt option
    expect(await codeOf(() => load(new Uint8Array(3), { at: "masked" }))).toBe("OPTION_UNKNOWN");
    expect(await codeOf(() => load(new Uint8Array(0)))).toBe("FORMAT_UNKNOWN");
    const bytes = await npzBytes();
    expect(await codeOf(() => load(bytes, { as: "plain" }))).toBe("DTYPE_MISMATCH");
    expect(await codeOf(() => load(bytes, { dtype: "int8" }))).toBe("DTYPE_MISMATCH");
    expect(await codeOf(() => load(bytes, { signal: AbortSignal.abort() }))).toBe("ABORTED");
    expect(await codeOf(() => open(bytes, { signal: AbortSignal.abort() }))).toBe("ABORTED");
    const aborted = { format: "npz", signal: AbortSignal.abort() } as const;
    expect(await codeOf(() => save(memorySink(), sst, aborted))).toBe("ABORTED");
  });
  it("keeps several arrays, and takes one with select", async () => {
    const sink = memorySink();
    await save(sink, new Bundle({ entries: [["t", sst] as const, ["plain", data] as const] }), { format: "npz" });
    const all = await load(sink.bytes(), { as: "bundle" });
    expect(all.names).toEqual(["t", "plain"]);
    const one = await load(sink.bytes(), { as: "masked", select: "t" });
    expect(one.maskArray().toBytes()).toEqual(mask.toBytes());
    expect(await codeOf(() => load(sink.bytes(), { as: "masked" }))).toBe("DTYPE_MISMATCH");
  });
  it("chooses", () => {
    const [best, ...others] = choose({ for: sst, readers: ["python"], untrusted: true, browser: true });
    expect([best?.format.id, best?.fits]).toEqual(["hdf5", true]);
    expect(others.find((one) => one.format.id === "npy")?.lacks.map((reason) => reason.about)).toContain("mask");
  });
  it("has descriptors that promise what the contract asks", () => {
    for (const format of registry.formats) {
      expect(format.extensions.length).toBeGreaterThan(0);
      expect(format.sniff(new Uint8Array(0))).not.toBe("yes");
      expect(Object.keys(format.readers ?? {})).toContain("python");
    }
  });
});
