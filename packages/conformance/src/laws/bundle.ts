import {
  type Attrs,
  Bundle,
  type BundleKind,
  describe,
  difference,
  isBundle,
  isMasqueradeError,
  type NdArray,
} from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { lostBetween } from "../lost.ts";
import { plainSample } from "../samples/cover.ts";

const law = (id: Law["id"], needs: Law["needs"], sentence: string, run: Law["run"]): Law => ({
  id,
  since: "1.0.0",
  law: sentence,
  needs: needs ?? [],
  run,
});

/** Round trip of a bundle: nothing may differ but what is announced. */
async function holdBundle(s: Subject, bundle: Bundle): Promise<void> {
  const losses = s.format.losses(describe(bundle), s.config.writeOptions as never);
  const content = losses.filter((l) => l.grade === "content");
  if (content.length > 0) {
    const error = await failureOf(() => s.encode(bundle));
    check(
      isMasqueradeError(error, "CAPABILITY_MISSING"),
      `losses() announces ${content[0]?.what}, but encode gave ${told(error)}`,
    );
    return;
  }
  const after = await s.decode(await s.encode(bundle), s.config.describeFor?.(bundle));
  check(isBundle(after), "a bundle came back as one array");
  const announced = new Set(losses.map((l) => l.id));
  for (const [id, how] of lostBetween(bundle, after)) check(announced.has(id), `lost in silence (${id}): ${how}`);
}

const members = (s: Subject): readonly NdArray[] => {
  const sample = plainSample(s.format.capabilities);
  const data = "data" in sample && "mask" in sample ? sample.data : (sample as NdArray);
  return [data, data.slice("0"), data.slice("0:1, ::-1").copy()];
};

const attrs: Attrs = new Map<string, never>([
  ["units", "K"],
  ["count", 7n],
  ["scale", 2],
  ["ok", true],
  ["none", null],
  ["raw", Uint8Array.of(0, 255)],
  ["list", [1n, "two", null]],
] as never);

export const bundleLaws: readonly Law[] = [
  law("bundle/round-trip", ["bundle"], "Several arrays come back under their names, in their order.", async (s) => {
    const [a, b, c] = members(s) as [NdArray, NdArray, NdArray];
    await holdBundle(
      s,
      new Bundle({
        entries: [
          ["zeta", a],
          ["alpha", b],
          ["mid", c],
        ],
      }),
    );
    await holdBundle(s, new Bundle({ entries: [["only", a]] }));
  }),
  law(
    "bundle/masked-members",
    ["bundle", "mask"],
    "Masked and plain arrays in one file stay what they are.",
    async (s) => {
      const [a, b] = members(s) as [NdArray, NdArray];
      await holdBundle(
        s,
        new Bundle({
          entries: [
            ["m", plainSample(s.format.capabilities)],
            ["p", a],
            ["q", b],
          ],
        }),
      );
    },
  ),
  law("bundle/names", ["bundle"], "Names with any characters come back or are refused; none is changed.", async (s) => {
    const [a, b] = members(s) as [NdArray, NdArray];
    for (const name of ["é", "𝄞", "with space", "__proto__", "constructor", "a.b", "mask", "data", "x".repeat(300)]) {
      const error = await failureOf(() =>
        holdBundle(
          s,
          new Bundle({
            entries: [
              [name, a],
              ["other", b],
            ],
          }),
        ),
      );
      if (error !== undefined && !isMasqueradeError(error)) throw error;
    }
  }),
  law("bundle/nested", ["bundle", "nested"], "Bundles within bundles come back.", async (s) => {
    const [a, b, c] = members(s) as [NdArray, NdArray, NdArray];
    await holdBundle(
      s,
      new Bundle({
        entries: [
          ["top", a],
          [
            "group",
            new Bundle({
              entries: [
                ["x", b],
                ["deeper", new Bundle({ entries: [["y", c]] })],
              ],
            }),
          ],
        ],
      }),
    );
  }),
  law(
    "bundle/kinds",
    ["bundle"],
    "Lists and tuples of arrays come back as such, or the loss is announced.",
    async (s) => {
      const [a, b] = members(s) as [NdArray, NdArray];
      for (const kind of ["list", "tuple"] as BundleKind[])
        await holdBundle(
          s,
          new Bundle({
            kind,
            entries: [
              ["0", a],
              ["1", b],
            ],
          }),
        );
    },
  ),
  law(
    "bundle/keys",
    ["bundle"],
    "Keys of a dict that were no text come back as they were, or the loss is announced.",
    async (s) => {
      const [a, b] = members(s) as [NdArray, NdArray];
      await holdBundle(
        s,
        new Bundle({
          entries: [
            ["1", a],
            ["name", b],
          ],
          keys: new Map([["1", 1n]]),
        }),
      );
    },
  ),
  law(
    "bundle/select",
    ["bundle"],
    "select decodes one member, and a name that is not there is INDEX_INVALID.",
    async (s) => {
      const [a, b] = members(s) as [NdArray, NdArray];
      const bytes = await s.encode(
        new Bundle({
          entries: [
            ["one", a],
            ["two", b],
          ],
        }),
      );
      const how = difference(
        (await s.decode(bytes, { select: "two" })) as NdArray,
        ((await s.decode(bytes)) as Bundle).get("two") as NdArray,
      );
      check(how === undefined, `select "two": ${how}`);
      const error = await failureOf(() => s.decode(bytes, { select: "three" }));
      check(isMasqueradeError(error, "INDEX_INVALID"), `select of a name that is not there: ${told(error)}`);
    },
  ),
  law("bundle/refused", ["not bundle"], "A format for one array refuses two; it never drops one.", async (s) => {
    const [a, b] = members(s) as [NdArray, NdArray];
    const bundle = new Bundle({
      entries: [
        ["one", a],
        ["two", b],
      ],
    });
    const error = await failureOf(() => s.encode(bundle));
    check(isMasqueradeError(error, "CAPABILITY_MISSING"), `two arrays: ${told(error)}`);
    check(
      s.format.losses(describe(bundle)).some((l) => l.grade === "content"),
      "losses() does not announce it",
    );
  }),
  law(
    "attrs/round-trip",
    ["attrs"],
    "Attributes come back with their types and order: ints stay ints, floats floats.",
    async (s) => {
      const array = (members(s)[0] as NdArray).with({ attrs });
      const after = await s.decode(await s.encode(array), s.config.describeFor?.(array));
      const how = difference(array, after);
      check(how === undefined, `attributes changed: ${how}`);
    },
  ),
  law("attrs/refused", ["not attrs"], "A format without attributes announces and refuses their loss.", async (s) => {
    const array = (members(s)[0] as NdArray).with({ attrs });
    check(
      s.format.losses(describe(array), s.config.writeOptions as never).some((l) => l.id === "attrs"),
      'losses() does not announce "attrs"',
    );
    const error = await failureOf(() => s.encode(array));
    check(isMasqueradeError(error, "CAPABILITY_MISSING"), `attributes were dropped in silence: ${told(error)}`);
  }),
  law("dims/round-trip", ["dims"], "Names of dimensions come back.", async (s) => {
    const array = (members(s)[0] as NdArray).with({ dims: ["time", "latitude"] });
    const how = difference(array, await s.decode(await s.encode(array), s.config.describeFor?.(array)));
    check(how === undefined, `dimension names changed: ${how}`);
  }),
  law(
    "dims/announced",
    ["not dims"],
    "A format without dimension names announces their loss and refuses it under exact.",
    async (s) => {
      const array = (members(s)[0] as NdArray).with({ dims: ["time", "latitude"] });
      check(
        s.format.losses(describe(array), s.config.writeOptions as never).some((l) => l.id === "dims"),
        'losses() does not announce "dims"',
      );
      const error = await failureOf(() => s.encode(array, { exact: true }));
      check(isMasqueradeError(error, "CAPABILITY_MISSING"), `exact: true did not refuse: ${told(error)}`);
    },
  ),
];
