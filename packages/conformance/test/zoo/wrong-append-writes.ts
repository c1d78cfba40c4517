import { type AnyArray, isBundle, isMasqueradeError } from "@masquerade/core";
import { appendWith, head, logCodec, merged, record, steps } from "./log.ts";
import type { Wrong } from "./mutant.ts";
import { dataOf, demands, held, puts, through, wrongLog } from "./wrong-log.ts";

let stamp = 0n;

/** Appends that hold what they should when all goes well, and cost or risk more than they may. */
export const wrongAppendWrites: readonly Wrong[] = [
  wrongLog("the whole file is written anew", "append/not-written-anew", {
    codec: {
      async append(file, value, options) {
        await steps.demand(file, value, options ?? {});
        await file.write?.(0, logCodec.encode(merged(await held(file), value)) as Uint8Array);
        await file.sync?.();
      },
    },
  }),
  wrongLog("the whole file is read to add a row", "append/not-written-anew", {
    ...demands(async (file, value, options) => {
      await held(file);
      return await steps.demand(file, value, options);
    }),
  }),
  wrongLog("each append says when it was", "append/deterministic", {
    ...puts((value) => (isBundle(value) ? value : stamped(value, ++stamp))),
  }),
  wrongLog("append writes into the array it is given", "append/arguments-untouched", {
    steps: {
      async put(file, end, value) {
        await steps.put(file, end, value);
        if (!isBundle(value)) dataOf(value).storage.fill(0 as never);
      },
    },
  }),
  wrongLog("append does not look at its options", "append/options", {
    codec: { append: (file, value) => appendWith({})(file, value, {}) },
  }),
  wrongLog("a file that is cut is added to", "append/damaged-file", {
    ...demands(async (file, value, options) => {
      const error = await steps.demand(file, value, options).catch((thrown: unknown) => thrown);
      if (typeof error === "number") return error;
      if (isMasqueradeError(error, "FORMAT_TRUNCATED")) return file.size as number;
      throw error;
    }),
  }),
  wrongLog("the end is written before what is in front of it", "append/crash", {
    steps: {
      async put(file, end, value) {
        const added = record(value);
        await file.write(0, head(end + added.length));
        await file.write(end, added);
        await file.sync();
      },
    },
  }),
  wrongLog("rows become there one by one", "append/crash", {
    steps: {
      async put(file, end, value) {
        let at = end;
        for (const part of isBundle(value) ? [value] : rowsOf(value)) {
          await steps.put(file, at, part);
          at += record(part).length;
        }
      },
    },
  }),
  wrongLog("what an interrupted append has left is taken for a record", "append/crash", {
    ...demands(async (file, value, options) => {
      await steps.demand(file, value, options);
      return file.size as number;
    }),
  }),
  wrongLog("nothing is synced before the end is written", "append/power-failure", {
    steps: {
      async put(file, end, value) {
        await steps.put({ write: (offset, bytes) => file.write(offset, bytes), sync: async () => {} }, end, value);
        await file.sync();
      },
    },
  }),
  wrongLog("nothing is synced after the end is written", "append/power-failure", {
    steps: {
      async put(file, end, value) {
        let syncs = 0;
        const sync = async (): Promise<void> => {
          if (syncs++ === 0) await file.sync();
        };
        await steps.put({ write: (offset, bytes) => file.write(offset, bytes), sync }, end, value);
      },
    },
  }),
  wrongLog("a write that fails is passed over", "append/failing-write", {
    ...through((file) => ({ write: (offset, bytes) => file.write(offset, bytes).catch(() => {}) })),
  }),
  wrongLog("a write that fails is an error of another kind", "append/failing-write", {
    ...through((file) => ({
      write: (offset, bytes) =>
        file.write(offset, bytes).catch((cause: unknown) => {
          throw new Error("could not append", { cause });
        }),
    })),
  }),
];

const stamped = (value: AnyArray, at: bigint): AnyArray => {
  const data = dataOf(value).with({ attrs: new Map([["at", at]]) });
  return "mask" in value ? value.with({ data }) : data;
};

const rowsOf = (value: AnyArray): readonly AnyArray[] =>
  Array.from({ length: value.shape[0] as number }, (_, i) => value.slice(`${i}:${i + 1}`).copy() as AnyArray);
