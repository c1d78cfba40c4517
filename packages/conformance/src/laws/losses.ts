import {
  type AnyArray,
  describe,
  difference,
  type Header,
  headerOf,
  isMaskedArray,
  isMasqueradeError,
  type Kind,
  type Loss,
  type LossId,
  lossKinds,
  nomask,
} from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { lostBetween } from "../lost.ts";
import { coveringSet, nameOf, plainSample } from "../samples/cover.ts";
import { holdShrinking } from "../shrink/shrink.ts";
import { defineLaw } from "./define.ts";

const since = "1.1.0";

/** Kinds that differ from each other in what can be lost: one of each sort, of those the format holds. */
function telling({ format }: Subject): readonly Kind[] {
  const { kinds } = format.capabilities;
  const wanted: readonly Kind[] = ["float64", "struct"];
  const held = wanted.filter((kind) => kinds.includes(kind));
  return held.length > 0 ? held : kinds.slice(0, 1);
}

const announced = (s: Subject, array: AnyArray): readonly Loss[] =>
  s.format.losses(describe(array), s.config.writeOptions as never);

/** Whether a trait is there to be lost, as far as an array can tell; the header alone decides more roughly. */
function isThere(id: LossId, array: AnyArray): boolean {
  if (id === "hidden-values" || id === "field-masks" || id === "mask")
    return isMaskedArray(array) && array.mask !== nomask && array.mask.toBytes().some((b) => b !== 0);
  return true;
}

export const lossLaws: readonly Law[] = [
  defineLaw(
    "losses/really-lost",
    "What losses() announces is lost: nothing is announced that comes back after all.",
    async (s) => {
      for (const { array } of coveringSet(telling(s), s.config.seed, s.config.product))
        await holdShrinking(array, async (value) => {
          const losses = announced(s, value);
          if (losses.length === 0 || losses.some((l) => l.grade === "content")) return;
          const back = await s.decode(await s.encode(value), s.config.describeFor?.(value));
          const lost = lostBetween(value, back);
          // Hidden values are not compared bit for bit where they are not kept, so what they were does not matter.
          for (const { id } of losses)
            if (isThere(id, value) && id !== "hidden-values")
              check(lost.has(id), `${nameOf(value)}: "${id}" is announced as lost but came back`);
        });
    },
    { since },
  ),
  defineLaw(
    "losses/exact-refuses",
    "Under exact: true encode refuses an array when losses() announces anything, and takes it when it announces nothing.",
    async (s) => {
      for (const { array } of coveringSet(telling(s), s.config.seed, s.config.product))
        await holdShrinking(array, async (value) => {
          const losses = announced(s, value);
          const error = await failureOf(() => s.encode(value, { exact: true }));
          if (losses.length === 0) check(error === undefined, `${nameOf(value)}: nothing is lost, yet ${told(error)}`);
          else
            check(
              isMasqueradeError(error, "CAPABILITY_MISSING"),
              `${nameOf(value)}: exact: true took the loss of ${losses[0]?.what}: ${told(error)}`,
            );
        });
    },
    { since },
  ),
  defineLaw(
    "losses/accepted-one-by-one",
    "Accepting one loss accepts no other: content that was not named in lossy is still refused.",
    async (s) => {
      for (const { array } of coveringSet(["float64", "object", "str", "struct"], s.config.seed)) {
        const content = announced(s, array).filter((l) => l.grade === "content");
        if (content.length === 0) continue;
        const others = (Object.keys(lossKinds) as LossId[]).filter((id) => !content.some((l) => l.id === id));
        const error = await failureOf(() => s.encode(array, { lossy: others }));
        check(
          isMasqueradeError(error, "CAPABILITY_MISSING"),
          `${nameOf(array)}: ${content[0]?.what} was dropped though only other losses were accepted: ${told(error)}`,
        );
      }
    },
    { since },
  ),
  defineLaw(
    "losses/well-formed",
    "losses() is a pure function of the header: the same answer twice, known ids with their grades, and a sentence of advice for each.",
    async (s) => {
      const headers = [...coveringSet(["float64", "int64", "str", "object", "struct"], s.config.seed)];
      for (const { array } of headers) {
        const header: Header = headerOf(array);
        const [first, second] = [announced(s, array), announced(s, array)];
        check(JSON.stringify(first) === JSON.stringify(second), `${nameOf(array)}: two calls of losses() differ`);
        check(difference(array, array) === undefined && header.dtype === array.dtype, "losses() changed its header");
        for (const { id, grade, what, why } of first) {
          const kind = Object.hasOwn(lossKinds, id) ? lossKinds[id] : undefined;
          check(kind !== undefined, `losses() announces "${id}", which is no loss there is`);
          check(kind.grade === grade, `"${id}" is a loss of ${kind.grade}, announced as ${grade}`);
          check(what !== "" && why.length > 10, `the loss of "${id}" does not say why and what to do`);
          check(!/[\n\r]/.test(why), `why "${id}" is lost is not one line`);
        }
      }
    },
    { since },
  ),
  defineLaw(
    "options/object-untouched",
    "encode and decode write nothing into the options they are given.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const write = Object.freeze({ ...s.config.writeOptions, lossy: Object.freeze([]) as readonly LossId[] });
      const read = Object.freeze({ ...s.config.readOptions, ...s.config.describeFor?.(sample) });
      const writing = await failureOf(async () => s.codec.encode(sample, write));
      check(writing === undefined, `encode with frozen options: ${told(writing)}`);
      const bytes = await s.encode(sample);
      const reading = await failureOf(async () => s.codec.decode(bytes, read));
      check(reading === undefined, `decode with frozen options: ${told(reading)}`);
    },
    { since },
  ),
];
