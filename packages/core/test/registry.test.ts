import { expect, expectTypeOf, describe as group, it } from "vitest";
import {
  type AnyArray,
  type Bundle,
  createRegistry,
  dtypes,
  FormatError,
  fromBytes,
  headerOf,
  isMasqueradeError,
  MaskedArray,
  memorySink,
  NdArray,
  type OpenFile,
} from "../src/index.ts";
import { none, starts, vector, wrap, wrapped } from "./registry-toys.ts";

const plain = new NdArray<"float64">({
  dtype: dtypes.simple("float64"),
  shape: [3],
  storage: Float64Array.of(1, -0, Number.NaN),
});
const mask = new NdArray<"bool">({ dtype: dtypes.simple("bool"), shape: [3], storage: Uint8Array.of(0, 1, 0) });
const masked = new MaskedArray({ data: plain, mask });

const failure = async (work: () => unknown): Promise<{ code: string; message: string } & Record<string, unknown>> => {
  try {
    await work();
  } catch (error) {
    if (isMasqueradeError(error)) return error as never;
    throw error;
  }
  throw new Error("nothing was thrown");
};

group("a registry", () => {
  it("knows its formats by id", async () => {
    const registry = createRegistry(vector("one", "VEC1"), vector("two", "VEC2"));
    expect(registry.get("two").id).toBe("two");
    expectTypeOf(registry.get("two").id).toEqualTypeOf<"two">();
    // @ts-expect-error no such format
    expect(await failure(() => registry.get("three"))).toMatchObject({
      code: "FORMAT_UNKNOWN",
      candidates: ["one", "two"],
    });
    expect((await failure(() => createRegistry(vector("one", "A"), vector("one", "B")))).code).toBe("OPTION_INVALID");
  });

  it("loads no codec before it is needed, and each once", async () => {
    const one = vector("one", "VEC1");
    const two = vector("two", "VEC2");
    const registry = createRegistry(one, two);
    registry.identify(new TextEncoder().encode("VEC1"));
    registry.choose({ for: masked });
    expect([one.loads(), two.loads()]).toEqual([0, 0]);
    await registry.load((await registry.encode("one", plain)).bytes);
    expect([one.loads(), two.loads()]).toEqual([1, 0]);
  });

  it("tries again to load a codec that failed to load", async () => {
    let tries = 0;
    const good = vector("one", "VEC1");
    const flaky = { ...good, codec: () => (tries++ === 0 ? Promise.reject(new Error("offline")) : good.codec()) };
    const registry = createRegistry(flaky);
    await expect(registry.encode("one", plain)).rejects.toThrow("offline");
    expect((await registry.encode("one", plain)).losses).toEqual([]);
  });

  it("encodes, decodes, and tells what is lost", async () => {
    const registry = createRegistry(vector("one", "VEC1"));
    const { bytes, losses } = await registry.encode("one", masked.with({ hardMask: true }), { note: "hi" });
    expect(losses.map((l) => l.id)).toEqual(["hard-mask"]);
    const back = await registry.load(bytes, { as: "masked", dtype: "float64" });
    expectTypeOf(back).toEqualTypeOf<MaskedArray<"float64">>();
    expect(back.data.toBytes()).toEqual(plain.toBytes());
    expect([...(back.maskArray().data as Uint8Array)]).toEqual([0, 1, 0]);
    const refused = await failure(() => registry.encode("one", masked.with({ hardMask: true }), { exact: true }));
    expect(refused).toMatchObject({ code: "CAPABILITY_MISSING", capability: "hard-mask", format: "one" });
    const int = new NdArray({ dtype: dtypes.simple("int32"), shape: [1], storage: Int32Array.of(1) });
    expect(await failure(() => registry.encode("one", int))).toMatchObject({ code: "CAPABILITY_MISSING" });
    const { parts } = await registry.encodeParts("one", plain);
    expect([...parts].length).toBe(1);
  });

  it("refuses what nobody has an option for, and passes on what somebody has", async () => {
    const registry = createRegistry(
      vector("one", "VEC1"),
      vector("two", "VEC2", "yes", { options: { read: {}, write: {} } }),
    );
    const { bytes } = await registry.encode("two", plain);
    // "strict" belongs to the other format: harmless while the format is not known.
    expect((await registry.load(bytes, { strict: true, as: "plain" })).size).toBe(3);
    // @ts-expect-error a misspelt option
    expect(await failure(() => registry.load(bytes, { stricct: true }))).toMatchObject({ code: "OPTION_UNKNOWN" });
    expect(await failure(() => registry.load(bytes, { format: "two", strict: true }))).toMatchObject({
      code: "OPTION_UNKNOWN",
      option: "strict",
    });
    // @ts-expect-error an option with the wrong type
    expect(await failure(() => registry.encode("one", plain, { note: 1 }))).toMatchObject({ code: "OPTION_INVALID" });
    expect(await failure(() => registry.load(bytes, { limits: { maxBytes: -1 } }))).toMatchObject({
      code: "OPTION_INVALID",
    });
  });

  it("checks the class and the dtype that the caller expects", async () => {
    const registry = createRegistry(vector("one", "VEC1"));
    const { bytes } = await registry.encode("one", plain);
    expect(await failure(() => registry.load(bytes, { as: "masked" }))).toMatchObject({
      code: "DTYPE_MISMATCH",
      message: "the file holds a plain array, not a masked array",
    });
    expect((await failure(() => registry.load(bytes, { as: "bundle" }))).code).toBe("DTYPE_MISMATCH");
    expect((await failure(() => registry.load(bytes, { dtype: "int64" }))).message).toContain("float64, not int64");
    // @ts-expect-error no such dtype
    expect((await failure(() => registry.load(bytes, { dtype: "double" }))).code).toBe("OPTION_INVALID");
    // @ts-expect-error no such class
    expect((await failure(() => registry.load(bytes, { as: "toString" }))).code).toBe("OPTION_INVALID");
    expect((await failure(() => registry.load(bytes, { as: "bundle", dtype: "int8" }))).code).toBe("OPTION_INVALID");
    expectTypeOf(await registry.load(bytes)).toEqualTypeOf<AnyArray | Bundle>();
    expectTypeOf(await registry.load(bytes, { dtype: "float64" })).toEqualTypeOf<AnyArray<"float64">>();
    expectTypeOf(await registry.load(bytes, { as: "plain" })).toEqualTypeOf<NdArray>();
    expect((await registry.load(bytes, { as: "array", dtype: "float64" })).size).toBe(3);
  });
});

group("identify", () => {
  const head = new TextEncoder().encode("MAGI rest");
  const yes = vector("yes", "MAGI");
  const maybe = vector("maybe", "MAGI", "maybe");
  const perhaps = vector("perhaps", "MAGI", "maybe", { extensions: [".perhaps", ".p.q"] });
  const no = vector("no", "OTHER");

  it("takes the one that is sure, whatever the name says", () => {
    expect(createRegistry(yes, maybe, no).identify(head, "x.maybe").id).toBe("yes");
    expect(createRegistry(maybe, no).identify(head, "x.no").id).toBe("maybe");
  });
  it("lets the name settle between those that may be it", () => {
    expect(createRegistry(maybe, perhaps).identify(head, "X.PERHAPS").id).toBe("perhaps");
    expect(createRegistry(maybe, perhaps).identify(head, "x.p.q").id).toBe("perhaps");
  });
  it("does not guess", async () => {
    const two = createRegistry(yes, vector("also", "MAGI"));
    expect(await failure(() => two.identify(head, "x.yes"))).toMatchObject({
      code: "FORMAT_AMBIGUOUS",
      candidates: ["yes", "also"],
    });
    expect((await failure(() => createRegistry(maybe, perhaps).identify(head))).code).toBe("FORMAT_AMBIGUOUS");
    expect((await failure(() => createRegistry(maybe, perhaps).identify(head, "x.no"))).code).toBe("FORMAT_AMBIGUOUS");
    const unknown = await failure(() => createRegistry(no).identify(head, "evil\nname.no"));
    expect(unknown.code).toBe("FORMAT_UNKNOWN");
    expect(unknown.message).toBe(
      '"evil\\u000aname.no" is not no, as its name says, and no other format claims it; name the format to see what is wrong',
    );
    expect((await failure(() => createRegistry(yes).identify(new Uint8Array(0)))).code).toBe("FORMAT_UNKNOWN");
  });
  it("survives a format whose sniffing throws, and shows each 4 KiB at most", () => {
    let seen = 0;
    const bad = vector("bad", "X", "yes", {
      sniff: (bytes) => {
        seen = bytes.length;
        throw new TypeError("oops");
      },
    });
    expect(createRegistry(bad, yes).identify(new Uint8Array([...head, ...new Uint8Array(9000)])).id).toBe("yes");
    expect(seen).toBe(4096);
  });
  it("finds the format to write by the longest extension", async () => {
    const longer = vector("longer", "A", "yes", { extensions: [".q", ".p.no"] });
    const registry = createRegistry(no, longer, perhaps).withWrappers(wrap);
    expect(registry.forName("/tmp/x.no").id).toBe("no");
    expect(registry.forName("/tmp/x.p.no").id).toBe("longer");
    expect(registry.forName("x.p.q").id).toBe("perhaps");
    expect((await failure(() => registry.forName("x"))).code).toBe("FORMAT_UNKNOWN");
    expect((await failure(() => registry.forName("x.no.wrap"))).message).toContain("read but not written");
    const rivals = createRegistry(no, vector("no2", "Z", "yes", { extensions: [".no"] }));
    expect((await failure(() => rivals.forName("x.no"))).code).toBe("FORMAT_AMBIGUOUS");
  });
});

group("outer compression", () => {
  const registry = createRegistry(vector("one", "VEC1"), vector("soft", "VEC2", "maybe")).withWrappers(wrap);

  it("is taken off, several times if need be, and the format recognised inside", async () => {
    const { bytes } = await registry.encode("one", masked);
    expect((await registry.load(wrapped(wrapped(bytes)), { as: "masked" })).size).toBe(3);
    const file = await registry.open(fromBytes(wrapped(bytes), "x.one.wrap"));
    expect(file.names).toEqual([""]);
    expect((await file.array().read("1:")).shape).toEqual([2]);
    expect((await registry.load(wrapped(bytes), { format: "one", as: "masked" })).size).toBe(3);
  });
  it("ends after a few layers, and within the limits", async () => {
    let bytes = (await registry.encode("one", plain)).bytes;
    for (let i = 0; i < 5; i++) bytes = wrapped(bytes);
    expect((await failure(() => registry.load(bytes))).code).toBe("FORMAT_UNKNOWN");
    expect((await failure(() => registry.load(bytes, { limits: { maxBytes: 20 } }))).code).toMatch(/LIMIT|MALFORMED/);
    expect(await failure(() => registry.load(fromBytes(bytes), { limits: { maxBytes: 20 } }))).toMatchObject({
      code: "LIMIT_EXCEEDED",
      limit: "maxBytes",
    });
  });
  it("is not seen where a format is sure, and was chance where unwrapping fails but a format may be it", async () => {
    const liar = { ...wrap, id: "liar", sniff: () => true, unwrap: wrap.unwrap };
    const failing = {
      ...liar,
      unwrap: async () => {
        throw new FormatError("FORMAT_MALFORMED", "liar", "no");
      },
    };
    const sure = createRegistry(vector("one", "VEC1"), vector("soft", "VEC2", "maybe")).withWrappers(failing);
    expect(((await sure.load((await sure.encode("one", plain)).bytes)) as AnyArray).size).toBe(3);
    const soft = (await sure.encode("soft", plain)).bytes;
    expect(((await sure.load(soft)) as AnyArray).size).toBe(3);
    expect(((await (await sure.open(fromBytes(soft))).array().read()) as AnyArray).size).toBe(3);
    expect((await failure(() => sure.load(Uint8Array.of(1, 2)))).code).toBe("FORMAT_MALFORMED");
    // The caller has said what it is: then the format has the last word.
    const named = createRegistry(vector("silent", "VEC3", "no")).withWrappers(failing);
    const { bytes } = await named.encode("silent", plain);
    expect(((await named.load(bytes, { format: "silent" })) as AnyArray).size).toBe(3);
  });
});

group("redirects", () => {
  const other = (id: string, to: string) =>
    vector(id, "VEC1", id === "a" ? "yes" : "no", {
      codec: async () => ({
        encode: () => new Uint8Array(0),
        decode: () => {
          throw new FormatError("FORMAT_OTHER", id, `this is ${to}`, { redirect: to });
        },
      }),
    });
  it("are followed, once each", async () => {
    const { bytes } = await createRegistry(vector("c", "VEC1")).encode("c", plain);
    const registry = createRegistry(other("a", "b"), other("b", "c"), vector("c", "VEC1", "no"));
    expect(((await registry.load(bytes)) as AnyArray).size).toBe(3);
    expect(((await (await registry.open(fromBytes(bytes))).array().read()) as AnyArray).size).toBe(3);
    expect(await failure(() => registry.load(bytes, { format: "a" }))).toMatchObject({ redirect: "b" });
    const loop = createRegistry(other("a", "b"), other("b", "a"));
    expect(await failure(() => loop.load(bytes))).toMatchObject({ code: "FORMAT_OTHER", redirect: "a" });
    const away = createRegistry(other("a", "elsewhere"));
    expect(await failure(() => away.load(bytes))).toMatchObject({ redirect: "elsewhere" });
  });
});

group("open and create", () => {
  it("reads parts of what had to be decoded whole", async () => {
    const registry = createRegistry(vector("one", "VEC1"));
    const { bytes } = await registry.encode("one", masked);
    const file: OpenFile = await registry.open(fromBytes(bytes));
    const array = file.array();
    expect(array.header).toMatchObject({ shape: [3], mask: "mask" });
    const out = new NdArray({ dtype: dtypes.simple("float64"), shape: [2], storage: new Float64Array(2) });
    expect(await array.read("0:2", { plane: "data", out })).toBe(out);
    expect([...out.data]).toEqual([1, -0]);
    expect(((await array.read("1", { plane: "mask" })) as NdArray).at()).toBe(true);
    expect((await failure(() => file.array("x"))).code).toBe("INDEX_INVALID");
    expect((await failure(() => array.read("9"))).code).toBe("INDEX_INVALID");
    const small = new NdArray({ dtype: dtypes.simple("float64"), shape: [1], storage: new Float64Array(1) });
    expect((await failure(() => array.read("0:2", { out: small }))).code).toBe("SHAPE_MISMATCH");
    expect((await failure(() => array.read("", { signal: AbortSignal.abort() }))).code).toBe("ABORTED");
  });
  it("says so where a format cannot be written block by block", async () => {
    const registry = createRegistry(vector("one", "VEC1"));
    expect(await failure(() => registry.create("one", memorySink(), headerOf(plain)))).toMatchObject({
      code: "CAPABILITY_MISSING",
      capability: "streamed",
    });
  });
});

group("choose", () => {
  const small = vector("small", "A", "yes", {
    readers: { Python: "numpy.load" },
    capabilities: { ...none, mask: true, hiddenValues: true, lazy: true },
  });
  const risky = vector("risky", "B", "yes", {
    runsCode: true,
    browser: false,
    capabilities: { ...none, mask: true, hiddenValues: true, hardMask: true, bundle: true },
    losses: () => [],
  });
  const registry = createRegistry(small, risky);
  it("ranks by what fits, then by what is lost", () => {
    const all = registry.choose({ for: masked.with({ hardMask: true }) });
    expect(all.map((c) => [c.format.id, c.fits, c.losses.map((l) => l.id)])).toEqual([
      ["risky", true, []],
      ["small", true, ["hard-mask"]],
    ]);
    expect(registry.choose({ for: masked.with({ hardMask: true }), untrusted: true })[0]?.format.id).toBe("small");
    const exact = registry.choose({ for: masked.with({ hardMask: true }), exact: true });
    expect(exact[1]?.lacks).toEqual([
      { about: "hard-mask", text: "it does not keep the hard mask: it would come back soft" },
    ]);
  });
  it("gives its reasons for each requirement", () => {
    const about = (wanted: Parameters<typeof registry.choose>[0], id: string) =>
      registry
        .choose(wanted)
        .find((c) => c.format.id === id)
        ?.lacks.map((r) => r.about);
    expect(about({ readers: ["python"] }, "small")).toEqual([]);
    expect(about({ readers: ["Python", "java"] }, "small")).toEqual(["readers"]);
    expect(about({ readers: ["TypeScript"] }, "risky")).toEqual([]);
    expect(about({ untrusted: true, browser: true, lazy: true, bundle: true }, "risky")).toEqual([
      "lazy",
      "untrusted",
      "browser",
    ]);
    expect(about({ humanReadable: true, append: true, compression: true, bundle: true }, "small")).toEqual([
      "humanReadable",
      "bundle",
      "append",
      "compression",
    ]);
    expect(registry.choose({ formats: ["risky"] }).map((c) => c.format.id)).toEqual(["risky"]);
    expect(registry.choose().map((c) => c.fits)).toEqual([true, true]);
  });
  it("refuses what is no requirement", async () => {
    // @ts-expect-error a misspelt requirement
    expect((await failure(() => registry.choose({ lasy: true }))).code).toBe("OPTION_UNKNOWN");
    expect((await failure(() => registry.choose({ formats: ["nope"] }))).code).toBe("OPTION_INVALID");
  });
});

it("toys begin with their magic", () => expect(starts(Uint8Array.of(65), "A")).toBe(true));

group("files of foreign kinds", () => {
  const advice = "an ODD file: odd2vec IN OUT";
  const registry = createRegistry(vector("sure", "ODD!"), vector("unsure", "O", "maybe")).withStrangers({
    id: "odd",
    sniff: (bytes) => {
      if (bytes[1] === 0) throw new TypeError("oops");
      return starts(bytes, "ODD");
    },
    advice,
  });
  const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

  it("are named, with what to do, where no format is sure", async () => {
    for (const use of [
      async () => registry.identify(bytesOf("ODD"), "x.odd"),
      () => registry.load(fromBytes(bytesOf("ODD"), "x.odd")),
      () => registry.open(fromBytes(bytesOf("ODD"), "x.odd")),
    ])
      expect(await failure(use)).toMatchObject({ code: "FORMAT_UNKNOWN", message: `"x.odd" is ${advice}` });
    expect((await failure(() => registry.identify(bytesOf("ODD")))).message).toBe(`this is ${advice}`);
  });
  it("never keep a sure format, a format that was named, or a file from being looked at", async () => {
    expect(registry.identify(bytesOf("ODD!")).id).toBe("sure");
    expect(registry.identify(Uint8Array.of(79, 0)).id).toBe("unsure");
    expect((await failure(() => registry.load(bytesOf("ODD"), { format: "sure" }))).code).not.toBe("FORMAT_UNKNOWN");
  });
  it("an empty file is called empty", async () => {
    const message = '"x.odd" is empty: it has 0 bytes';
    expect((await failure(() => registry.load(fromBytes(new Uint8Array(0), "x.odd")))).message).toBe(message);
  });
});
