import {
  type AnyArray,
  type Block,
  type ByteSink,
  describe,
  difference,
  type FileWriter,
  headerOf,
  isMaskedArray,
  isMasqueradeError,
  lazyFromArray,
  memorySink,
  openDecoded,
  pipe,
  SourceError,
} from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { coveringSet, nameOf, plainSample } from "../samples/cover.ts";
import { holdShrinking } from "../shrink/shrink.ts";
import { defineLaw } from "./define.ts";

const since = "1.1.0";
const needs = ["streamed"] as const;

const writerOf = async (s: Subject, sink: ByteSink, array: AnyArray): Promise<FileWriter> =>
  (await s.codec.create?.(sink, headerOf(array), s.config.writeOptions as never)) as FileWriter;

const refused = (s: Subject, value: AnyArray): boolean =>
  s.format.losses(describe(value), s.config.writeOptions as never).some((l) => l.grade === "content");

/** A sink that keeps a record of what is done to it and fails at the write of a number. */
function watched(failAt: number): {
  readonly sink: ByteSink;
  readonly seen: { writes: number; committed: boolean; aborted: boolean };
} {
  const inner = memorySink();
  const seen = { writes: 0, committed: false, aborted: false };
  const full = async (write: () => Promise<void>): Promise<void> => {
    if (seen.writes++ === failAt) throw new SourceError("SOURCE_IO", "the disk is full");
    await write();
  };
  const sink: ByteSink = {
    get position() {
      return inner.position;
    },
    write: (bytes) => full(() => inner.write(bytes)),
    ...(inner.writeAt === undefined
      ? {}
      : { writeAt: (offset: number, bytes: Uint8Array) => full(async () => inner.writeAt?.(offset, bytes)) }),
    commit: async () => {
      seen.committed = true;
    },
    abort: async () => {
      seen.aborted = true;
    },
  };
  return { sink, seen };
}

async function blocksOf(array: AnyArray, planes: FileWriter["planes"], maxBytes: number): Promise<Block[]> {
  const out: Block[] = [];
  const wanted = planes === "together" || !isMaskedArray(array) ? (["both"] as const) : (["data", "mask"] as const);
  for (const plane of wanted)
    for await (const block of lazyFromArray(array).blocks({ maxBytes, plane })) out.push(block);
  return out;
}

export const sinkLaws: readonly Law[] = [
  defineLaw(
    "stream/covering",
    "Arrays of every shape, order, byte order and mask state, written block by block, decode as those written at once.",
    async (s) => {
      const kinds = (["float64", "struct"] as const).filter((k) => s.format.capabilities.kinds.includes(k));
      for (const { array } of coveringSet(kinds, s.config.seed)) {
        if (refused(s, array)) continue;
        await holdShrinking(array, async (value) => {
          if (refused(s, value)) return;
          const read = s.config.describeFor?.(value);
          const want = await s.decode(await s.encode(value), read);
          const sink = memorySink();
          await pipe(openDecoded(value), await writerOf(s, sink, value), { maxBytes: 16 });
          const how = difference(want, await s.decode(sink.bytes(), read));
          check(how === undefined, `${nameOf(value)}: streamed, it is another array: ${how}`);
        });
      }
    },
    { since, needs },
  ),
  defineLaw(
    "stream/every-write-fails",
    "Whichever write to the sink fails, its error comes out, nothing is committed, and the sink is left without a trace.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      for (let failAt = 0; ; failAt++) {
        const { sink, seen } = watched(failAt);
        const error = await failureOf(async () =>
          pipe(openDecoded(sample), await writerOf(s, sink, sample), { maxBytes: 8 }),
        );
        if (seen.writes <= failAt) {
          check(error === undefined, `with no failing write: ${told(error)}`);
          return;
        }
        check(isMasqueradeError(error, "SOURCE_IO"), `write ${failAt} failed: ${told(error)}`);
        check(!seen.committed, `write ${failAt} failed, and the file was committed`);
        // Where create itself fails, the sink is the caller's to abort.
        check(
          seen.aborted || failAt === 0 || seen.writes === failAt + 1,
          `write ${failAt} failed, and the sink was written on`,
        );
      }
    },
    { since, needs },
  ),
  defineLaw(
    "stream/wrong-blocks",
    "Blocks out of turn, twice, or beyond the end are refused with a typed error, and the file cannot be finished as if nothing was.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const want = await s.decode(await s.encode(sample), s.config.describeFor?.(sample));
      const orders: readonly (readonly [string, (blocks: readonly Block[]) => readonly Block[]])[] = [
        ["the second block before the first", ([a, b, ...rest]) => [b as Block, a as Block, ...rest]],
        ["the first block twice", ([a, ...rest]) => [a as Block, a as Block, ...rest]],
        ["one block too many", (blocks) => [...blocks, blocks.at(-1) as Block]],
      ];
      for (const [what, change] of orders) {
        const sink = memorySink();
        const error = await failureOf(async () => {
          const file = await writerOf(s, sink, sample);
          const blocks = await blocksOf(sample, file.planes, 1);
          check(blocks.length > 1, "the sample is one block");
          for (const block of change(blocks)) await file.write(block);
          await file.finish();
        });
        if (error !== undefined) {
          check(isMasqueradeError(error), `${what}: ${told(error)}`);
          continue;
        }
        const how = difference(want, await s.decode(sink.bytes(), s.config.describeFor?.(sample)));
        check(how === undefined, `${what}: taken, and the file holds another array: ${how}`);
      }
    },
    { since, needs },
  ),
  defineLaw(
    "stream/losses-first",
    "create refuses what encode refuses, before a byte is written.",
    async (s) => {
      for (const { array } of coveringSet(["float64", "object", "str"], s.config.seed)) {
        const { sink, seen } = watched(-1);
        if (!refused(s, array)) continue;
        const error = await failureOf(() => writerOf(s, sink, array));
        check(isMasqueradeError(error, "CAPABILITY_MISSING"), `${nameOf(array)}: create gave ${told(error)}`);
        check(seen.writes === 0, `${nameOf(array)}: ${seen.writes} writes before it was refused`);
      }
    },
    { since, needs },
  ),
  defineLaw(
    "stream/abort-midway",
    "abort() after half the blocks aborts the sink and never commits it.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const { sink, seen } = watched(-1);
      const file = await writerOf(s, sink, sample);
      const blocks = await blocksOf(sample, file.planes, 1);
      for (const block of blocks.slice(0, blocks.length >> 1)) await file.write(block);
      await file.abort();
      check(seen.aborted, "the sink was not aborted");
      check(!seen.committed, "an aborted file was committed");
    },
    { since, needs },
  ),
];
