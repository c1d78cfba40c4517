import { type AnyArray, Bundle, difference, fromBytes, isBundle, isMasqueradeError } from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law } from "../law.ts";
import { memoryFile } from "../memory-file.ts";
import { random } from "../samples/random.ts";
import { anAppend, append, appended, dict, noise, same, untouched, type Value } from "./appending.ts";
import { defineLaw } from "./define.ts";

const since = "1.2.0";
const needs = ["appendable"] as const;

/** What an append does to the file, to its arguments, and to files it should not touch. */
export const appendWriteLaws: readonly Law[] = [
  defineLaw(
    "append/not-written-anew",
    "What is added costs what it is large: of a file of half a megabyte next to nothing is written again, and not half of it is read.",
    async (s) => {
      const large = noise(640);
      const row = noise(1);
      const sorts: readonly (readonly [Value, Value])[] = [
        [large, row],
        [dict(["one", large]), dict(["two", row])],
      ];
      for (const [there, more] of s.format.capabilities.bundle ? sorts : sorts.slice(0, 1)) {
        const { file, before, refused } = await appended(s, { what: "one row", before: there, more });
        if (refused !== undefined) continue;
        let [again, all] = [0, 0];
        for (const act of file.acts) {
          if (act.kind === "sync") continue;
          all += act.bytes.length;
          again += Math.max(0, Math.min(act.bytes.length, before.length - act.offset));
        }
        check(again <= 4096, `one row added to ${before.length} bytes: ${again} of them were written again`);
        check(all <= before.length / 8, `one row of 800 bytes added to ${before.length}: ${all} bytes were written`);
        const most = before.length / (s.format.sequential === true ? 0.5 : 2);
        check(file.fetched <= most, `one row added to ${before.length} bytes: ${file.fetched} were read`);
      }
    },
    {
      since,
      needs,
      unless: ({ capabilities }) =>
        capabilities.kinds.includes("float64") ? undefined : "the format holds no float64",
    },
  ),
  defineLaw(
    "append/deterministic",
    "The same added to the same file gives the same bytes.",
    async (s) => {
      const one = await anAppend(s);
      if (one === undefined) return;
      const [a, b] = [await appended(s, one), await appended(s, one)];
      check(same(a.file.bytes(), b.file.bytes()), `${one.what}: two appends to equal files differ`);
    },
    { since, needs },
  ),
  defineLaw(
    "append/arguments-untouched",
    "append leaves the caller's value and options as they were.",
    async (s) => {
      const one = await anAppend(s);
      if (one === undefined) return;
      const copy = isBundle(one.more)
        ? new Bundle({ entries: [...one.more.entries].map(([n, m]) => [n, (m as AnyArray).copy()]) })
        : one.more.copy();
      const file = memoryFile(await s.encode(one.before));
      const options = Object.freeze({ ...s.config.appendOptions, lossy: Object.freeze([]) as readonly never[] });
      const error = await failureOf(() => s.codec.append?.(file, one.more, options));
      check(error === undefined, `append with frozen options: ${told(error)}`);
      const how = difference(copy, one.more);
      check(how === undefined, `append changed its value: ${how}`);
    },
    { since, needs },
  ),
  defineLaw(
    "append/options",
    "An option the format does not have, and a signal that has fired, end an append before a byte is written; so does a source that cannot be written.",
    async (s) => {
      const one = await anAppend(s);
      if (one === undefined) return;
      const unknown = await appended(s, one, { noSuchOption: 1 });
      check(isMasqueradeError(unknown.refused, "OPTION_UNKNOWN"), `an unknown option: ${told(unknown.refused)}`);
      const aborted = await appended(s, one, { signal: AbortSignal.abort() });
      check(isMasqueradeError(aborted.refused, "ABORTED"), `an aborted append: ${told(aborted.refused)}`);
      const error = await failureOf(async () =>
        s.codec.append?.(fromBytes(unknown.before), one.more, { ...s.config.appendOptions }),
      );
      check(isMasqueradeError(error), `a source that cannot be written: ${told(error)}`);
    },
    { since, needs },
  ),
  defineLaw(
    "append/damaged-file",
    "What is no file of the format, or one cut short, is not added to: a typed error, and not a byte is written.",
    async (s) => {
      const one = await anAppend(s);
      if (one === undefined) return;
      const bytes = await s.encode(one.before);
      const step = Math.max(1, bytes.length >> 5);
      const damaged = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) => bytes.slice(0, i * step));
      damaged.push(bytes.slice(0, -1), random(5).fill(new Uint8Array(bytes.length)) as Uint8Array<ArrayBuffer>);
      for (const there of damaged) {
        if ((await failureOf(() => s.decode(there, s.config.describeFor?.(one.before)))) === undefined) continue;
        const file = memoryFile(there);
        const what = `${there.length} of ${bytes.length} bytes`;
        const error = await failureOf(() => append(s, file, one.more));
        check(error !== undefined, `${what}, which decode refuses, were added to`);
        untouched(what, file, there, error);
      }
    },
    { since, needs },
  ),
];
