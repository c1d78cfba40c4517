// Numbers: printed shortest, read back the same bits, and read as the engine reads them. Eight million patterns are in floats.large.test.ts.
import { json } from "@masquerade/adapter-json";
import { arrayFromBytes, dtypes, type Kind, type NdArray } from "@masquerade/core";
import { describe, expect, inject, test } from "vitest";
import { randomBytes, shortestProblems, usualFloats } from "./support/floats.ts";

const codec = await json.codec();
const text = new TextDecoder();
const read = (dtype: string, literals: readonly string[]): NdArray =>
  codec.decode(
    new TextEncoder().encode(
      `{"format": "masked-array", "version": 1, "dtype": "${dtype}", "shape": [${literals.length}], "data": [${literals.join(", ")}]}`,
    ),
  ) as NdArray;
const bytesOf = (array: NdArray): string =>
  Array.from(array.toBytes(), (b) => b.toString(16).padStart(2, "0")).join("");

/** Hard cases: half-way between two doubles and just beside, subnormals, many digits, the ends of the range. */
const hard: readonly string[] = [
  "9007199254740993",
  "9007199254740992.999999999999999999999999999999999999",
  "9007199254740993.000000000000000000000000000000000001",
  "2.2250738585072011e-308",
  "2.2250738585072012e-308",
  "2.4703282292062327208e-324",
  "2.4703282292062328e-324",
  "4.9406564584124654e-324",
  "1e-400",
  "-1e-400",
  "1.7976931348623157e308",
  "1.7976931348623158e308",
  "1.7976931348623159e308",
  "1e309",
  "-1e999999999999",
  "1e-999999999999",
  "0.1",
  "0.10000000000000000555111512312578270211815834045410156250",
  "0.1000000000000000055511151231257827021181583404541015626",
  "123456789012345678901234567890",
  "0.000000000000000000000000000000000000000000000000000000000001234567890123456789",
  "6929495644600919.5",
  "3.518437208883201171875e13",
  "62.5364939768271845828",
  "8.10109172351e-10",
  "1.50000000000000011102230246251565",
  "1.00000000000000011102230246251565404",
  "1.00000000000000011102230246251565405",
  "7.4109846876186981626485318930233205854758970392148714663837852375101326090531312779794975454245398856969484704316857659638998506553390969459816219401617281718945106978546710679176872575177347315553307795408549809608457500958111373034747658096871009590975442271004757307809711118935784838675653998783503015228055934046593739791790738723868299395818481660169122019456499931289798411362062484498678713572180352209017023903285791732520220528974020802906854021606612375549983402671300035812486479041385743401875520901590172592547146296175134159774938718574737870961645638908718119841271673056017045493004705269590165763776884908267986972573366521765567941072508764337560846003984904972149117463085539556354188641513168478436313080237596295773983001708984375e-324",
];

describe("the parser agrees with the engine", () => {
  test("hard cases", () => {
    const got = read("<f8", hard);
    hard.forEach((literal, i) => {
      expect([literal, got.at(i)]).toEqual([literal, Number(literal)]);
    });
    expect(Object.is(read("<f8", ["-0.0"]).at(0), -0)).toBe(true);
    expect(Object.is(read("<f8", ["-1e-400"]).at(0), -0)).toBe(true);
  });
  test("literals of 1 to 40 digits at all exponents", () => {
    const bytes = randomBytes(inject("seed"), 40_000 * 8);
    const words = new Uint32Array(bytes.buffer);
    const literals: string[] = [];
    for (let i = 0; i + 1 < words.length; i += 2) {
      const digits = `${words[i]}${words[i + 1]}${words[i]}${words[i + 1]}`.slice(0, 1 + ((words[i] as number) % 40));
      const whole = BigInt(digits);
      const exponent = ((words[i + 1] as number) % 700) - 350;
      literals.push(
        i % 3 === 0 ? `${whole}` : i % 3 === 1 ? `${whole}e${exponent}` : `-${whole}.${digits}e${exponent}`,
      );
    }
    const got = read("<f8", literals).toC() as Float64Array;
    const wrong = literals.filter((literal, i) => !Object.is(got[i], Number(literal)));
    expect(wrong).toEqual([]);
  });
  test("beside half-way between two float64 of usual sizes, with more or fewer digits and zeros than they need", () => {
    const values = new Float64Array(usualFloats(inject("seed"), 8_000).buffer);
    const literals: string[] = [];
    for (const value of values) {
      const digits = value.toPrecision(17);
      literals.push(digits, value.toFixed(12), value.toPrecision(16), `${value}`, `${value.toFixed(3)}00000`);
      // Another last digit: near to half-way, since float64 has 15.95 of them.
      if (!digits.includes("e")) literals.push(digits.replace(/\d$/, "5"), `${digits}5`);
    }
    const got = read("<f8", literals).toC() as Float64Array;
    expect(literals.filter((literal, i) => !Object.is(got[i], Number(literal)))).toEqual([]);
  });
  test("float32 and float16 are rounded once, not by way of float64", () => {
    // Half-way between 1 and the next float32, and so little above that float64 does not see it.
    const half = "1.000000059604644775390625";
    expect(read("<f4", [half, `${half}000000000000000000001`]).toC()).toEqual(Float32Array.of(1, 1.0000001192092896));
    const half16 = "1.00048828125";
    expect(read("<f2", [half16, `${half16}00000000000000000001`, "65519.99", "65520"]).toC()).toEqual(
      Uint16Array.of(0x3c00, 0x3c01, 0x7bff, 0x7c00),
    );
    expect(read("<f4", ["3.4028235677973367e38", "3.4028235677973366e38"]).toC()).toEqual(
      Float32Array.of(Number.POSITIVE_INFINITY, 3.4028234663852886e38),
    );
  });
});

describe("shortest, and back", () => {
  test.each(["float64", "float32"] as const)("100,000 random bit patterns of %s", (kind) => {
    expect(shortestProblems(codec, kind, randomBytes(inject("seed"), 100_000 * (kind === "float64" ? 8 : 4)))).toEqual(
      [],
    );
  });
  test("100,000 float64 of usual sizes", () => {
    expect(shortestProblems(codec, "float64", usualFloats(inject("seed"), 100_000))).toEqual([]);
  });
  test("short decimals and integers", () => {
    const values = Float64Array.from({ length: 50_000 }, (_, i) =>
      i % 3 === 0 ? i * 1e11 : Math.round(i * 7919.77) / 10 ** (i % 9),
    );
    expect(shortestProblems(codec, "float64", new Uint8Array(values.buffer))).toEqual([]);
  });
  test("all 65,536 float16", () => {
    const bits = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const array = arrayFromBytes(new Uint8Array(bits.buffer), dtypes.simple("float16"), [65_536]) as NdArray;
    const bytes = codec.encode(array);
    expect(bytesOf(codec.decode(bytes) as NdArray)).toBe(bytesOf(array));
    const { data } = JSON.parse(text.decode(bytes)) as { data: (number | string)[] };
    expect(data.slice(0x3c00, 0x3c04)).toEqual([1, 1.001, 1.002, 1.003]);
    expect([data[0x7bff], data[0x7c00], data[0x7e00], data[0x7e01]]).toEqual([65500, "Infinity", "NaN", "NaN(0x7e01)"]);
  });
  test("every power of two and of ten, and their neighbours", () => {
    const values: number[] = [];
    const bits = new DataView(new ArrayBuffer(8));
    const around = (v: number): void => {
      bits.setFloat64(0, v);
      const raw = bits.getBigUint64(0);
      for (const d of [-1n, 0n, 1n]) {
        if (raw + d < 0n) continue;
        bits.setBigUint64(0, raw + d);
        values.push(bits.getFloat64(0));
      }
    };
    for (let e = -1074; e < 1024; e++) around(2 ** e);
    for (let e = -323; e <= 308; e++) around(Number(`1e${e}`));
    expect(shortestProblems(codec, "float64", new Uint8Array(Float64Array.from(values).buffer))).toEqual([]);
  });
  test("integers at the edge of what a double holds", () => {
    const values = BigInt64Array.of(
      2n ** 53n - 1n,
      2n ** 53n,
      -(2n ** 53n) + 1n,
      -(2n ** 53n),
      2n ** 63n - 1n,
      -(2n ** 63n),
      0n,
      -1n,
    );
    const array = arrayFromBytes(new Uint8Array(values.buffer), dtypes.simple("int64"), [8]);
    const bytes = codec.encode(array as NdArray<Kind>);
    expect(JSON.parse(text.decode(bytes)).data).toEqual([
      9007199254740991,
      "9007199254740992",
      -9007199254740991,
      "-9007199254740992",
      "9223372036854775807",
      "-9223372036854775808",
      0,
      -1,
    ]);
    expect(bytesOf(codec.decode(bytes) as NdArray)).toBe(bytesOf(array as NdArray));
  });
});
