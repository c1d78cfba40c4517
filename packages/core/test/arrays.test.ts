import {
  add,
  arange,
  array,
  average,
  Bundle,
  Complex,
  castFill,
  concatenate,
  defaultFillValue,
  difference,
  dtypes,
  equals,
  frombuffer,
  fromNdArrayLike,
  fromTransferable,
  identical,
  isMasqueradeError,
  LongDouble,
  MaskedArray,
  masked,
  maskedArray,
  maskedEqual,
  maskedObject,
  mean,
  NdArray,
  noAttrs,
  nomask,
  resolveDType,
  share,
  sort,
  sum,
  Tuple,
  take,
  toNdArrayLike,
  toTransferable,
  zeros,
} from "@masquerade/core";
import { describe, expect, it } from "vitest";

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (e) {
    if (isMasqueradeError(e)) return e.code;
    throw e;
  }
  return "nothing thrown";
};

const record = dtypes.struct([
  { name: "t", dtype: dtypes.simple("float32", "big") },
  { name: "p", dtype: dtypes.simple("int16"), shape: [2] },
]);
const records = (): MaskedArray<"struct"> =>
  new MaskedArray({ data: zeros(record, [3]), mask: nomask }) as MaskedArray<"struct">;

describe("making arrays", () => {
  it("takes nested values, typed arrays and names", () => {
    expect(
      array(
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        "int8",
      ).toArray(),
    ).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(array(["2020-02-29", "NaT"], "datetime64[D]").data).toEqual(BigInt64Array.of(18321n, -(2n ** 63n)));
    expect(array(["a", "bcd"]).dtype.itemsize).toBe(12);
    expect(array([1.5, 300], "int8").data).toEqual(Int8Array.of(1, 44));
    expect(array([new Complex(1, 2), 3]).data).toEqual(Float64Array.of(1, 2, 3, 0));
    expect(array(5).shape).toEqual([]);
    const typed = Int32Array.of(1, 2);
    expect(array(typed).data).toBe(typed);
  });

  it("refuses what has no shape, no dtype or no name", () => {
    expect(codeOf(() => array([[1], [2, 3]]))).toBe("SHAPE_MISMATCH");
    expect(codeOf(() => array([1, [2]]))).toBe("SHAPE_MISMATCH");
    expect(codeOf(() => resolveDType("<f8" as never))).toBe("OPTION_INVALID");
    expect(codeOf(() => resolveDType("constructor" as never))).toBe("OPTION_INVALID");
    expect(codeOf(() => resolveDType("__proto__" as never))).toBe("OPTION_INVALID");
    expect(codeOf(() => resolveDType("datetime64[0s]"))).toBe("OPTION_INVALID");
    expect(codeOf(() => maskedArray([1, 2], { mask: [true, false, true] }))).toBe("SHAPE_MISMATCH");
    let deep: unknown = 1;
    for (let i = 0; i < 100; i++) deep = [deep];
    expect(codeOf(() => array(deep))).toBe("SHAPE_MISMATCH");
  });

  it("reads bytes as np.frombuffer, exactly or not at all", () => {
    const raw = Uint8Array.of(9, 0, 1, 0, 2, 0, 3);
    expect(frombuffer(raw.subarray(0, 5), "uint16", { offset: 1 }).data).toEqual(Uint16Array.of(256, 512));
    expect(frombuffer(raw.subarray(1, 7), "int8", { shape: [2, 3], order: "F" }).toArray()).toEqual([
      [0, 0, 0],
      [1, 2, 3],
    ]);
    expect(codeOf(() => frombuffer(raw, "uint16"))).toBe("SHAPE_MISMATCH");
    expect(codeOf(() => frombuffer(raw, "int8", { shape: [3] }))).toBe("SHAPE_MISMATCH");
    expect(codeOf(() => frombuffer(raw, "int8", { offset: 8 }))).toBe("OPTION_INVALID");
    expect(codeOf(() => frombuffer(raw, "object"))).toBe("DTYPE_MISMATCH");
  });
});

describe("fill values", () => {
  it("have NumPy's own dtype until they are cast", () => {
    expect(defaultFillValue(dtypes.simple("int8")).dtype.kind).toBe("int64");
    expect(defaultFillValue(dtypes.simple("uint8")).dtype.kind).toBe("uint64");
    expect(castFill(defaultFillValue(dtypes.simple("int8")), dtypes.simple("int8")).at()).toBe(63);
    expect(maskedArray([1, masked], { dtype: "int16" }).fill().at()).toBe(16959);
    expect(maskedArray(["ab", masked]).fill().at()).toBe("N/");
    expect(maskedArray([1n], { dtype: "datetime64[25us]" }).fill().at()).toBe(-(2n ** 63n));
  });

  it("of records are records", () => {
    const fill = defaultFillValue(record).at() as { t: number; p: number[] };
    expect(fill).toEqual({ t: Math.fround(1e20), p: [16959, 16959] });
  });

  it("are set, cast and taken away", () => {
    const m = maskedArray([1, masked, 3], { dtype: "int32", fillValue: -9 });
    expect(m.filled().toArray()).toEqual([1, -9, 3]);
    expect(m.astype("float64").filled().toArray()).toEqual([1, -9, 3]);
    expect(m.withFillValue(undefined).filled().toArray()).toEqual([1, 999999, 3]);
    expect(m.filled(7).toArray()).toEqual([1, 7, 3]);
    expect(
      maskedEqual(array([1, 2, 2]), 2)
        .fill()
        .at(),
    ).toBe(2);
    expect(codeOf(() => m.withFillValue("x" as never))).toBe("DTYPE_MISMATCH");
  });
});

describe("assignment", () => {
  it("respects a hard mask and lifts a soft one", () => {
    const soft = maskedArray([1, masked, 3]);
    soft.set([1], 5);
    expect(soft.toArray()).toEqual([1, 5, 3]);
    const hard = maskedArray([1, masked, 3]).harden();
    hard.set([1], 5);
    hard.set([0], 4);
    expect(hard.toArray()).toEqual([4, masked, 3]);
    expect(hard.data.at(1)).toBe(0);
  });

  it("makes a mask when one is first needed, and is seen through views", () => {
    const m = maskedArray(
      array([
        [1, 2],
        [3, 4],
      ]),
    );
    expect(m.mask).toBe(nomask);
    m.set([0, 1], masked);
    expect(m.toArray({ masked: null })).toEqual([
      [1, null],
      [3, 4],
    ]);
    const row = m.slice("0");
    row.assign("...", array([8, 9]));
    expect(m.toArray()).toEqual([
      [8, 9],
      [3, 4],
    ]);
    m.transpose().assign("1", masked);
    expect(m.toArray()).toEqual([
      [8, masked],
      [3, masked],
    ]);
  });

  it("copies before it overwrites itself", () => {
    const a = array([1, 2, 3, 4], "int32");
    a.assign("1:", a.slice(":3"));
    expect(a.toArray()).toEqual([1, 1, 2, 3]);
  });

  it("masks records field by field", () => {
    const m = records();
    m.set([1], { t: masked, p: [1, 2] });
    expect(m.at(1)).toEqual({ t: masked, p: [1, 2] });
    m.setField("p", array([[5, 6]], "int16"));
    expect(m.field("p").toArray()).toEqual([
      [5, 6],
      [5, 6],
      [5, 6],
    ]);
    expect(m.field("t").at(1)).toBe(masked);
    expect(m.compressed().size).toBe(2);
    expect(m.filled().at(1)).toEqual({ t: Math.fround(1e20), p: [5, 6] });
    const hard = m.harden();
    hard.set([1], { t: 3, p: masked });
    expect(hard.at(1)).toEqual({ t: masked, p: [masked, masked] });
    expect(codeOf(() => m.field("q"))).toBe("INDEX_INVALID");
  });

  it("refuses what does not fit", () => {
    const small = array([1, 2], "int8");
    expect(codeOf(() => small.set([0], 300))).toBe("DTYPE_MISMATCH");
    expect(codeOf(() => small.set([0], Number.NaN))).toBe("DTYPE_MISMATCH");
    expect(codeOf(() => array([1n]).assign("0", Number.NaN as never))).toBe("DTYPE_MISMATCH");
    expect(codeOf(() => array([1n]).set([0], 2n ** 63n))).toBe("DTYPE_MISMATCH");
    expect(small.toArray()).toEqual([1, 2]);
    const m = maskedArray([1, 2, 3], { dtype: "int8" });
    expect(codeOf(() => m.set([3], 1))).toBe("INDEX_INVALID");
    expect(codeOf(() => m.set([0], "x" as never))).toBe("DTYPE_MISMATCH");
    expect(codeOf(() => m.assign("0:2", array([1, 2, 3])))).toBe("SHAPE_MISMATCH");
    expect(codeOf(() => add(array([1, 2]), array([1, 2, 3])))).toBe("SHAPE_MISMATCH");
    expect(codeOf(() => add(array(["a"]), 1))).toBe("DTYPE_MISMATCH");
    expect(codeOf(() => sum(array([1]), { axis: 1 }))).toBe("INDEX_INVALID");
    expect(codeOf(() => take(array([1]), [1]))).toBe("INDEX_INVALID");
    expect(codeOf(() => sort(records().data))).toBe("DTYPE_MISMATCH");
    expect(codeOf(() => concatenate([]))).toBe("OPTION_INVALID");
    expect(codeOf(() => [...array(1)])).toBe("INDEX_INVALID");
  });
});

describe("iteration", () => {
  it("goes along the first axis, or over all elements", () => {
    const m = maskedArray([
      [1, masked],
      [3, 4],
    ]);
    expect([...m].map((row) => (row as MaskedArray).toArray())).toEqual([
      [1, masked],
      [3, 4],
    ]);
    expect([...m.flat()]).toEqual([1, masked, 3, 4]);
    expect([...array([1n, 2n])]).toEqual([1n, 2n]);
    expect([
      ...array([
        [1, 2],
        [3, 4],
      ])
        .transpose()
        .flat(),
    ]).toEqual([1, 3, 2, 4]);
  });
});

describe("identical and equals", () => {
  const base = (): MaskedArray => maskedArray([1, masked, 3], { dtype: "float64", fillValue: -1 }) as MaskedArray;

  it.each<[string, (m: MaskedArray) => MaskedArray, RegExp]>([
    ["dtype", (m) => m.astype("float32"), /dtype/],
    ["byte order", (m) => m.astype(dtypes.simple("float64", "big")), /dtype/],
    ["shape", (m) => m.reshape([3, 1]), /shape/],
    ["hidden data", (m) => m.with({ data: array([1, 7, 3]) as never }), /element 1/],
    ["a zero's sign", (m) => m.with({ data: array([1, -0, 3]) as never }), /element 1/],
    ["nomask", (m) => m.with({ mask: nomask }), /nomask/],
    ["the mask", (m) => m.with({ mask: array([true, true, false]) }), /mask: element 0/],
    ["fill value", (m) => m.withFillValue(-2), /fillValue/],
    ["the fill value's dtype", (m) => m.with({ fillValue: array(-1n) as never }), /fillValue: dtype/],
    ["no fill value", (m) => m.withFillValue(undefined), /fill value set and unset/],
    ["hard mask", (m) => m.harden(), /mask/],
    ["attributes", (m) => m.with({ data: m.data.with({ attrs: new Map([["units", "K"]]) }) }), /attrs/],
    ["dimension names", (m) => m.with({ data: m.data.with({ dims: ["x"] }) }), /dims/],
    ["subclass", (m) => m.with({ subclass: "MaskedRecords" }), /subclass/],
  ])("sees a difference in %s", (_, change, what) => {
    expect(difference(base(), base())).toBeUndefined();
    expect(difference(base(), change(base()))).toMatch(what);
    expect(identical(base(), change(base()))).toBe(false);
  });

  it("tells the two zeros apart, also among attributes", () => {
    const of = (zero: number): NdArray => zeros("int8", [1]).with({ attrs: new Map([["x", zero]]) }) as NdArray;
    expect(difference(of(0), of(-0))).toBe("attrs.x: 0 and -0");
    expect(difference(of(-0), of(-0))).toBeUndefined();
  });

  it("a view is identical to its copy, Fortran order is not C order", () => {
    const a = array([
      [1, 2],
      [3, 4],
    ]);
    expect(identical(a.slice(":, 0"), a.slice(":, 0").copy())).toBe(true);
    expect(difference(a.transpose(), a.transpose().copy("C"))).toBe("order F and C");
  });

  it("walks bundles, attributes and cycles without losing itself", () => {
    const cyclic: unknown[] = [1n];
    cyclic.push(cyclic);
    const make = (extra: unknown): Bundle =>
      new Bundle({ entries: [["a", array([1, 2])]], attrs: new Map([["t", new Tuple([1n, 2, extra as never])]]) });
    expect(identical(make("x"), make("x"))).toBe(true);
    expect(difference(make("x"), make("y"))).toBe('attrs.t[2]: "x" and "y"');
    expect(difference(make(2n), make(2))).toMatch(/attrs\.t\[2\]/);
    const holding = (v: unknown): NdArray => new NdArray({ dtype: dtypes.object(), shape: [1], storage: [v] }) as never;
    const other: unknown[] = [1n];
    other.push(other);
    expect(identical(holding(cyclic), holding(other))).toBe(true);
  });

  it("equals compares meaning", () => {
    const m = base();
    expect(equals(m, m.astype(dtypes.simple("float64", "big")).withFillValue(9))).toBe(true);
    expect(equals(m, m.with({ data: array([1, 7, 3]) as never }))).toBe(true);
    expect(equals(m, m.with({ data: array([1, 7, 3]) as never }), { hidden: true })).toBe(false);
    expect(equals(maskedArray([1]), maskedArray([1], { mask: [false] }))).toBe(true);
    expect(equals(array([1]), maskedArray([1]))).toBe(false);
    expect(equals(array([Number.NaN]), array([Number.NaN]))).toBe(false);
    expect(equals(array([Number.NaN]), array([Number.NaN]), { equalNaN: true })).toBe(true);
    expect(equals(array([2n ** 53n]), array([2n ** 53n + 1n]))).toBe(false);
    expect(equals(array([2n ** 53n + 1n]), array([2 ** 53]))).toBe(false);
    expect(equals(array([1, 2]), array([1.001, 2]), { rtol: 0.01 })).toBe(true);
    expect(equals(array(["1970-01-02"], "datetime64[D]"), array(["1970-01-02"], "datetime64[s]"))).toBe(true);
    expect(equals(array(["1970-01-02T01"], "datetime64[h]"), array(["1970-01-02"], "datetime64[D]"))).toBe(false);
  });
});

describe("casts the oracle cannot hold", () => {
  it("long doubles keep what float64 has, and integers all their bits", () => {
    for (const layout of ["x87", "quad", "double-double", "double"] as const) {
      const type = dtypes.longdouble(layout, 16);
      const numbers = [0, -0, 1.1, -5e-324, 1.7976931348623157e308, Number.POSITIVE_INFINITY, Number.NaN];
      expect([...array(numbers).astype(type).astype("float64").data]).toEqual(numbers);
      const whole = array([2n ** 62n + 1n, -(2n ** 53n) - 1n, 7n]);
      if (layout !== "double") expect(whole.astype(type).astype("int64").data).toEqual(whole.data);
    }
    const one = array([1.5]).astype("longdouble").at(0);
    expect(one).toBeInstanceOf(LongDouble);
    expect(one.toNumber()).toBe(1.5);
  });

  it("objects become numbers and text", () => {
    const objects = new NdArray({ dtype: dtypes.object(), shape: [3], storage: [1n, 2.5, "7"] });
    expect(objects.astype("float64").toArray()).toEqual([1, 2.5, 7]);
    expect(objects.astype("str").toArray()).toEqual(["1", "2.5", "7"]);
    expect(array([1, 2], "int8").astype("object").toArray()).toEqual([1n, 2n]);
    expect(maskedObject(objects, 2.5).toArray()).toEqual([1n, masked, "7"]);
  });

  it("floats outside an integer's range are what x86-64 makes of them", () => {
    expect(array([1e10, Number.NaN, -1e30]).astype("int32").data).toEqual(
      Int32Array.of(-(2 ** 31), -(2 ** 31), -(2 ** 31)),
    );
    expect(array([1e10, Number.NaN]).astype("int8").data).toEqual(Int8Array.of(0, 0));
    expect(array([1e19]).astype("uint64").data).toEqual(BigUint64Array.of(10n ** 19n));
  });
});

describe("large arrays", () => {
  it("go through in blocks, contiguous or not", () => {
    const n = 20_011;
    const a = array(Float64Array.from({ length: n }, (_, i) => i));
    const b = array(Int16Array.from({ length: n }, (_, i) => i % 100));
    const both = add(a, b) as NdArray<"float64">;
    expect(both.at(20_000)).toBe(20_000);
    expect(both.at(8_193)).toBe(8_193 + 93);
    expect(sum(a)).toBe((n * (n - 1)) / 2);
    expect(mean(a.slice("::-1"))).toBe((n - 1) / 2);
    const wide = array(new Float32Array(60_000).fill(2)).reshape([2, 30_000]);
    expect(wide.sum({ axis: 0 }).at(29_999)).toBe(4);
    expect(wide.transpose().sum({ axis: 0 }).toArray()).toEqual([60_000, 60_000]);
    const m = maskedArray(a, { mask: array(Uint8Array.from({ length: n }, (_, i) => i % 2)) });
    expect(m.count()).toBe(10_006);
    expect(m.sum()).toBe(10_005 * 10_006);
  });

  it("sums of 64-bit integers wrap as NumPy's do", () => {
    expect(array([2n ** 63n - 1n, 1n]).sum()).toBe(-(2n ** 63n));
    expect(average(maskedArray([1, masked, 4]), { weights: array([1, 9, 3]) as NdArray })).toBe(3.25);
  });
});

describe("workers and other libraries", () => {
  const attrs = new Map<string, never>([
    ["units", "K" as never],
    ["t", new Tuple([1n, new Complex(1, -0), new Map([[1n, null]])]) as never],
  ]);

  it("arrays survive postMessage bit for bit, shared references stay shared", () => {
    const make = (): Bundle => {
      const data = array([
        [1, 2],
        [3, 4],
      ])
        .transpose()
        .with({ attrs, dims: ["x", "y"] });
      const mask = array([
        [true, false],
        [false, true],
      ]);
      const m = new MaskedArray({ data, mask, fillValue: array(5n) as never, hardMask: true });
      return new Bundle({
        kind: "list",
        entries: [
          ["0", m],
          ["1", data],
          ["2", m],
        ],
      });
    };
    const bundle = make();
    const expected = make();
    const { message, transfer } = toTransferable(bundle);
    const got = fromTransferable(structuredClone(message, { transfer })) as Bundle;
    expect(difference(got, expected)).toBeUndefined();
    expect(got.get("0")).toBe(got.get("2"));
    expect((got.get("0") as MaskedArray).data).toBe(got.get("1"));
    expect((bundle.get("1") as NdArray).storage.length).toBe(0);
  });

  it("records, objects and text too; what cannot be sent is refused", () => {
    for (const value of [
      records(),
      array(["aé"]),
      new NdArray({ dtype: dtypes.object(), shape: [2], storage: [1n, [null]] }),
    ]) {
      const { message } = toTransferable(value as NdArray);
      expect(difference(fromTransferable(structuredClone(message)) as NdArray, value as NdArray)).toBeUndefined();
    }
    const holding = (v: unknown): NdArray => new NdArray({ dtype: dtypes.object(), shape: [1], storage: [v] }) as never;
    expect(codeOf(() => toTransferable(holding(() => 1)))).toBe("OPTION_INVALID");
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(codeOf(() => toTransferable(holding(cycle)))).toBe("OPTION_INVALID");
    let deep: unknown = 1;
    for (let i = 0; i < 5000; i++) deep = [deep];
    expect(codeOf(() => toTransferable(holding(deep)))).toBe("OPTION_INVALID");
    for (const bad of [
      undefined,
      null,
      {},
      { masquerade: "packed", values: [] },
      { masquerade: "packed", values: [{ is: "list", items: [{ ref: 0 }] }] },
    ])
      expect(codeOf(() => fromTransferable(bad as never))).toBe("OPTION_INVALID");
  });

  it("a small part of a large buffer is copied, the rest stays", () => {
    const big = new Float64Array(100);
    const { transfer } = toTransferable(array(big.subarray(0, 4)) as NdArray);
    expect(transfer).toEqual([]);
    expect(big.length).toBe(100);
  });

  it("shared arrays are one memory", () => {
    const m = share(
      maskedArray(
        [
          [1, 2],
          [3, 4],
        ],
        {
          mask: [
            [true, false],
            [false, false],
          ],
        },
      ),
    );
    const other = fromTransferable(toTransferable(m).message) as MaskedArray<"float64">;
    expect(toTransferable(m).transfer).toEqual([]);
    m.data.set([1, 1], 9);
    expect(other.data.at(1, 1)).toBe(9);
    expect(identical(m as MaskedArray, other as MaskedArray)).toBe(true);
    expect(codeOf(() => share(array([null]) as NdArray))).toBe("DTYPE_MISMATCH");
  });

  it("speaks the ndarray form of other libraries", () => {
    const a = array(Float32Array.of(1, 2, 3, 4, 5, 6))
      .reshape([2, 3])
      .transpose();
    const view = toNdArrayLike(a);
    expect(view).toMatchObject({ shape: [3, 2], stride: [1, 3], offset: 0, dtype: "float32" });
    expect(view.data).toBe(a.storage);
    expect(identical(fromNdArrayLike(view), a as NdArray)).toBe(true);
    const flags = fromNdArrayLike({ data: Uint8Array.of(0, 1), shape: [2], dtype: "bool" });
    expect(flags.toArray()).toEqual([false, true]);
    expect(fromNdArrayLike({ data: [1, 2], shape: [2] }).dtype.kind).toBe("float64");
    expect(codeOf(() => fromNdArrayLike({ data: Uint8Array.of(1), shape: [2] }))).toBe("SHAPE_MISMATCH");
    expect(codeOf(() => fromNdArrayLike({ data: Uint8Array.of(1), shape: [1], dtype: "float64" }))).toBe(
      "DTYPE_MISMATCH",
    );
    expect(codeOf(() => fromNdArrayLike({ data: "12" as never, shape: [2] }))).toBe("DTYPE_MISMATCH");
    expect(codeOf(() => toNdArrayLike(array([new Complex(1, 2)])))).toBe("DTYPE_MISMATCH");
    expect(noAttrs.size).toBe(0);
  });
});

describe("at the edges", () => {
  const point = dtypes.struct([
    { name: "x", dtype: dtypes.simple("float64") },
    { name: "n", dtype: dtypes.simple("int32") },
  ]);

  it("a whole field under a hard mask: what is masked stays as it is", () => {
    const soft = new MaskedArray({ data: zeros(point, [3]) });
    soft.set([0], { x: 1, n: 1 });
    soft.set([1], masked);
    const hard = soft.harden();
    hard.setField("x", array([7, 8, 9]));
    expect(hard.field("x").toArray()).toEqual([7, masked, 9]);
    expect(hard.data.field("x").toArray()).toEqual([7, 0, 9]);
    expect(hard.field("n").toArray()).toEqual([1, masked, 0]);
  });

  it("arrays larger than memory, and indices that are none, are typed errors", () => {
    expect(codeOf(() => zeros("float64", [1e12]))).toBe("SHAPE_MISMATCH");
    expect(codeOf(() => zeros(dtypes.str(1e12), [1]))).toBe("SHAPE_MISMATCH");
    const a = array([1, 2, 3]);
    for (const index of [[[0, 1]], [array([true, false, true])], ["0"], [[]], [{ begin: 1 }]])
      expect(codeOf(() => a.slice(index as never))).toBe("INDEX_INVALID");
  });

  it("arange of one number counts from 0", () => {
    expect(arange(4).toArray()).toEqual([0, 1, 2, 3]);
    expect(arange(2, 8, 3).toArray()).toEqual([2, 5]);
  });
});
