import {
  type AnyArray,
  type Bundle,
  describe,
  isBundle,
  isMasqueradeError,
  type Kind,
  type Loss,
} from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { lostBetween } from "../lost.ts";
import { coveringSet, nameOf } from "../samples/cover.ts";
import { allKinds } from "../samples/kinds.ts";
import { holdShrinking } from "../shrink/shrink.ts";

/** Holds one value to the losses announced for it: refused when content would be lost, else back with exactly those traits lost. */
export async function holdSample(
  subject: Subject,
  array: AnyArray | Bundle,
  name: string = isBundle(array) ? "a bundle" : nameOf(array),
): Promise<void> {
  const sample = { array, name };
  const losses: readonly Loss[] = subject.format.losses(describe(sample.array), subject.config.writeOptions as never);
  const content = losses.filter((l) => l.grade === "content");
  if (content.length > 0) {
    const error = await failureOf(() => subject.encode(sample.array));
    check(
      isMasqueradeError(error, "CAPABILITY_MISSING"),
      `${sample.name}: losses() announces ${content[0]?.what}, but encode gave ${told(error)}`,
    );
    check(
      content.some((l) => l.id === (error as { readonly capability?: string }).capability),
      `${sample.name}: encode refused for a reason losses() does not announce: ${told(error)}`,
    );
    return;
  }
  const bytes = await subject.encode(sample.array).catch((error: unknown) => {
    check(false, `${sample.name}: losses() announces nothing that encode may refuse, but it gave ${told(error)}`);
  });
  const back = await subject.decode(bytes, subject.config.describeFor?.(sample.array)).catch((error: unknown) => {
    check(false, `${sample.name}: its own output was refused: ${told(error)}`);
  });
  const announced = new Set(losses.map((l) => l.id));
  for (const [id, how] of lostBetween(sample.array, back))
    check(announced.has(id), `${sample.name}: lost in silence (${id}): ${how}`);
}

function kindLaw(kind: Kind): Law {
  return {
    id: `roundtrip/${kind}`,
    since: "1.0.0",
    law: `Arrays of ${kind} in each shape, order, byte order, mask and fill-value state come back bit for bit but for the losses announced, and are refused where content would be lost.`,
    run: async (subject) => {
      const { seed, product } = subject.config;
      for (const { array } of coveringSet([kind], seed, product))
        await holdShrinking(array, (value) => holdSample(subject, value));
    },
  };
}

export const roundtripLaws: readonly Law[] = allKinds.map(kindLaw);
