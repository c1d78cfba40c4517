import {
  type AnyArray,
  type Block,
  type ByteSink,
  difference,
  type FileWriter,
  headerOf,
  isMaskedArray,
  isMasqueradeError,
  lazyFromArray,
  type MemorySink,
  memorySink,
  SourceError,
} from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { plainSample } from "../samples/cover.ts";

const law = (name: string, sentence: string, run: Law["run"]): Law => ({
  id: `stream/${name}`,
  since: "1.0.0",
  law: sentence,
  needs: ["streamed"],
  run,
});

async function blocksOf(array: AnyArray, planes: FileWriter["planes"], maxBytes: number): Promise<Block[]> {
  const lazy = lazyFromArray(array);
  const out: Block[] = [];
  const wanted = planes === "together" || !isMaskedArray(array) ? (["both"] as const) : (["data", "mask"] as const);
  for (const plane of wanted) for await (const block of lazy.blocks({ maxBytes, plane })) out.push(block);
  return out;
}

async function writer(s: Subject, sink: ByteSink, array: AnyArray): Promise<FileWriter> {
  return (await s.codec.create?.(sink, headerOf(array), s.config.writeOptions as never)) as FileWriter;
}

async function written(s: Subject, array: AnyArray, maxBytes: number): Promise<MemorySink> {
  const sink = memorySink();
  const file = await writer(s, sink, array);
  for (const block of await blocksOf(array, file.planes, maxBytes)) await file.write(block);
  await file.finish();
  return sink;
}

export const streamLaws: readonly Law[] = [
  law(
    "blocks-of-any-size",
    "An array written in blocks of any size reads back as the array written at once.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const want = await s.decode(await s.encode(sample), s.config.describeFor?.(sample));
      for (const maxBytes of [1, 24, 1e9]) {
        const sink = await written(s, sample, maxBytes);
        const how = difference(want, await s.decode(sink.bytes(), s.config.describeFor?.(sample)));
        check(how === undefined, `blocks of ${maxBytes} bytes: ${how}`);
      }
    },
  ),
  law("missing-blocks", "A file whose blocks are not all there cannot be finished.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const file = await writer(s, memorySink(), sample);
    const blocks = await blocksOf(sample, file.planes, 1);
    for (const block of blocks.slice(0, -1)) await file.write(block);
    const error = await failureOf(() => file.finish());
    check(isMasqueradeError(error), `finish() accepted a file with blocks missing: ${told(error)}`);
  }),
  law("sink-failure", "A sink that fails ends the writing with its own error.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const sink: ByteSink = {
      position: 0,
      write: async () => {
        throw new SourceError("SOURCE_IO", "the disk is full");
      },
      commit: async () => check(false, "a file that could not be written was committed"),
      abort: async () => {},
    };
    const error = await failureOf(async () => {
      const file = await writer(s, sink, sample);
      for (const block of await blocksOf(sample, file.planes, 1e9)) await file.write(block);
      await file.finish();
    });
    check(isMasqueradeError(error, "SOURCE_IO"), `a full disk gave ${told(error)}`);
  }),
  law("back-pressure", "The writer waits for the sink: no more than one write is under way.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const inner = memorySink();
    let under = 0;
    let most = 0;
    const slow: ByteSink = {
      get position() {
        return inner.position;
      },
      write: async (bytes) => {
        most = Math.max(most, ++under);
        await new Promise((resolve) => setTimeout(resolve, 0));
        await inner.write(bytes);
        under--;
      },
      ...(inner.writeAt === undefined ? {} : { writeAt: inner.writeAt.bind(inner) }),
      commit: () => inner.commit(),
      abort: () => inner.abort(),
    };
    const file = await writer(s, slow, sample);
    for (const block of await blocksOf(sample, file.planes, 1)) await file.write(block);
    await file.finish();
    check(most === 1, `${most} writes were under way at once`);
    check(under === 0, "finish() returned before the sink was done");
  }),
  law("abort", "abort() aborts the sink and never commits it.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    let aborted = false;
    const inner = memorySink();
    const sink: ByteSink = {
      get position() {
        return inner.position;
      },
      write: (bytes) => inner.write(bytes),
      commit: async () => check(false, "an aborted file was committed"),
      abort: async () => {
        aborted = true;
      },
    };
    const file = await writer(s, sink, sample);
    await file.abort();
    check(aborted, "the sink was not aborted");
  }),
];
