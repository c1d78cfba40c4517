import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { load, registry, scan } from "masquerade";
import { describe, expect, test } from "vitest";

interface Entry {
  readonly file: string;
  readonly expect: { readonly [key: string]: unknown };
  readonly compression?: string;
}

const corpus = join(import.meta.dirname, "../../../corpus");
const at = (file: string): string => join(corpus, file);
const entriesOf = (folder: string): Entry[] =>
  (JSON.parse(readFileSync(at(`${folder}/manifest.json`), "utf8")) as { entries: Entry[] }).entries;

const ascii = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));
const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? ascii(part) : [...part])));
const short = (text: string): number[] => [0x8c, text.length, ...ascii(text)];
const runs = (module: string, name: string): Uint8Array => bytes([0x80, 2], `c${module}\n${name}\n(S'x'\ntR.`);

describe("what the real tools wrote", () => {
  for (const folder of ["pickle", "dill", "cloudpickle", "joblib", "npy", "npz"])
    test(`${folder}: safe, but for what is refused`, async () => {
      const wrong: string[] = [];
      let refused = 0;
      const all = entriesOf(folder);
      for (const [i, entry] of all.entries()) {
        // Of thousands every fifth, and all that are to be refused. Two shapes are more than JavaScript counts.
        if (all.length > 2000 && i % 5 !== 0 && !("refused" in entry.expect)) continue;
        if (entry.file.endsWith("header-dims-0x2305843009213693952.npy")) continue;
        const { verdict, names, findings } = await scan(at(entry.file));
        const safe = !("refused" in entry.expect);
        if (!safe) refused++;
        const named = names.some(
          (one) => one.verdict !== "safe" && `${one.module} ${one.name}` === entry.expect["refused"],
        );
        if (safe ? verdict !== "safe" : verdict === "safe" || !named)
          wrong.push(
            `${entry.file} ${verdict} ${JSON.stringify([names.filter((n) => n.verdict !== "safe"), findings])}`,
          );
      }
      expect(wrong).toEqual([]);
      if (folder === "pickle") expect(refused).toBeGreaterThan(5);
    }, 60_000);
});

describe("what would run code", () => {
  test.each([
    ["posix", "system"],
    ["os", "popen"],
    ["subprocess", "Popen"],
    ["builtins", "eval"],
    ["__builtin__", "getattr"],
    ["importlib", "import_module"],
    ["numpy", "load"],
    ["numpy.testing._private.utils", "runstring"],
    ["dill._dill", "_create_code"],
    ["functools", "partial"],
  ])("%s %s is dangerous", async (module, name) => {
    const { verdict, names } = await scan(runs(module, name));
    expect(verdict).toBe("dangerous");
    expect(names).toEqual([
      { module, name, offset: 2, opcode: "GLOBAL", uses: ["REDUCE"], where: "", verdict: "dangerous" },
    ]);
  });

  test("attributes reached by dots, and protocol 4", async () => {
    const dotted = bytes([0x80, 4], short("builtins"), short("eval.__call__"), [0x93], short("1"), [0x85, 0x52], ".");
    expect((await scan(dotted)).verdict).toBe("dangerous");
    expect((await scan(runs("somewhere", "thing"))).verdict).toBe("unknown");
  });

  test("names put together from the memo are followed", async () => {
    const memo = bytes(
      [0x80, 4],
      short("os"),
      [0x94],
      "0",
      short("system"),
      [0x94],
      "0",
      [0x68, 0, 0x68, 1, 0x93],
      ".",
    );
    expect((await scan(memo)).names.map(({ module, name }) => [module, name])).toEqual([["os", "system"]]);
  });

  test("what comes before the bytes that make no sense, and after another pickle", async () => {
    const broken = bytes([0x80, 2], "cos\nsystem\n(S'x'\ntR", [0xff]);
    expect((await scan(broken)).verdict).toBe("dangerous");
    const second = new Uint8Array([...readFileSync(at("demo/sst.pkl")), ...runs("os", "system")]);
    const { verdict, pickles } = await scan(second);
    expect([verdict, pickles]).toEqual(["dangerous", 2]);
  });

  test("names of the allow-list, used as no writer does", async () => {
    const code = bytes([0x80, 2], "cdill._dill\n_load_type\n(S'CodeType'\ntR.");
    const state = bytes([0x80, 2], "cnumpy.ma.core\nMaskedArray\n}S'a'\nI1\nsb.");
    const called = bytes([0x80, 2], "cdill._dill\n_load_type\n(S'bytes'\ntR(tR(tR.");
    for (const one of [code, state, called]) {
      const { verdict, names, findings } = await scan(one);
      expect(names.map((name) => name.verdict)).toEqual(["safe"]);
      expect(verdict).toBe("unknown");
      expect(findings).toHaveLength(1);
    }
  });

  test("objects outside of the file", async () => {
    const { verdict, findings } = await scan(bytes([0x80, 2], "Pthing\n."));
    expect(verdict).toBe("unknown");
    expect(findings[0]?.message).toContain("PERSID");
  });
});

describe("where pickles hide", () => {
  const evil = runs("os", "system");
  const npy = (body: Uint8Array): Uint8Array => {
    const header = `${"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".padEnd(117)}\n`;
    return new Uint8Array([0x93, ...ascii("NUMPY"), 1, 0, 118, 0, ...ascii(header), ...body]);
  };

  test("in an NPY object array, and in one that is compressed", async () => {
    const { verdict, names } = await scan(npy(evil));
    expect(verdict).toBe("dangerous");
    expect(names[0]).toMatchObject({ module: "os", name: "system", offset: 130 });
    const packed = await scan(new Uint8Array(gzipSync(npy(evil))));
    expect([packed.verdict, packed.formats]).toEqual(["dangerous", ["npy"]]);
  });

  test("in a joblib file: behind the data, and in the pickle of an object array", async () => {
    const good = new Uint8Array(readFileSync(at("joblib/np2/array-f8.joblib")));
    // The STOP at the end gives way to a call.
    const behind = new Uint8Array([...good.subarray(0, -1), ...bytes("0cos\nsystem\n(S'x'\ntR.")]);
    const report = await scan(behind);
    expect([report.verdict, report.formats]).toEqual(["dangerous", ["joblib"]]);
    expect(report.names.at(-1)).toMatchObject({ module: "os", name: "system", offset: good.length, uses: ["REDUCE"] });

    const object = new Uint8Array(readFileSync(at("joblib/np2/object.joblib")));
    const inner = object.lastIndexOf(0x80);
    const swapped = new Uint8Array([...object.subarray(0, inner), ...evil, 0x2e]);
    expect((await scan(swapped)).verdict).toBe("dangerous");
    expect((await scan(new Uint8Array(gzipSync(swapped)))).verdict).toBe("dangerous");
  });

  test("in a dictionary of mmappickle, entries that were deleted included", async () => {
    const value = await load(at("demo/sst.pkl"));
    const { bytes: good } = await registry.encode("mmappickle", value, { lossy: true });
    expect(await scan(good)).toMatchObject({ verdict: "safe", formats: ["mmappickle"], findings: [] });
    const foreign = bytes(short("os"), short("system"), [0x93], "0");
    const bad = new Uint8Array([...good.subarray(0, 24), ...foreign, ...good.subarray(24)]);
    expect(await scan(bad)).toMatchObject({ verdict: "dangerous", formats: ["mmappickle"] });
  });

  test("beyond the beginning by which formats are told apart", async () => {
    const good = new Uint8Array(readFileSync(at("joblib/np2/array-f8.joblib")));
    const late = new Uint8Array([
      ...bytes([0x80, 4], "]("),
      ...Array.from({ length: 5000 }, () => 0x4e),
      ...good.subarray(2, -1),
      ...bytes("e."),
    ]);
    const { formats, findings } = await scan(late);
    expect(formats).toEqual(["pickle", "joblib"]);
    expect(findings).toEqual([]);
  });

  test("nowhere in formats that hold none; what nobody knows is unknown", async () => {
    expect(await scan(at("npy/np2/dtype-f8.npy"))).toMatchObject({ verdict: "safe", pickles: 0 });
    expect((await scan(bytes("no format at all"))).verdict).toBe("unknown");
  });
});
