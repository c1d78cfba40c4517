import type { AnyArray, AnyFormat, ByteOrder, DType, Kind, Order } from "@masquerade/core";
import * as fc from "fast-check";
import type { ConformanceConfig } from "../law.ts";
import { holdSample } from "../laws/roundtrip.ts";
import type { Runner } from "../run.ts";
import { type FillKind, makeSample, type ValueKind } from "../samples/cover.ts";
import { sampleDTypes } from "../samples/dtypes.ts";
import type { MaskKind } from "../samples/masks.ts";
import { random } from "../samples/random.ts";
import { codeOf } from "../shrink/code.ts";
import { makeSubject } from "../subject.ts";

/** Arrays of these kinds in any small shape, order, byte order, mask state and fill-value state, with special values among the random ones. */
export function arrays(kinds: readonly Kind[]): fc.Arbitrary<AnyArray> {
  return fc
    .record({
      kind: fc.constantFrom(...kinds),
      variant: fc.nat(3),
      shape: fc.array(fc.nat(4), { maxLength: 4 }),
      order: fc.constantFrom<Order>("C", "F"),
      byteOrder: fc.constantFrom<ByteOrder>("little", "big"),
      mask: fc.constantFrom<MaskKind>("plain", "nomask", "all-false", "some", "all-true"),
      fill: fc.constantFrom<FillKind>("unset", "own", "other"),
      values: fc.constantFrom<ValueKind>("zero", "edges", "later-edges", "random"),
      seed: fc.nat(0xffff),
    })
    .map(({ kind, variant, seed, ...rest }) => {
      const choices = sampleDTypes(kind, rest.byteOrder);
      const dtype = choices[variant % choices.length] as DType;
      return makeSample(dtype, { ...rest, variant }, random(seed + 1)).array;
    });
}

/** Registers the round trip as a property: `runs` arbitrary arrays for each kind the format holds, and for one it does not. */
export function testProperties(
  format: AnyFormat,
  { describe, it }: Runner,
  { runs = 100, ...config }: ConformanceConfig & { readonly runs?: number } = {},
): void {
  const subject = makeSubject(format, config);
  subject.catch(() => {}); // the property reports it
  describe(`properties: ${format.id}`, () => {
    for (const kind of format.capabilities.kinds)
      it(`any array of ${kind} comes back but for the losses announced`, async () => {
        const s = await subject;
        const property = fc.asyncProperty(arrays([kind]), async (array) => await holdSample(s, array));
        await fc.assert(property, {
          numRuns: runs,
          seed: config.seed ?? 1,
          verbose: false,
          reporter: (details) => {
            if (!details.failed) return;
            const [array] = (details.counterexample ?? []) as [AnyArray?];
            const { message } = details.errorInstance as Error;
            throw new Error(
              `${message}\n  ${array === undefined ? "" : codeOf(array)}\n  seed ${details.seed}, path ${details.counterexamplePath}`,
            );
          },
        });
      });
  });
}
