import {
  type Block,
  type ByteSink,
  difference,
  type FileWriter,
  headerOf,
  isMaskedArray,
  isMasqueradeError,
  lazyFromArray,
  memorySink,
} from "@masquerade/core";
import { ConformanceFailure, check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { plainSample } from "../samples/cover.ts";
import type { Value } from "./appending.ts";
import { defineLaw } from "./define.ts";

const since = "1.2.0";
const needs = ["streamed"] as const;

interface Writing {
  readonly value: ReturnType<typeof plainSample>;
  readonly want: Value;
  readonly read: object | undefined;
}

async function writing(s: Subject): Promise<Writing> {
  const value = plainSample(s.format.capabilities);
  const read = s.config.describeFor?.(value);
  return { value, read, want: await s.decode(await s.encode(value), read) };
}

const writer = async (s: Subject, sink: ByteSink, { value }: Writing): Promise<FileWriter> =>
  (await s.codec.create?.(sink, headerOf(value), s.config.writeOptions as never)) as FileWriter;

/** One block for each row, each with memory of its own. */
async function rows({ value }: Writing, { planes }: FileWriter): Promise<Block[]> {
  const out: Block[] = [];
  const wanted = planes === "together" || !isMaskedArray(value) ? (["both"] as const) : (["data", "mask"] as const);
  for (const plane of wanted)
    for await (const block of lazyFromArray(value).blocks({ maxBytes: 1, plane }))
      out.push({ ...block, value: block.value.copy() });
  return out;
}

function spoil({ value }: Block): void {
  for (const array of isMaskedArray(value) ? [value.data, value.maskArray()] : [value]) {
    const { buffer } = array.storage as { readonly buffer?: ArrayBuffer };
    if (buffer !== undefined) new Uint8Array(buffer).fill(0x5a);
  }
}

export const streamMoreLaws: readonly Law[] = [
  defineLaw(
    "stream/two-at-once",
    "Two files written at the same time, block by block in turn, are what they are alone.",
    async (s) => {
      const one = await writing(s);
      const sinks = [memorySink(), memorySink()] as const;
      const files = [await writer(s, sinks[0], one), await writer(s, sinks[1], one)] as const;
      const blocks = [await rows(one, files[0]), await rows(one, files[1])] as const;
      for (const [i, block] of blocks[0].entries()) {
        await files[0].write(block);
        await files[1].write(blocks[1][i] as Block);
      }
      await Promise.all(files.map((file) => file.finish()));
      for (const sink of sinks) {
        const how = difference(one.want, await s.decode(sink.bytes(), one.read));
        check(how === undefined, `one of two written at once: ${how}`);
      }
    },
    { since, needs },
  ),
  defineLaw(
    "stream/blocks-are-the-callers",
    "A block that has been written is the caller's again: what he does to its memory does not change the file.",
    async (s) => {
      const one = await writing(s);
      const sink = memorySink();
      const file = await writer(s, sink, one);
      for (const block of await rows(one, file)) {
        await file.write(block);
        spoil(block);
      }
      await file.finish();
      const how = difference(one.want, await s.decode(sink.bytes(), one.read));
      check(how === undefined, `blocks used again after write: ${how}`);
    },
    { since, needs },
  ),
  defineLaw(
    "stream/sink-that-only-appends",
    "A sink that cannot go back is written all the same, or create refuses it with a typed error before a byte is written.",
    async (s) => {
      const one = await writing(s);
      const inner = memorySink();
      const sink: ByteSink = {
        get position() {
          return inner.position;
        },
        write: (bytes) => inner.write(bytes),
        commit: () => inner.commit(),
        abort: () => inner.abort(),
      };
      const error = await failureOf(async () => {
        const file = await writer(s, sink, one);
        for (const block of await rows(one, file)) await file.write(block);
        await file.finish();
        const how = difference(one.want, await s.decode(inner.bytes(), one.read));
        check(how === undefined, `through a sink that only appends: ${how}`);
      });
      if (error === undefined) return;
      if (error instanceof ConformanceFailure) throw error;
      check(isMasqueradeError(error), `a sink that only appends: ${told(error)}`);
      check(inner.position === 0, `a sink that only appends: refused after ${inner.position} bytes: ${told(error)}`);
    },
    { since, needs },
  ),
  defineLaw(
    "stream/after-the-end",
    "What comes after finish or abort – a block, another finish – is refused with a typed error, and the file stays as it is.",
    async (s) => {
      const one = await writing(s);
      const sink = memorySink();
      let [commits, aborts] = [0, 0];
      const counted: ByteSink = {
        get position() {
          return sink.position;
        },
        write: (bytes) => sink.write(bytes),
        ...(sink.writeAt === undefined ? {} : { writeAt: sink.writeAt.bind(sink) }),
        commit: async () => {
          await sink.commit();
          commits++;
        },
        abort: async () => {
          aborts++;
        },
      };
      const file = await writer(s, counted, one);
      const blocks = await rows(one, file);
      for (const block of blocks) await file.write(block);
      await file.finish();
      const bytes = sink.bytes().slice();
      for (const [what, more] of [
        ["a block after finish", () => file.write(blocks.at(-1) as Block)],
        ["a second finish", () => file.finish()],
      ] as const) {
        const error = await failureOf(more);
        check(error === undefined ? what === "a second finish" : isMasqueradeError(error), `${what}: ${told(error)}`);
        check(commits === 1, `${what}: the sink was committed ${commits} times`);
      }
      check(aborts === 0, "a file that was finished was aborted");
      check(
        sink.bytes().length === bytes.length && sink.bytes().every((b, i) => b === bytes[i]),
        "what came after finish is in the file",
      );
      const other = await writer(s, memorySink(), one);
      await other.abort();
      const error = await failureOf(async () => {
        for (const block of blocks) await other.write(block);
        await other.finish();
      });
      check(isMasqueradeError(error), `blocks after abort: ${told(error)}`);
    },
    { since, needs },
  ),
];
