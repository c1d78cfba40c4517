import { describe, expect, it } from "vitest";
import {
  type Capabilities,
  dtypes,
  type Header,
  lossesFromCapabilities,
  makeHeader,
  storageRules,
  zeros,
} from "../src/index.ts";

const kinds = Object.keys(storageRules) as Capabilities["kinds"];
const flags = {
  mask: true,
  fieldMasks: true,
  hiddenValues: true,
  nomask: true,
  fillValue: true,
  hardMask: true,
  memoryOrder: true,
  byteOrder: true,
  attrs: true,
  dims: true,
  bundle: true,
  nested: true,
  lazy: true,
  streamed: true,
  appendable: true,
  inPlace: true,
  text: false,
  selfDescribing: true,
  compressed: true,
  aliasing: true,
} as const;
const all: Capabilities = { kinds, ...flags };
const float64 = dtypes.simple("float64");
const masked = makeHeader({ dtype: float64, shape: [2, 3], mask: "mask" });
const ids = (capabilities: Capabilities, header: Parameters<typeof lossesFromCapabilities>[1]): string[] =>
  lossesFromCapabilities(capabilities, header).map((l) => (l.array === "" ? l.id : `${l.id}@${l.array}`));

const pair = dtypes.struct([
  { name: "x", dtype: float64 },
  { name: "y", dtype: dtypes.simple("int16", "big") },
]);

describe("losses that follow from the flags", () => {
  it("finds none where every flag is set", () => {
    const header: Header = {
      ...masked,
      order: "F",
      hardMask: true,
      fillValue: zeros(float64, []),
      attrs: new Map([["unit", "K"]]),
      dims: ["lat", "lon"],
    };
    expect(ids(all, header)).toEqual([]);
    expect(ids(all, { kind: "dict", entries: new Map([["a", header]]), attrs: new Map([["b", 1n]]) })).toEqual([]);
  });

  const cases: readonly (readonly [name: string, off: Partial<Capabilities>, header: Header, expected: string[]])[] = [
    ["mask", { mask: false, nomask: false }, masked, ["mask"]],
    ["the class of a nomask array", { mask: false, nomask: false }, { ...masked, mask: "nomask" }, ["mask"]],
    ["plain arrays lose no mask", { mask: false, nomask: false }, { ...masked, mask: "plain" }, []],
    ["nomask", { nomask: false }, { ...masked, mask: "nomask" }, ["nomask"]],
    ["no nomask to lose", { nomask: false }, masked, []],
    ["field masks", { fieldMasks: false }, { ...masked, dtype: pair }, ["field-masks"]],
    ["hidden values", { hiddenValues: false }, masked, ["hidden-values"]],
    ["hidden values of nomask", { hiddenValues: false }, { ...masked, mask: "nomask" }, []],
    ["fill value", { fillValue: false }, { ...masked, fillValue: zeros(float64, []) }, ["fill-value"]],
    ["unset fill value", { fillValue: false }, masked, []],
    ["hard mask", { hardMask: false }, { ...masked, hardMask: true }, ["hard-mask"]],
    ["order", { memoryOrder: false }, { ...masked, order: "F" }, ["memory-order"]],
    ["byte order", { byteOrder: false }, { ...masked, dtype: dtypes.simple("int32", "big") }, ["byte-order"]],
    ["byte order of a field", { byteOrder: false }, { ...masked, dtype: pair }, ["byte-order"]],
    ["attrs", { attrs: false }, { ...masked, attrs: new Map([["a", null]]) }, ["attrs"]],
    ["dims", { dims: false }, { ...masked, dims: ["a", "b"] }, ["dims"]],
    ["subclass", {}, { ...masked, subclass: "matrix" }, ["subclass"]],
    ["kind", { kinds: ["float64"] }, { ...masked, dtype: dtypes.str(3) }, ["dtype"]],
    ["kind of a field", { kinds: ["float64", "struct"] }, { ...masked, dtype: pair }, ["dtype"]],
    [
      "layout",
      {},
      { ...masked, dtype: dtypes.struct([{ name: "x", dtype: float64, offset: 8 }], { itemsize: 24 }) },
      ["layout"],
    ],
    ["titles", {}, { ...masked, dtype: dtypes.struct([{ name: "x", dtype: float64, title: "the x" }]) }, ["titles"]],
    ["metadata", {}, { ...masked, dtype: { ...float64, metadata: new Map([["k", 1n]]) } }, ["metadata"]],
  ];
  it.each(cases)("%s", (_, off, header, expected) => {
    expect(ids({ ...all, ...off }, header)).toEqual(expected);
  });

  it("keeps what the rules say is kept, and words it as they say", () => {
    const record = { ...masked, dtype: dtypes.struct([{ name: "x", dtype: float64, title: "t" }], { record: true }) };
    expect(lossesFromCapabilities(all, record, { keeps: ["titles", "layout"] })).toEqual([]);
    expect(lossesFromCapabilities(all, { ...masked, subclass: "matrix" }, { subclasses: ["matrix"] })).toEqual([]);
    const [one] = lossesFromCapabilities({ ...all, mask: false }, masked, { why: { mask: "because." } });
    expect(one).toEqual({ id: "mask", grade: "content", what: "the mask", why: "because.", array: "" });
  });

  it("names the array, and what a bundle loses in a format of one array", () => {
    const two = new Map([
      ["a", masked],
      ["b", { ...masked, mask: "plain" as const }],
    ]);
    const attrs = new Map([["k", 1n]]);
    expect(ids({ ...all, bundle: false, mask: false }, { kind: "list", entries: two, attrs })).toEqual([
      "arrays",
      "mask@a",
    ]);
    const single = { kind: "dict" as const, entries: new Map([["a", masked]]), attrs };
    expect(ids({ ...all, bundle: false, attrs: false }, single)).toEqual(["names", "attrs"]);
    expect(ids(all, { kind: "tuple", entries: two, attrs })).toEqual(["bundle-kind"]);
    const nested = { kind: "dict" as const, entries: new Map([["g", single]]), attrs };
    expect(ids({ ...all, nested: false, mask: false }, nested)).toEqual(["names@g", "mask@g/a"]);
  });

  it("does not overflow on deep headers", () => {
    let header: Parameters<typeof lossesFromCapabilities>[1] = masked;
    for (let i = 0; i < 2000; i++) header = { kind: "dict", entries: new Map([["d", header]]), attrs: new Map() };
    expect(lossesFromCapabilities({ ...all, mask: false }, header)).toHaveLength(1);
  });
});
