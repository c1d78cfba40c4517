import { difference, isMasqueradeError } from "@masquerade/core";
import { ConformanceFailure, check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { type Interrupted, interrupted, type MemoryFile, memoryFile, powerFailures } from "../memory-file.ts";
import { type Append, anAppend, append, appended, type Value, written } from "./appending.ts";
import { defineLaw } from "./define.ts";
import { sampled } from "./lengths.ts";

const since = "1.2.0";
const needs = ["appendable", "selfDescribing"] as const;
/** States of a file that are looked at in one law, evenly chosen. */
const STATES = 60;

/** Options for reading that could be meant for files that were left unfinished: what is off and can be on. */
const otherways = (s: Subject): readonly object[] =>
  Object.entries(s.format.options.read)
    .filter(([, spec]) => spec.type === "boolean" && spec.codeOnly !== true && spec.default !== true)
    .map(([name]) => ({ [name]: true }));

/** "old" or "new", as a file holds what it held or all that was added; the error that reading it gives; never anything else. */
async function stateOf(
  s: Subject,
  { what, bytes }: Interrupted,
  old: Value,
  fresh: Value,
  options: object = {},
): Promise<unknown> {
  const seen = await s.decode(bytes, options).catch((error: unknown) => error);
  if (seen instanceof Error) {
    check(isMasqueradeError(seen), `${what}: ${told(seen)}`);
    return seen;
  }
  if (difference(old, seen as Value) === undefined) return "old";
  const how = difference(fresh, seen as Value);
  check(how === undefined, `${what}: the file holds neither what it held nor what was added: ${how}`);
  return "new";
}

/** The same, where what was left must be readable: if need be under an option for reading. */
async function readable(s: Subject, state: Interrupted, old: Value, fresh: Value): Promise<"old" | "new"> {
  const plain = await stateOf(s, state, old, fresh);
  if (plain === "old" || plain === "new") return plain;
  for (const options of otherways(s)) {
    const found = await stateOf(s, state, old, fresh, options).catch((error: unknown) => error);
    if (found === "old" || found === "new") return found;
    if (found instanceof ConformanceFailure) throw found;
  }
  throw new ConformanceFailure(`${state.what}: the file is lost, no option for reading reads it: ${told(plain)}`);
}

interface Run {
  readonly one: Append;
  readonly bytes: Uint8Array;
  readonly file: MemoryFile;
  readonly old: Value;
  readonly fresh: Value;
}

/** An append that is done, and what the file holds before and after. */
async function run(s: Subject): Promise<Run | undefined> {
  const one = await anAppend(s);
  if (one === undefined) return undefined;
  const { file, before } = await appended(s, one);
  return { one, bytes: before, file, old: await written(s, one.before), fresh: await written(s, one.want) };
}

export const appendSafetyLaws: readonly Law[] = [
  defineLaw(
    "append/crash",
    "Whenever the process ends, the file holds what it held or all that was added, if need be under an option for reading after a typed error; and the next append goes well or is refused.",
    async (s) => {
      const done = await run(s);
      if (done === undefined) return;
      const { one, bytes, file, old, fresh } = done;
      const states = sampled(interrupted(bytes, file.acts), STATES);
      for (const state of states) await readable(s, state, old, fresh);
      const last = await stateOf(s, { what: "after the last write", bytes: file.bytes() }, old, fresh);
      check(last === "new", `after the last write the file ${last === "old" ? "is as it was" : `gives ${told(last)}`}`);
      // What an append has left is no hindrance to the next, which must not build upon ruins either.
      for (const state of sampled(states, 8)) {
        if ((await stateOf(s, state, old, fresh)) !== "old") continue;
        const again = memoryFile(state.bytes);
        const error = await failureOf(() => append(s, again, one.more));
        check(error === undefined || isMasqueradeError(error), `${state.what}, then again: ${told(error)}`);
        const found = await readable(s, { what: `${state.what}, then again`, bytes: again.bytes() }, old, fresh);
        check(
          found === (error === undefined ? "new" : "old"),
          `${state.what}, then again: the file holds what is ${found}`,
        );
      }
    },
    { since, needs },
  ),
  defineLaw(
    "append/power-failure",
    "Whatever of the writes since the last sync comes to the disk, in whatever order, the file holds what it held or all that was added, if need be under an option for reading after a typed error.",
    async (s) => {
      const done = await run(s);
      if (done === undefined) return;
      const { bytes, file, old, fresh } = done;
      check(file.acts.at(-1)?.kind === "sync", "append is done, and its last write was not followed by a sync");
      for (const state of sampled(powerFailures(bytes, file.acts), STATES)) await readable(s, state, old, fresh);
    },
    { since, needs },
  ),
  defineLaw(
    "append/failing-write",
    "Whichever write or sync fails, its own error comes out, and the file holds what it held or all that was added, if need be under an option for reading.",
    async (s) => {
      const done = await run(s);
      if (done === undefined) return;
      const { one, bytes, old, fresh } = done;
      const numbers = sampled(done.file.acts.keys(), STATES / 2);
      for (const failAt of numbers) {
        const file = memoryFile(bytes, failAt);
        const error = await failureOf(() => append(s, file, one.more));
        check(isMasqueradeError(error, "SOURCE_IO"), `write ${failAt} failed: ${told(error)}`);
        await readable(s, { what: `write ${failAt} failed`, bytes: file.bytes() }, old, fresh);
      }
    },
    { since, needs },
  ),
];
