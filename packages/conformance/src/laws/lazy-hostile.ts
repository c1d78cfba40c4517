import {
  type AnyArray,
  type Bundle,
  type ByteSource,
  type DecodeOptions,
  difference,
  fromBytes,
  headerOf,
  isBundleHeader,
  isMaskedArray,
  isMasqueradeError,
  type MaskedArray,
  type NdArray,
  type OpenFile,
} from "@masquerade/core";
import { countAllocations } from "../allocations.ts";
import { ConformanceFailure, check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { plainSample } from "../samples/cover.ts";
import { random } from "../samples/random.ts";
import { dict, type Value } from "./appending.ts";
import { defineLaw } from "./define.ts";
import { digitRuns, lengthMutants, sampled } from "./lengths.ts";

const since = "1.2.0";
const needs = ["lazy"] as const;

async function using<T>(
  s: Subject,
  source: ByteSource,
  value: Value,
  use: (file: OpenFile) => Promise<T>,
  options: DecodeOptions = {},
): Promise<T> {
  const read = { ...s.config.readOptions, ...s.config.describeFor?.(value), ...options };
  const file = (await s.codec.open?.(source, read)) as OpenFile;
  try {
    return await use(file);
  } finally {
    await file[Symbol.asyncDispose]();
  }
}

/** Everything an open file holds of one array; typed errors are given back, others fail the law. */
async function readOf(s: Subject, bytes: Uint8Array, value: AnyArray, what: string): Promise<AnyArray | undefined> {
  const seen = await using(s, fromBytes(bytes), value, (file) => file.array(file.names[0]).read()).catch(
    (error: unknown) => {
      check(isMasqueradeError(error), `opened, ${what}: ${told(error)}`);
      check(!/\p{Cc}/u.test(error.message), `opened, ${what}: the message holds control characters`);
    },
  );
  return seen ?? undefined;
}

export const lazyHostileLaws: readonly Law[] = [
  defineLaw(
    "lazy/truncation",
    "A file cut at any byte, opened and read, is a typed error, or still holds the very same array.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const want = await s.decode(bytes, s.config.describeFor?.(sample));
      for (const n of sampled(bytes.keys(), 300)) {
        const what = `cut at ${n} of ${bytes.length}`;
        const seen = await readOf(s, bytes.slice(0, n), sample, what);
        const how = seen === undefined ? undefined : difference(want, seen);
        check(how === undefined, `opened, ${what}: accepted with a different result: ${how}`);
      }
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/mutations",
    "Of 150 seeded mutants of a file, each, opened and read, gives a typed error or an array.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const rnd = random((s.config.seed ?? 1) + 1);
      for (let k = 0; k < 150; k++) {
        let mutant = bytes.slice();
        for (let times = 1 + rnd.below(3); times > 0; times--) {
          const at = rnd.below(mutant.length || 1);
          const way = rnd.below(8);
          if (way < 4) mutant[at] = rnd.below(256);
          else if (way === 4) mutant = mutant.slice(0, at);
          else if (way === 5) mutant.copyWithin(at, rnd.below(mutant.length || 1));
          else rnd.fill(mutant.subarray(at, at + 1 + rnd.below(8)));
        }
        await readOf(s, mutant, sample, `mutant ${k} of seed ${s.config.seed ?? 1}`);
      }
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/nothing-on-a-claim",
    "A size that a file only claims costs nothing when it is opened and read, and is a typed error or an array.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const bound = (4 << 20) + 64 * bytes.length;
      const most = Math.min(s.config.mutants ?? 250, 250);
      for (const { what, mutant } of sampled([...lengthMutants(bytes), ...digitRuns(bytes)], most)) {
        const { largest } = await countAllocations(() => readOf(s, mutant, sample, what));
        check(largest <= bound, `opened, ${what}: ${largest} bytes were allocated at once`);
      }
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/limits",
    "A limit that an array does not keep is a LimitError when the file is opened or the array is read.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const error = await failureOf(() =>
        using(s, fromBytes(bytes), sample, (file) => file.array().read(), { limits: { maxBytes: 8 } }),
      );
      check(isMasqueradeError(error, "LIMIT_EXCEEDED"), `limits.maxBytes = 8 gave ${told(error)}`);
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/options",
    "open refuses options the format does not have, and a signal that has fired ends it with ABORTED.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const source = fromBytes(await s.encode(sample));
      const nothing = async (): Promise<void> => {};
      const unknown = await failureOf(() => using(s, source, sample, nothing, { noSuchOption: 1 } as object));
      check(isMasqueradeError(unknown, "OPTION_UNKNOWN"), `an unknown option: ${told(unknown)}`);
      const aborted = await failureOf(() => using(s, source, sample, nothing, { signal: AbortSignal.abort() }));
      check(isMasqueradeError(aborted, "ABORTED"), `open with a signal that has fired: ${told(aborted)}`);
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/header-complete",
    "The header of an open file has the attributes, the names of dimensions and the fill value that decoding gives.",
    async (s) => {
      const { attrs, dims } = s.format.capabilities;
      const sample = plainSample(s.format.capabilities);
      const more = (array: NdArray): NdArray =>
        array.with({ ...(attrs ? { attrs: new Map([["units", "K"]]) } : {}), ...(dims ? { dims: ["y", "x"] } : {}) });
      const value = isMaskedArray(sample) ? sample.with({ data: more(sample.data) }) : more(sample);
      const bytes = await s.encode(value);
      const want = headerOf((await s.decode(bytes, s.config.describeFor?.(value))) as AnyArray);
      await using(s, fromBytes(bytes), value, async ({ header }) => {
        check(!isBundleHeader(header), "the header is a bundle's");
        check(
          JSON.stringify([...header.attrs]) === JSON.stringify([...want.attrs]),
          `the header has the attributes ${[...header.attrs.keys()].join(", ") || "of none"}, decode gives ${[...want.attrs.keys()].join(", ")}`,
        );
        check(header.dims?.join("\n") === want.dims?.join("\n"), `the header has the names ${header.dims}`);
        const [a, b] = [want.fillValue, header.fillValue];
        const how = a === undefined || b === undefined ? (a === b ? undefined : "one is unset") : difference(a, b);
        check(how === undefined, `the fill value of the header is another than decode's: ${how}`);
      });
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/blocks-of-planes",
    "Blocks of both planes, and of the mask alone, in either order, put together are the whole.",
    async (s) => {
      const { memoryOrder } = s.format.capabilities;
      for (const order of memoryOrder ? (["C", "F"] as const) : (["C"] as const)) {
        const sample = plainSample(s.format.capabilities).copy(order) as MaskedArray;
        const bytes = await s.encode(sample);
        const whole = (await s.decode(bytes, s.config.describeFor?.(sample))) as MaskedArray;
        const axis = whole.order === "F" ? whole.ndim - 1 : 0;
        await using(s, fromBytes(bytes), sample, async (file) => {
          for (const plane of ["both", "mask"] as const) {
            const of = plane === "both" ? whole : whole.maskArray();
            let next = 0;
            for await (const block of file.array().blocks({ maxBytes: 1, plane })) {
              check(block.start === next, `a block of ${plane} starts at ${block.start}, ${next} was expected`);
              const count = block.value.shape[axis] as number;
              const part = of.slice(of.shape.map((_, i) => (i === axis ? { start: next, stop: next + count } : {})));
              const how = difference(part.copy(order), block.value.copy(order));
              check(how === undefined, `a block of ${plane} at ${next}, order ${order}: ${how}`);
              next += count;
            }
            check(next === whole.shape[axis], `blocks of ${plane} end at ${next} of ${whole.shape[axis]}`);
          }
        });
      }
    },
    { since, needs: ["lazy", "mask"] },
  ),
  defineLaw(
    "lazy/source-stays",
    "Disposing an open file does not dispose its source, nor does an open that fails; and two files are open on one source without disturbing each other.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const want = await s.decode(bytes, s.config.describeFor?.(sample));
      let disposed = 0;
      const of = (content: Uint8Array): ByteSource => ({
        ...fromBytes(content),
        [Symbol.asyncDispose]: async () => {
          disposed++;
        },
      });
      const source = of(bytes);
      await using(s, source, sample, async (first) => {
        await using(s, source, sample, async (second) => {
          const how = difference(want, await second.array().read());
          check(how === undefined, `the second of two files open on one source: ${how}`);
        });
        const how = difference(want, await first.array().read());
        check(how === undefined, `after the other file was disposed: ${how}`);
      });
      await failureOf(() => using(s, of(bytes.slice(0, bytes.length >> 1)), sample, async () => {}));
      check(disposed === 0, "the source was disposed, which is the caller's");
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/unknown-size",
    "A source that does not know its size gives the same array, or a typed error.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const want = await s.decode(bytes, s.config.describeFor?.(sample));
      const inner = fromBytes(bytes);
      for (const whole of [true, false]) {
        const source: ByteSource = {
          size: undefined,
          read: (offset, length, signal) => inner.read(offset, length, signal),
          ...(whole ? { readAll: async () => bytes.slice() } : {}),
          [Symbol.asyncDispose]: async () => {},
        };
        const error = await failureOf(async () => {
          const how = difference(want, await using(s, source, sample, (file) => file.array().read()));
          check(how === undefined, `a source without a size: ${how}`);
        });
        if (error instanceof ConformanceFailure) throw error;
        check(error === undefined || isMasqueradeError(error), `a source without a size: ${told(error)}`);
      }
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/bundle-truncation",
    "A file of several arrays cut at any byte, opened and read, is a typed error, or still holds the very same arrays.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const plain = (isMaskedArray(sample) ? sample.data : sample) as NdArray;
      const value = dict(["one", plain], ["two", sample]);
      const bytes = await s.encode(value);
      const want = (await s.decode(bytes)) as Bundle;
      for (const n of sampled(bytes.keys(), 150)) {
        const what = `cut at ${n} of ${bytes.length}`;
        const error = await failureOf(() =>
          using(s, fromBytes(bytes.slice(0, n)), value, async (file) => {
            check(file.names.join() === "one,two", `opened, ${what}: it holds ${file.names.join(", ")}`);
            for (const name of file.names) {
              const how = difference(want.get(name), await file.array(name).read());
              check(how === undefined, `opened, ${what}: ${name}: ${how}`);
            }
          }),
        );
        if (error instanceof ConformanceFailure) throw error;
        check(error === undefined || isMasqueradeError(error), `opened, ${what}: ${told(error)}`);
      }
    },
    { since, needs: ["lazy", "bundle"] },
  ),
];
