import { describe, dtypes, isMaskedArray, isMasqueradeError, MaskedArray, NdArray, nomask } from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { lostBetween } from "../lost.ts";
import { defineLaw, withoutKind } from "./define.ts";

const f8 = (
  values: readonly number[],
  order: "C" | "F" = "C",
  shape: readonly number[] = [values.length],
): NdArray<"float64"> =>
  new NdArray({ dtype: dtypes.simple("float64"), shape, order, storage: Float64Array.from(values) });
const bools = (
  values: readonly number[],
  shape: readonly number[] = [values.length],
  order: "C" | "F" = "C",
): NdArray<"bool"> => new NdArray({ dtype: dtypes.simple("bool"), shape, order, storage: Uint8Array.from(values) });
const maskedSample = (
  init: { mask?: NdArray<"bool">; fillValue?: NdArray; hardMask?: boolean } = {},
): MaskedArray<"float64"> => new MaskedArray({ data: f8([1.5, -2, 3]), ...init });

async function back(subject: Subject, value: MaskedArray | NdArray): Promise<MaskedArray | NdArray> {
  const after = await subject.decode(await subject.encode(value), subject.config.describeFor?.(value));
  check(!("entries" in after), "one array came back as a bundle");
  return after;
}

async function backMasked(subject: Subject, value: MaskedArray): Promise<MaskedArray> {
  const after = await back(subject, value);
  check(isMaskedArray(after), "a masked array came back plain");
  return after;
}

function announced(subject: Subject, value: MaskedArray | NdArray): readonly string[] {
  return subject.format.losses(describe(value), subject.config.writeOptions as never).map((l) => l.id);
}

/** A trait that a format lacks must be announced, lost, and refused under `exact`. */
async function heldToLoss(subject: Subject, value: MaskedArray, id: string): Promise<void> {
  check(announced(subject, value).includes(id), `losses() does not announce "${id}"`);
  const error = await failureOf(() => subject.encode(value, { exact: true }));
  check(
    isMasqueradeError(error, "CAPABILITY_MISSING"),
    `exact: true did not refuse the loss of "${id}": ${told(error)}`,
  );
  const lost = lostBetween(value, await back(subject, value));
  check(lost.has(id as never), `"${id}" is announced as lost but came back`);
}

const law = (name: string, needs: Law["needs"], sentence: string, run: Law["run"]): Law =>
  defineLaw(`mask/${name}`, sentence, run, {
    needs,
    unless: withoutKind(name === "per-field-structured" ? "struct" : "float64"),
  });

export const maskLaws: readonly Law[] = [
  law(
    "refused-when-unsupported",
    ["not mask"],
    "A format without masks refuses a masked array; it never drops the mask.",
    async (s) => {
      for (const value of [
        maskedSample({ mask: bools([0, 1, 0]) }),
        maskedSample({ mask: bools([0, 0, 0]) }),
        maskedSample(),
      ]) {
        const error = await failureOf(() => s.encode(value));
        check(isMasqueradeError(error, "CAPABILITY_MISSING"), `a mask was dropped in silence: ${told(error)}`);
        check(announced(s, value).includes("mask"), 'losses() does not announce "mask"');
      }
    },
  ),
  law("values-come-back", ["mask"], "Which elements are masked comes back exactly.", async (s) => {
    const value = maskedSample({ mask: bools([0, 1, 0]) });
    const after = await backMasked(s, value);
    check(
      after.maskArray().toBytes("C").join() === "0,1,0",
      `mask 0,1,0 came back as ${after.maskArray().toBytes("C").join()}`,
    );
  }),
  law(
    "masked-stays-masked",
    ["mask"],
    "A masked array never comes back plain, not even with nothing masked.",
    async (s) => {
      await backMasked(s, maskedSample());
      await backMasked(s, maskedSample({ mask: bools([0, 0, 0]) }));
    },
  ),
  law("plain-stays-plain", [], "A plain array never comes back masked.", async (s) => {
    check(!isMaskedArray(await back(s, f8([1, 2]))), "a plain array came back masked");
  }),
  law("nomask-is-not-all-false", ["mask", "nomask"], "nomask and a mask that is all false stay apart.", async (s) => {
    check((await backMasked(s, maskedSample())).mask === nomask, "nomask came back as a mask");
    check(
      (await backMasked(s, maskedSample({ mask: bools([0, 0, 0]) }))).mask !== nomask,
      "a mask that is all false came back as nomask",
    );
  }),
  law(
    "nomask-announced",
    ["mask", "not nomask"],
    "A format that makes nomask a full mask announces it and refuses under exact.",
    async (s) => heldToLoss(s, maskedSample(), "nomask"),
  ),
  law("hidden-values", ["mask", "hiddenValues"], "Values beneath the mask come back bit for bit.", async (s) => {
    const data = f8([1, Number.NaN, 3]);
    new BigUint64Array(data.storage.buffer)[1] = 0x7ff8dead0000beefn;
    const after = await backMasked(s, new MaskedArray({ data, mask: bools([0, 1, 0]) }));
    const bits = new BigUint64Array((after.data.toC() as Float64Array).slice().buffer)[1];
    check(bits === 0x7ff8dead0000beefn, `hidden bits came back as ${bits?.toString(16)}`);
  }),
  law(
    "hidden-values-announced",
    ["mask", "not hiddenValues"],
    "A format that does not write values beneath the mask announces it.",
    async (s) => heldToLoss(s, maskedSample({ mask: bools([0, 1, 0]) }), "hidden-values"),
  ),
  law("fill-value-own-dtype", ["mask", "fillValue"], "A fill value comes back with its own dtype.", async (s) => {
    const fill = new NdArray({
      dtype: dtypes.simple("int64"),
      shape: [],
      storage: BigInt64Array.of(2n ** 60n + 1n),
    }) as NdArray;
    const after = await backMasked(s, maskedSample({ mask: bools([0, 1, 0]), fillValue: fill }));
    check(after.fillValue !== undefined, "the fill value came back unset");
    check(
      after.fillValue.dtype.kind === "int64" && after.fillValue.at() === 2n ** 60n + 1n,
      `int64 2**60+1 came back as ${after.fillValue.dtype.kind} ${after.fillValue.at()}`,
    );
  }),
  law("fill-value-unset", ["mask", "fillValue"], "A fill value that was never set comes back unset.", async (s) => {
    check(
      (await backMasked(s, maskedSample({ mask: bools([0, 1, 0]) }))).fillValue === undefined,
      "an unset fill value came back set",
    );
  }),
  law(
    "fill-value-refused",
    ["mask", "not fillValue"],
    "A format without fill values announces the loss of one.",
    async (s) => {
      const value = maskedSample({ mask: bools([0, 1, 0]), fillValue: f8([-9], "C", []) as NdArray });
      check(
        announced(s, value).some((id) => id.startsWith("fill-value")),
        "losses() does not announce the fill value",
      );
      const error = await failureOf(() => s.encode(value, { exact: true }));
      check(isMasqueradeError(error, "CAPABILITY_MISSING"), `the fill value was dropped in silence: ${told(error)}`);
    },
  ),
  law("hard-mask", ["mask", "hardMask"], "A hard mask comes back hard, a soft one soft.", async (s) => {
    for (const hardMask of [true, false])
      check(
        (await backMasked(s, maskedSample({ mask: bools([0, 1, 0]), hardMask }))).hardMask === hardMask,
        `hardMask ${hardMask} came back as ${!hardMask}`,
      );
  }),
  law(
    "hard-mask-announced",
    ["mask", "not hardMask"],
    "A format without hard masks announces the loss of one.",
    async (s) => heldToLoss(s, maskedSample({ mask: bools([0, 1, 0]), hardMask: true }), "hard-mask"),
  ),
  law("fortran-mask", ["mask"], "The mask of a Fortran-ordered array stays with its elements.", async (s) => {
    const value = new MaskedArray({
      data: f8([1, 2, 3, 4, 5, 6], "F", [2, 3]),
      mask: bools([0, 1, 0, 0, 0, 1], [2, 3], "F"),
    });
    const after = await backMasked(s, value);
    check(
      (after.data.toC() as Float64Array).join() === "1,3,5,2,4,6" || announced(s, value).includes("hidden-values"),
      `data came back as ${after.data.toC()}`,
    );
    check(
      after.maskArray().toBytes("C").join() === "0,0,0,1,0,1",
      `mask came back as ${after.maskArray().toBytes("C").join()}`,
    );
  }),
  law(
    "mask-order-differs",
    ["mask"],
    "A mask whose memory order differs from the data's stays with its elements.",
    async (s) => {
      const value = new MaskedArray({
        data: f8([1, 2, 3, 4, 5, 6], "C", [2, 3]),
        mask: bools([0, 1, 0, 0, 0, 1], [2, 3], "F"),
      });
      const after = await backMasked(s, value);
      check(
        after.maskArray().toBytes("C").join() === "0,0,0,1,0,1",
        `mask came back as ${after.maskArray().toBytes("C").join()}`,
      );
    },
  ),
  law(
    "per-field-structured",
    ["mask", "fieldMasks"],
    "Each field of a record is masked for itself, sub-arrays element by element.",
    async (s) => {
      const dtype = dtypes.struct([
        { name: "a", dtype: dtypes.simple("int8") },
        { name: "b", dtype: dtypes.simple("int8"), shape: [2] },
      ]);
      const data = new NdArray({ dtype, shape: [2], storage: Uint8Array.of(1, 2, 3, 4, 5, 6) });
      const mask = new NdArray({
        dtype: dtypes.struct([
          { name: "a", dtype: dtypes.simple("bool") },
          { name: "b", dtype: dtypes.simple("bool"), shape: [2] },
        ]),
        shape: [2],
        storage: Uint8Array.of(1, 0, 0, 0, 0, 1),
      });
      const after = await backMasked(s, new MaskedArray({ data, mask }));
      check(
        after.maskArray().toBytes("C").join() === "1,0,0,0,0,1",
        `field masks 1,0,0,0,0,1 came back as ${after.maskArray().toBytes("C").join()}`,
      );
    },
  ),
];
