import {
  type AnyArray,
  type Attrs,
  arrayFromBytes,
  Bundle,
  Complex,
  type DType,
  describe,
  difference,
  dtypes,
  isMasqueradeError,
  type Kind,
  MaskedArray,
  NdArray,
  Tuple,
} from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { lostBetween } from "../lost.ts";
import { sampleDTypes } from "../samples/dtypes.ts";
import { sampleArray } from "../samples/elements.ts";
import { sampleMask } from "../samples/masks.ts";
import { random } from "../samples/random.ts";
import { dict, type Value } from "./appending.ts";
import { defineLaw, withoutKind } from "./define.ts";
import { holdSample } from "./roundtrip.ts";

const since = "1.2.0";

/** The smallest kind a format holds. */
const small = ({ format }: Subject): Kind =>
  (["uint8", "int8", "bool", "int16", "float32"] as const).find((k) => format.capabilities.kinds.includes(k)) ??
  (format.capabilities.kinds[0] as Kind);

const plain = (dtype: DType, shape: readonly number[]): NdArray => sampleArray(dtype, shape, "C", random(43), "random");

/** Values that differ from ordinary ones in their extent: what a field of one or two bytes cannot count. */
function* wide(s: Subject): Generator<readonly [what: string, value: AnyArray]> {
  const { kinds, mask } = s.format.capabilities;
  const dtype = sampleDTypes(small(s), "little")[0] as DType;
  const long = plain(dtype, [70_000]);
  if (!mask) yield ["an axis of 70,000", long];
  else {
    const some = sampleMask("some", dtype, [70_000], "C", random(44));
    yield ["an axis of 70,000, masked", new MaskedArray({ data: long, mask: some })];
  }
  yield ["300 columns", plain(dtype, [2, 300])];
  yield ["ten axes", plain(dtype, [1, 2, 1, 2, 1, 2, 1, 2, 1, 2])];
  yield [
    "thirty-two axes",
    plain(
      dtype,
      Array.from({ length: 32 }, (_, i) => (i === 31 ? 3 : 1)),
    ),
  ];
  if (kinds.includes("bytes")) yield ["bytes of 300", plain(dtypes.bytes(300), [2])];
  if (kinds.includes("str")) yield ["text of 300 characters", plain(dtypes.str(300), [2])];
  if (kinds.includes("void")) yield ["70,000 opaque bytes", plain(dtypes.opaque(70_000), [1])];
  if (!kinds.includes("struct")) return;
  const fields = Array.from({ length: 300 }, (_, i) => ({ name: `field ${i}`, dtype: dtypes.simple("int8") }));
  yield ["a record of 300 fields", plain(dtypes.struct(fields), [2])];
  yield [
    "a field with a long name",
    plain(dtypes.struct([{ name: "n".repeat(300), dtype: dtypes.simple("int8") }]), [2]),
  ];
}

const scalar = (dtype: DType, bytes: readonly number[]): NdArray =>
  arrayFromBytes(Uint8Array.from(bytes), dtype, [], "C", { copy: true }) as NdArray;

/** Fill values whose bits are easily lost. */
function* fills(s: Subject): Generator<readonly [what: string, value: MaskedArray]> {
  const { kinds } = s.format.capabilities;
  const f8 = dtypes.simple("float64");
  const masked = (kind: Kind, fillValue: NdArray): MaskedArray => {
    const dtype = sampleDTypes(kind, "little")[0] as DType;
    const mask = new NdArray({ dtype: dtypes.simple("bool"), shape: [3], storage: Uint8Array.of(0, 1, 0) });
    return new MaskedArray({ data: plain(dtype, [3]), mask, fillValue });
  };
  if (kinds.includes("float64")) {
    yield ["NaN with a payload", masked("float64", scalar(f8, [0xef, 0xbe, 0, 0, 0xad, 0xde, 0xf8, 0x7f]))];
    yield ["infinity", masked("float64", scalar(f8, [0, 0, 0, 0, 0, 0, 0xf0, 0xff]))];
    yield ["-0", masked("float64", scalar(f8, [0, 0, 0, 0, 0, 0, 0, 0x80]))];
    yield ["0", masked("float64", scalar(f8, [0, 0, 0, 0, 0, 0, 0, 0]))];
  }
  if (kinds.includes("int64"))
    yield ["the least integer", masked("int64", scalar(dtypes.simple("int64"), [0, 0, 0, 0, 0, 0, 0, 0x80]))];
  if (kinds.includes("uint8")) yield ["255", masked("uint8", scalar(dtypes.simple("uint8"), [255]))];
  if (kinds.includes("bool")) yield ["false", masked("bool", scalar(dtypes.simple("bool"), [0]))];
  if (kinds.includes("datetime64"))
    yield ["NaT", masked("datetime64", scalar(dtypes.datetime64("D"), [0, 0, 0, 0, 0, 0, 0, 0x80]))];
}

const points = (text: readonly number[][], width: number): NdArray =>
  new NdArray({
    dtype: dtypes.str(width),
    shape: [text.length],
    storage: Uint32Array.from(text.flatMap((one) => Array.from({ length: width }, (_, i) => one[i] ?? 0))),
  }) as NdArray;

/** Back exactly, or refused with a typed error: what no header tells. */
async function exactOrRefused(s: Subject, what: string, value: Value): Promise<void> {
  const bytes = await s.encode(value).catch((error: unknown) => {
    check(isMasqueradeError(error), `${what}: ${told(error)}`);
  });
  if (bytes === undefined) return;
  const lost = lostBetween(value, await s.decode(bytes, s.config.describeFor?.(value)));
  const announced = s.format.losses(describe(value), s.config.writeOptions as never).map((l) => l.id);
  for (const id of ["values", "dtype", "shape", "attrs", "names", "fill-value", "fill-value-dtype"] as const)
    check(!lost.has(id) || announced.includes(id), `${what}: lost in silence (${id}): ${lost.get(id)}`);
}

/** Attributes of every type, and at the edges of each. */
const attrs: Attrs = new Map([
  ["NaN", Number.NaN],
  ["-0", -0],
  ["infinity", Number.NEGATIVE_INFINITY],
  ["2**53 + 1", 2n ** 53n + 1n],
  ["2**70", -(2n ** 70n)],
  ["a float that is whole", 1e300],
  ["empty text", ""],
  ["text", "𝄞 \u0000 \u2028 \"' \\ \n"],
  ["no bytes", new Uint8Array(0)],
  ["no items", []],
  [
    "nested",
    [
      [1n, [2.5]],
      [true, null],
    ],
  ],
  ["a tuple", new Tuple([1n, "two"])],
  ["complex", new Complex(-0, 2)],
  ["x".repeat(300), 1n],
] as never);

export const extentLaws: readonly Law[] = [
  defineLaw(
    "roundtrip/extents",
    "Axes of 70,000, ten and thirty-two axes, texts and records of 300 come back or are announced as lost: what a byte or two cannot count.",
    async (s) => {
      for (const [what, value] of wide(s)) await holdSample(s, value, what);
    },
    { since },
  ),
  defineLaw(
    "roundtrip/hard-texts",
    "Texts with lone surrogates, with inner zeros, with line ends and quotes, and empty ones come back exactly or are refused with a typed error.",
    async (s) => {
      const a = 0x61;
      for (const [what, one] of [
        ["a lone surrogate", [a, 0xd800, a]],
        ["two surrogates that are no pair", [0xdc00, 0xd800]],
        ["two surrogates that look like a pair", [0xd834, 0xdd1e]],
        ["an inner zero", [a, 0, a]],
        ["line ends", [a, 13, 10, a]],
        ["quotes and commas", [0x22, 0x2c, 0x27, 0x5c]],
        ["spaces at both ends", [0x20, a, 0x20]],
        ["nothing", []],
        ["what looks like a number", [0x31, 0x65, 0x35]],
        ["what looks like no value", [0x6e, 0x75, 0x6c, 0x6c]],
        ["the last character there is", [0x10ffff]],
      ] as [string, number[]][])
        await exactOrRefused(s, what, points([one, [a]], 4));
    },
    { since, unless: withoutKind("str") },
  ),
  defineLaw(
    "mask/fill-values-of-every-sort",
    "NaN with its payload, infinities, either zero, the least integer, NaT and False come back as fill values, or are refused with a typed error.",
    async (s) => {
      for (const [what, value] of fills(s)) await exactOrRefused(s, `a fill value of ${what}`, value);
    },
    { since, needs: ["mask", "fillValue"] },
  ),
  defineLaw(
    "mask/hidden-values-not-written",
    "A format that does not keep what is beneath the mask does not write it either: two arrays that differ there only give the same bytes.",
    async (s) => {
      const of = (hidden: number): MaskedArray =>
        new MaskedArray({
          data: new NdArray({
            dtype: dtypes.simple("float64"),
            shape: [3],
            storage: Float64Array.of(1, hidden, 3),
          }) as NdArray,
          mask: new NdArray({ dtype: dtypes.simple("bool"), shape: [3], storage: Uint8Array.of(0, 1, 0) }),
        });
      const [one, other] = [await s.encode(of(123456789)), await s.encode(of(-0.5))];
      check(
        one.length === other.length && one.every((b, i) => b === other[i]),
        "the file tells what is beneath the mask, though reading it does not",
      );
    },
    { since, needs: ["mask", "not hiddenValues"], unless: withoutKind("float64") },
  ),
  defineLaw(
    "attrs/values",
    "Attributes of every type come back: NaN, -0, integers beyond 2**64, empty and nested lists, tuples, complex numbers, bytes; or the one that cannot is refused.",
    async (s) => {
      for (const [name, value] of attrs) {
        const array = plain(dtypes.simple(small(s) as "uint8"), [2]).with({ attrs: new Map([[name, value]]) });
        await exactOrRefused(s, `the attribute ${name.slice(0, 30)}`, array);
      }
    },
    { since, needs: ["attrs"] },
  ),
  defineLaw(
    "bundle/many",
    "Three hundred arrays come back in their order, and so does a bundle of none; or they are refused.",
    async (s) => {
      const one = plain(sampleDTypes(small(s), "little")[0] as DType, [2]);
      await holdSample(
        s,
        dict(...Array.from({ length: 300 }, (_, i) => [`name ${300 - i}`, one] as const)),
        "300 arrays",
      );
      await exactOrRefused(s, "a bundle of nothing", new Bundle({ entries: [] })).catch((error: unknown) => {
        // What holds no array may not be a file of the format at all: then reading it says so.
        check(isMasqueradeError(error), `a bundle of nothing: ${told(error)}`);
      });
    },
    { since, needs: ["bundle"] },
  ),
  defineLaw(
    "bundle/attrs",
    "Attributes of a bundle, and of a group within one, come back or are announced as lost.",
    async (s) => {
      const { nested } = s.format.capabilities;
      const one = plain(sampleDTypes(small(s), "little")[0] as DType, [2]);
      const own: Attrs = new Map<string, never>([
        ["units", "K"],
        ["count", 7n],
      ] as never);
      await holdSample(s, new Bundle({ entries: [["a", one]], attrs: own }), "attributes of a bundle");
      await holdSample(s, new Bundle({ entries: [["a", one]], attrs: new Map([["units", "m"]]) }), "another unit");
      if (!nested) return;
      const group = new Bundle({ entries: [["x", one]], attrs: own });
      await holdSample(s, dict(["a", one], ["group", group]), "attributes of a group");
    },
    { since, needs: ["bundle"] },
  ),
  defineLaw(
    "bundle/members-of-every-sort",
    "Members in Fortran order, big-endian, empty, 0-d, without a mask or with a hard one lose what losses() announces of them, and exact refuses where it announces anything.",
    async (s) => {
      const { kinds, mask } = s.format.capabilities;
      const kind = kinds.includes("float64") ? "float64" : small(s);
      const [little, big] = (["little", "big"] as const).map((o) => sampleDTypes(kind, o)[0]) as [DType, DType];
      const members: [string, Value][] = [
        ["Fortran", sampleArray(little, [2, 3], "F", random(5))],
        ["big", sampleArray(big, [2], "C", random(6))],
        ["empty", sampleArray(little, [0, 2], "C", random(7))],
        ["scalar", sampleArray(little, [], "C", random(8))],
      ];
      if (mask) {
        const data = sampleArray(little, [3], "C", random(9));
        members.push(
          ["nomask", new MaskedArray({ data })],
          ["hard", new MaskedArray({ data, mask: sampleMask("some", little, [3], "C", random(4)), hardMask: true })],
        );
      }
      for (const member of members) {
        const value = dict(["first", plain(little, [2])], member);
        await holdSample(s, value, `a bundle with ${member[0]}`);
        const losses = s.format.losses(describe(value), s.config.writeOptions as never);
        const error = await failureOf(() => s.encode(value, { exact: true }));
        check(
          losses.length === 0 ? error === undefined : isMasqueradeError(error, "CAPABILITY_MISSING"),
          `a bundle with ${member[0]}: losses() announces ${losses.map((l) => l.id).join(", ") || "nothing"}, and exact: true gave ${told(error)}`,
        );
      }
    },
    { since, needs: ["bundle"] },
  ),
  defineLaw(
    "bundle/select-path",
    'select "group/x" decodes the one array of a group, masked as it is.',
    async (s) => {
      const dtype = sampleDTypes(
        s.format.capabilities.kinds.includes("float64") ? "float64" : small(s),
        "little",
      )[0] as DType;
      const data = plain(dtype, [3]);
      const x = s.format.capabilities.mask
        ? new MaskedArray({ data, mask: sampleMask("some", dtype, [3], "C", random(4)) })
        : data;
      const value = dict(["x", plain(dtype, [2])], ["group", dict(["x", x], ["y", data])]);
      const bytes = await s.encode(value);
      const whole = (await s.decode(bytes)) as Bundle;
      const how = difference(whole.get("group/x") as Value, await s.decode(bytes, { select: "group/x" }));
      check(how === undefined, `select "group/x": ${how}`);
      const error = await failureOf(() => s.decode(bytes, { select: "group/z" }));
      check(isMasqueradeError(error, "INDEX_INVALID"), `select of a path that is not there: ${told(error)}`);
    },
    { since, needs: ["bundle", "nested"] },
  ),
];
