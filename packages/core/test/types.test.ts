// What TypeScript infers, dtype by dtype. Checked by the compiler (tsc -p tsconfig.tests.json) and, for the values, by the run.
import {
  type AnyArray,
  add,
  array,
  type Complex,
  dtypes,
  equal,
  full,
  isMaskedArray,
  type LongDouble,
  type Masked,
  type MaskedArray,
  masked,
  maskedArray,
  maskedWhere,
  mean,
  type NdArray,
  ones,
  sum,
  zeros,
} from "@masquerade/core";
import { describe, expect, expectTypeOf, it } from "vitest";

describe("inferred types", () => {
  it("of zeros by name", () => {
    expectTypeOf(zeros("bool", [1])).toEqualTypeOf<NdArray<"bool">>();
    expectTypeOf(zeros("int8", [1]).data).toEqualTypeOf<Int8Array>();
    expectTypeOf(zeros("int16", [1]).data).toEqualTypeOf<Int16Array>();
    expectTypeOf(zeros("int32", [1]).data).toEqualTypeOf<Int32Array>();
    expectTypeOf(zeros("int64", [1]).data).toEqualTypeOf<BigInt64Array>();
    expectTypeOf(zeros("uint8", [1]).data).toEqualTypeOf<Uint8Array>();
    expectTypeOf(zeros("uint16", [1]).data).toEqualTypeOf<Uint16Array>();
    expectTypeOf(zeros("uint32", [1]).data).toEqualTypeOf<Uint32Array>();
    expectTypeOf(zeros("uint64", [1]).data).toEqualTypeOf<BigUint64Array>();
    expectTypeOf(zeros("float16", [1]).data).toEqualTypeOf<Uint16Array>();
    expectTypeOf(zeros("float32", [1]).data).toEqualTypeOf<Float32Array>();
    expectTypeOf(zeros("float64", [1]).data).toEqualTypeOf<Float64Array>();
    expectTypeOf(zeros("complex64", [1]).at(0)).toEqualTypeOf<Complex>();
    expectTypeOf(zeros("complex128", [1]).data).toEqualTypeOf<Float64Array>();
    expectTypeOf(zeros("longdouble", [1]).at(0)).toEqualTypeOf<LongDouble>();
    expectTypeOf(zeros("datetime64[ns]", [1])).toEqualTypeOf<NdArray<"datetime64">>();
    expectTypeOf(zeros("timedelta64[25us]", [1]).at(0)).toEqualTypeOf<bigint>();
    expectTypeOf(zeros("object", [1]).at(0)).toEqualTypeOf<unknown>();
    expectTypeOf(zeros("string", [1]).at(0)).toEqualTypeOf<string | null>();
    expect(zeros("timedelta64[25us]", [2]).dtype).toEqual(dtypes.timedelta64("us", 25));
  });

  it("of dtypes, values and typed arrays", () => {
    expectTypeOf(zeros(dtypes.simple("float32"), [1])).toEqualTypeOf<NdArray<"float32">>();
    expectTypeOf(zeros(dtypes.str(3), [1])).toEqualTypeOf<NdArray<"str">>();
    expectTypeOf(
      array([
        [1, 2],
        [3, 4],
      ]),
    ).toEqualTypeOf<NdArray<"float64">>();
    expectTypeOf(array([1n, 2n])).toEqualTypeOf<NdArray<"int64">>();
    expectTypeOf(array([true])).toEqualTypeOf<NdArray<"bool">>();
    expectTypeOf(array(["a"])).toEqualTypeOf<NdArray<"str">>();
    expectTypeOf(array(new Float32Array(2))).toEqualTypeOf<NdArray<"float32">>();
    expectTypeOf(array([1, 2], "int16")).toEqualTypeOf<NdArray<"int16">>();
    expectTypeOf(full([2], 7, "uint8")).toEqualTypeOf<NdArray<"uint8">>();
    expectTypeOf(ones("float32", [2])).toEqualTypeOf<NdArray<"float32">>();
    expect(
      array([
        [1, 2],
        [3, 4],
      ]).shape,
    ).toEqual([2, 2]);
  });

  it("of masked arrays", () => {
    const m = maskedArray([1, 2, 3], { dtype: "float64", mask: [false, true, false] });
    expectTypeOf(m).toEqualTypeOf<MaskedArray<"float64">>();
    expectTypeOf(m.at(0)).toEqualTypeOf<number | Masked>();
    expectTypeOf(m.filled(Number.NaN).data).toEqualTypeOf<Float64Array>();
    expectTypeOf(m.astype("int64").at(0)).toEqualTypeOf<bigint | Masked>();
    expectTypeOf(m.compressed()).toEqualTypeOf<NdArray<"float64">>();
    expectTypeOf(maskedWhere(equal(m, 1), m)).toEqualTypeOf<MaskedArray<"float64">>();
    expectTypeOf(maskedArray([1n, masked]).data).toEqualTypeOf<NdArray<"int64">>();
    expect(m.at(1)).toBe(masked);
  });

  it("of reductions and arithmetic", () => {
    const plain = array([1, 2, 3], "int16");
    const m = maskedArray(plain);
    expectTypeOf(plain.sum()).toEqualTypeOf<bigint>();
    expectTypeOf(sum(plain)).toEqualTypeOf<bigint>();
    expectTypeOf(plain.sum({ axis: 0 })).toEqualTypeOf<NdArray<"int64">>();
    expectTypeOf(m.max()).toEqualTypeOf<number | Masked>();
    expectTypeOf(m.max({ axis: 0 })).toEqualTypeOf<MaskedArray<"int16">>();
    expectTypeOf(mean(m)).toEqualTypeOf<number | Masked>();
    expectTypeOf(add(plain, plain)).toEqualTypeOf<NdArray>();
    expectTypeOf(add(plain, m)).toEqualTypeOf<MaskedArray>();
    expectTypeOf(equal(plain, 1)).toEqualTypeOf<NdArray<"bool">>();
    expectTypeOf(add(m as AnyArray, 1)).toEqualTypeOf<AnyArray>();
    expect(plain.sum()).toBe(6n);
    expect(isMaskedArray(add(plain, m))).toBe(true);
  });

  it("any array is an array of some kind", () => {
    expectTypeOf<NdArray<"float64">>().toExtend<NdArray>();
    expectTypeOf<MaskedArray<"int8">>().toExtend<MaskedArray>();
    expectTypeOf<MaskedArray<"int8">>().toExtend<AnyArray>();
  });
});
