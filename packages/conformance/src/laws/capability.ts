import {
  type AnyArray,
  Bundle,
  describe,
  difference,
  dtypes,
  isMaskedArray,
  isMasqueradeError,
  type Kind,
  type LossId,
  MaskedArray,
  NdArray as Nd,
  type NdArray,
  zeros,
} from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { lostBetween } from "../lost.ts";
import { nameOf, plainSample } from "../samples/cover.ts";
import { sampleDTypes } from "../samples/dtypes.ts";
import { sampleArray } from "../samples/elements.ts";
import { allKinds } from "../samples/kinds.ts";
import { random } from "../samples/random.ts";
import { defineLaw } from "./define.ts";

const since = "1.1.0";

const ids = (s: Subject, value: AnyArray | Bundle): readonly LossId[] =>
  s.format.losses(describe(value), s.config.writeOptions as never).map((l) => l.id);

async function back(s: Subject, value: AnyArray): Promise<AnyArray> {
  return (await s.decode(await s.encode(value), s.config.describeFor?.(value))) as AnyArray;
}

/** A trait the format does not keep: announced, refused under exact, lost otherwise. */
async function heldToLoss(s: Subject, value: AnyArray, id: LossId): Promise<void> {
  check(ids(s, value).includes(id), `${nameOf(value)}: losses() does not announce "${id}"`);
  const error = await failureOf(() => s.encode(value, { exact: true }));
  check(isMasqueradeError(error, "CAPABILITY_MISSING"), `exact: true took the loss of "${id}": ${told(error)}`);
  check(lostBetween(value, await back(s, value)).has(id), `"${id}" is declared as not kept but came back`);
}

/** A small array of the first kind held that has a byte order, or of the first kind. */
function ordered(s: Subject, order: "little" | "big", memory: "C" | "F" = "C"): NdArray {
  const { kinds } = s.format.capabilities;
  const kind =
    (["float64", "int32", "int16", "float32"] as Kind[]).find((k) => kinds.includes(k)) ?? (kinds[0] as Kind);
  return sampleArray(sampleDTypes(kind, order)[0] as never, [2, 3], memory, random(9));
}

const recordOnly = ({ capabilities }: Subject["format"]): string | undefined =>
  capabilities.kinds.includes("struct") ? undefined : "the format holds no struct";
const noOrderedKind = ({ capabilities }: Subject["format"]): string | undefined =>
  capabilities.kinds.some((k) => ["float64", "int32", "int16", "float32"].includes(k))
    ? undefined
    : "the format holds no kind with a byte order";

export const capabilityLaws: readonly Law[] = [
  defineLaw(
    "capability/kinds",
    "The kinds declared are held, and every other kind is announced as lost and refused.",
    async (s) => {
      for (const kind of allKinds) {
        const array = sampleArray(sampleDTypes(kind, "little")[0] as never, [3], "C", random(13));
        const held = s.format.capabilities.kinds.includes(kind);
        const lost = ids(s, array).includes("dtype");
        check(
          held !== lost,
          `${kind} is ${held ? "" : "not "}among the kinds, but losses() ${lost ? "announces" : "does not announce"} its loss`,
        );
        if (held) continue;
        const error = await failureOf(() => s.encode(array));
        check(isMasqueradeError(error, "CAPABILITY_MISSING"), `${kind}, which is not declared: ${told(error)}`);
      }
    },
    { since },
  ),
  defineLaw(
    "capability/memory-order",
    "Fortran order comes back as Fortran order, C order as C order.",
    async (s) => {
      for (const order of ["C", "F"] as const) {
        const after = await back(s, ordered(s, "little", order));
        check(after.order === order, `${order} came back as ${after.order}`);
      }
    },
    { since, needs: ["memoryOrder"] },
  ),
  defineLaw(
    "capability/memory-order-announced",
    "A format that knows one memory order announces the loss of the other, and only that.",
    async (s) => {
      const lost = (["C", "F"] as const).filter((order) =>
        ids(s, ordered(s, "little", order)).includes("memory-order"),
      );
      check(lost.length === 1, `losses() announces "memory-order" for ${lost.join(" and ") || "neither order"}`);
      await heldToLoss(s, ordered(s, "little", lost[0] as "C" | "F"), "memory-order");
    },
    { since, needs: ["not memoryOrder"] },
  ),
  defineLaw(
    "capability/byte-order",
    "Big-endian comes back big-endian, little-endian little-endian, with the same values.",
    async (s) => {
      for (const order of ["little", "big"] as const) {
        const array = ordered(s, order);
        const after = await back(s, array);
        check(after.dtype.byteOrder === order, `${order} came back as ${after.dtype.byteOrder}`);
        const data = isMaskedArray(after) ? after.data : after;
        const want = array.toC() as ArrayLike<unknown>;
        check(
          Array.from(data.toC() as ArrayLike<unknown>).every((v, i) => Object.is(v, want[i])),
          `values of a ${order}-endian array changed`,
        );
      }
    },
    { since, needs: ["byteOrder"], unless: noOrderedKind },
  ),
  defineLaw(
    "capability/byte-order-announced",
    "A format that knows one byte order announces the loss of the other, and only that.",
    async (s) => {
      const lost = (["little", "big"] as const).filter((order) => ids(s, ordered(s, order)).includes("byte-order"));
      check(lost.length === 1, `losses() announces "byte-order" for ${lost.join(" and ") || "neither order"}`);
      await heldToLoss(s, ordered(s, lost[0] as "little" | "big"), "byte-order");
    },
    { since, needs: ["not byteOrder"], unless: noOrderedKind },
  ),
  defineLaw(
    "capability/field-masks-refused",
    "A format whose masks cover whole elements refuses masks per field; it never collapses them.",
    async (s) => {
      const dtype = dtypes.struct([
        { name: "a", dtype: dtypes.simple("int8") },
        { name: "b", dtype: dtypes.simple("int8") },
      ]);
      const bools = dtypes.struct([
        { name: "a", dtype: dtypes.simple("bool") },
        { name: "b", dtype: dtypes.simple("bool") },
      ]);
      const value = new MaskedArray({
        data: new Nd({ dtype, shape: [2], storage: Uint8Array.of(1, 2, 3, 4) }),
        mask: new Nd({ dtype: bools, shape: [2], storage: Uint8Array.of(1, 0, 0, 1) }),
      });
      check(ids(s, value).includes("field-masks"), 'losses() does not announce "field-masks"');
      const error = await failureOf(() => s.encode(value));
      check(
        isMasqueradeError(error, "CAPABILITY_MISSING"),
        `masks per field were collapsed in silence: ${told(error)}`,
      );
    },
    { since, needs: ["mask", "not fieldMasks"], unless: recordOnly },
  ),
  defineLaw(
    "capability/nested-refused",
    "A format without groups refuses a bundle within a bundle; it never flattens or drops one.",
    async (s) => {
      const sample = ordered(s, "little");
      const value = new Bundle({
        entries: [
          ["top", sample],
          ["group", new Bundle({ entries: [["x", sample]] })],
        ],
      });
      const losses = s.format.losses(describe(value), s.config.writeOptions as never);
      check(
        losses.some((l) => l.grade === "content"),
        "losses() does not announce that a group cannot be held",
      );
      const error = await failureOf(() => s.encode(value));
      check(isMasqueradeError(error, "CAPABILITY_MISSING"), `a group was flattened in silence: ${told(error)}`);
    },
    { since, needs: ["bundle", "not nested"] },
  ),
  defineLaw(
    "capability/text",
    "A text format writes valid UTF-8 without control characters other than tabs and line ends.",
    async (s) => {
      const text = new TextDecoder("utf-8", { fatal: true });
      const bytes = await s.encode(plainSample(s.format.capabilities));
      const error = await failureOf(() => text.decode(bytes));
      check(error === undefined, "the output is not UTF-8");
      const bad = bytes.findIndex((b) => b < 32 && b !== 9 && b !== 10 && b !== 13);
      check(bad === -1, `byte ${bad} of the output is control character ${bytes[bad]}`);
    },
    { since, needs: ["text"] },
  ),
  defineLaw(
    "capability/not-text",
    "A format that is not declared as text does not write text: the flag is what people choose by.",
    async (s) => {
      const bytes = await s.encode(plainSample(s.format.capabilities));
      const printable = bytes.every((b) => (b >= 32 && b < 127) || b === 9 || b === 10 || b === 13);
      check(!printable, "every byte of the output is printable, yet text is declared false");
    },
    { since, needs: ["not text"] },
  ),
  defineLaw(
    "capability/self-describing",
    "A self-describing file is decoded without being told anything.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const error = await failureOf(async () => s.codec.decode(await s.encode(sample), { ...s.config.readOptions }));
      check(error === undefined, `decode without a description: ${told(error)}`);
    },
    { since, needs: ["selfDescribing"] },
  ),
  defineLaw(
    "capability/description-demanded",
    "A format whose files do not say what they hold asks for it by name; it never guesses, and sniff never says yes.",
    async (s) => {
      const bytes = await s.encode(plainSample(s.format.capabilities));
      const error = await failureOf(async () => s.codec.decode(bytes, {}));
      check(isMasqueradeError(error, "OPTION_INVALID"), `decode without a description: ${told(error)}`);
      check(s.format.sniff(bytes) !== "yes", "sniff claims bytes that say nothing of themselves");
    },
    { since, needs: ["not selfDescribing"] },
  ),
  defineLaw(
    "capability/compressed",
    "A format that declares compression has a way of writing zeros in a quarter of their size.",
    async (s) => {
      const array = zeros("float64", [8192]);
      let least = Number.POSITIVE_INFINITY;
      for (const options of ways(s)) {
        const bytes = await s.encode(array, options).catch(() => undefined);
        if (bytes !== undefined) least = Math.min(least, bytes.length);
      }
      check(least < array.nbytes / 4, `no option writes ${array.nbytes} zero bytes in less than ${least}`);
    },
    {
      since,
      needs: ["compressed"],
      unless: ({ capabilities }) =>
        capabilities.kinds.includes("float64") ? undefined : "the format holds no float64",
    },
  ),
  defineLaw(
    "capability/not-compressed",
    "A binary format that declares no compression writes every byte of the data.",
    async (s) => {
      const array = zeros("float64", [8192]);
      const bytes = await s.encode(array);
      check(bytes.length >= array.nbytes, `${array.nbytes} bytes of data became a file of ${bytes.length}`);
    },
    {
      since,
      needs: ["not compressed", "not text"],
      unless: ({ capabilities }) =>
        capabilities.kinds.includes("float64") ? undefined : "the format holds no float64",
    },
  ),
  defineLaw(
    "capability/copy-false",
    "copy: false and leaving copy out give the same array as copy: true.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const read = s.config.describeFor?.(sample);
      const want = await s.decode(bytes, { ...read, copy: true });
      for (const copy of [false, undefined]) {
        const how = difference(want, await s.decode(bytes, { ...read, copy }));
        check(how === undefined, `copy: ${copy}: ${how}`);
      }
    },
    { since },
  ),
];

/** Each choice of each option, one at a time, after none. */
function* ways(s: Subject): Generator<object> {
  yield {};
  for (const [name, spec] of Object.entries(s.format.options.write)) {
    if (spec.codeOnly === true) continue;
    for (const choice of spec.choices ?? []) yield { [name]: choice };
    if (spec.type === "boolean") yield { [name]: true };
    if (spec.type === "integer") yield { [name]: Math.min(spec.maximum ?? 6, Math.max(spec.minimum ?? 6, 6)) };
  }
}
