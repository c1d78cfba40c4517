import { type AnyArray, difference, isMaskedArray, isMasqueradeError } from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law } from "../law.ts";
import { plainSample } from "../samples/cover.ts";
import { same } from "./appending.ts";
import { defineLaw } from "./define.ts";

const since = "1.2.0";

/** What is asked for a second time. */
export const againLaws: readonly Law[] = [
  defineLaw(
    "purity/looked-at-each-time",
    "An array that has changed is written as it is now, and bytes that have changed are read as they are now: nothing is remembered by the object it came in.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const read = s.config.describeFor?.(sample);
      const first = await s.encode(sample);
      const other = sample.slice("::-1").copy() as AnyArray;
      const second = await s.encode(other);
      // The same objects, with the content of the others.
      const [into, from] = [sample, other].map((one) => (isMaskedArray(one) ? one.data : one).storage) as [
        Uint8Array,
        Uint8Array,
      ];
      if (into.buffer !== undefined) {
        for (const [to, of] of isMaskedArray(sample) && isMaskedArray(other)
          ? ([
              [into, from],
              [sample.maskArray().storage, other.maskArray().storage],
            ] as [Uint8Array, Uint8Array][])
          : ([[into, from]] as [Uint8Array, Uint8Array][]))
          to.set(of);
        check(same(await s.encode(sample), second), "an array that was changed in place is written as it was before");
      }
      if (first.length !== second.length) return;
      const bytes = first.slice();
      await s.decode(bytes, read);
      bytes.set(second);
      const how = difference(await s.decode(second, read), await s.decode(bytes, read));
      check(how === undefined, `bytes that were changed in place are read as they were before: ${how}`);
    },
    { since },
  ),
  defineLaw(
    "sniff/same-answer",
    "sniff gives the same answer each time it is asked, and leaves what it looks at as it is.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = (await s.encode(sample)).slice(0, 4096);
      for (const head of [bytes, bytes.slice(0, 3), new Uint8Array(64)]) {
        const before = head.slice();
        const answers = [s.format.sniff(head), s.format.sniff(head), s.format.sniff(head.slice())];
        check(new Set(answers).size === 1, `asked three times, sniff said ${answers.join(", ")}`);
        check(same(before, head), "sniff wrote into what it was to look at");
      }
    },
    { since },
  ),
  defineLaw(
    "options/undefined-is-left-out",
    "An option that is undefined is one that was left out, when writing and when reading.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const read = s.config.describeFor?.(sample);
      const nothing = (schema: object, given: object | undefined): object =>
        Object.fromEntries(Object.keys(schema).flatMap((name) => (name in (given ?? {}) ? [] : [[name, undefined]])));
      const common = { signal: undefined, onProgress: undefined };
      const want = await s.encode(sample);
      const writing = {
        ...nothing(s.format.options.write, s.config.writeOptions),
        ...common,
        exact: undefined,
        lossy: undefined,
      };
      const bytes = await s.encode(sample, writing as object);
      check(same(bytes, want), "options of undefined give another file than no options");
      const reading = {
        ...nothing(s.format.options.read, { ...s.config.readOptions, ...read }),
        ...common,
        limits: undefined,
        select: undefined,
        copy: undefined,
        out: undefined,
      };
      const how = difference(await s.decode(want, read), await s.decode(want, { ...reading, ...read }));
      check(how === undefined, `options of undefined give another array than no options: ${how}`);
    },
    { since },
  ),
  defineLaw(
    "options/select-of-one",
    "select of a name in a file of one unnamed array is INDEX_INVALID, not that array.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const error = await failureOf(() =>
        s.decode(bytes, { ...s.config.describeFor?.(sample), select: "no such array" }),
      );
      check(isMasqueradeError(error, "INDEX_INVALID"), `select "no such array" of one array gave ${told(error)}`);
    },
    { since },
  ),
];
