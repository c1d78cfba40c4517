import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMasqueradeError, type NdArray, type PlainValue } from "@masquerade/core";
import { globalKey } from "@masquerade/pickle";
import { describe, expect, test } from "vitest";
import { assembleGlobals, decodeNumpyPickle, decodeObjectArray, dillGlobals, numpyGlobals } from "../src/index.ts";

const corpus = join(import.meta.dirname, "../../../corpus");
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(corpus, name)));

describe("the tables", () => {
  test("hold exactly these names", () => {
    const names = [...numpyGlobals.keys()].map((key) => key.replace("\n", " ")).sort();
    expect(names).toMatchSnapshot();
    expect([...dillGlobals.keys()].map((key) => key.replace("\n", " "))).toEqual([
      "dill._dill _create_array",
      "dill._dill _load_type",
    ]);
  });

  test("hold nothing that other formats need", () => {
    for (const [module, name] of [
      ["joblib.numpy_pickle", "NumpyArrayWrapper"],
      ["numpy.core.fromnumeric", "reshape"],
      ["numpy.core.multiarray", "fromstring"],
      ["builtins", "getattr"],
      ["builtins", "eval"],
      ["os", "system"],
      ["numpy", "load"],
    ] as const)
      expect(numpyGlobals.has(globalKey(module, name)), `${module} ${name}`).toBe(false);
  });

  test("the caller's own names are added, not taken apart", () => {
    const made = assembleGlobals([numpyGlobals], { "a.b c.d": () => 1 });
    expect(made.size).toBe(numpyGlobals.size + 1);
    expect(made.has("a.b\nc.d")).toBe(true);
    for (const wrong of ["nospace", " x", "x "])
      expect(() => assembleGlobals([], { [wrong]: () => 1 })).toThrow(
        expect.objectContaining({ code: "OPTION_INVALID" }),
      );
  });
});

describe("object arrays of other formats", () => {
  test("are read where they stand, and end where they end", () => {
    const pickle = file("pickle/np2/object-fortran-p4.pkl");
    const around = new Uint8Array(pickle.length + 20);
    around.set(pickle, 10);
    const { array, end } = decodeObjectArray(around, 10, { format: "npy", base: 0 });
    expect(end).toBe(10 + pickle.length);
    expect(array.dtype.kind).toBe("object");
    expect(array.order).toBe("F");
    expect((array.at(0, 0) as PlainValue) ?? null).toBeNull();
  });

  test("what is no array is refused, in the other format's name", () => {
    const refused = (): unknown => decodeObjectArray(Uint8Array.of(0x80, 3, 0x4e, 0x2e), 0, { format: "npy" });
    expect(refused).toThrow(expect.objectContaining({ code: "CAPABILITY_MISSING", format: "npy" }));
    const foreign = Uint8Array.from("cos\nsystem\n.", (c) => c.charCodeAt(0));
    try {
      decodeObjectArray(foreign, 0, { format: "npy", base: 128 });
      expect.unreachable();
    } catch (e) {
      expect(isMasqueradeError(e, "UNSAFE_GLOBAL") && e.offset).toBe(128);
    }
  });
});

test("data are views of the file where they lie aligned, copies where asked", () => {
  const bytes = file("pickle/np2/size-70000-p5.pkl");
  const shared = decodeNumpyPickle(bytes, 0, { format: "pickle" }).value as NdArray;
  const own = decodeNumpyPickle(bytes, 0, { format: "pickle", copy: true }).value as NdArray;
  expect(own.toBytes()).toEqual(shared.toBytes());
  expect((own.storage as Uint8Array).buffer).not.toBe(bytes.buffer);
  expect((shared.storage as Uint8Array).buffer).toBe(bytes.buffer);
});
