import {
  type AnyArray,
  Bundle,
  type ByteSource,
  counting,
  describe,
  difference,
  eachArray,
  fromBytes,
  isBundle,
  isMaskedArray,
  isMasqueradeError,
  type NdArray,
  type OpenFile,
  zeros,
} from "@masquerade/core";
import { ConformanceFailure, check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { coveringSet, nameOf, plainSample } from "../samples/cover.ts";
import { random } from "../samples/random.ts";
import { holdShrinking } from "../shrink/shrink.ts";
import { defineLaw } from "./define.ts";

const since = "1.1.0";
const needs = ["lazy"] as const;

async function using<T>(
  s: Subject,
  source: ByteSource,
  value: AnyArray | Bundle,
  use: (file: OpenFile) => Promise<T>,
): Promise<T> {
  const file = (await s.codec.open?.(source, {
    ...s.config.readOptions,
    ...s.config.describeFor?.(value),
  })) as OpenFile;
  try {
    return await use(file);
  } finally {
    await file[Symbol.asyncDispose]();
  }
}

/** A source over bytes whose reads go through `change`. */
function changed(bytes: Uint8Array, change: (part: Uint8Array, turn: number) => Promise<Uint8Array>): ByteSource {
  let turn = 0;
  const inner = fromBytes(bytes);
  return {
    size: bytes.length,
    read: async (offset, length, signal) => change(await inner.read(offset, length, signal), turn++),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Whether the format refuses an array. */
const refused = (s: Subject, value: AnyArray): boolean =>
  s.format.losses(describe(value), s.config.writeOptions as never).some((l) => l.grade === "content");

export const sourceLaws: readonly Law[] = [
  defineLaw(
    "lazy/covering",
    "Arrays of every shape, order, byte order and mask state read from an open file as they decode.",
    async (s) => {
      const kinds = (["float64", "str", "struct"] as const).filter((k) => s.format.capabilities.kinds.includes(k));
      for (const { array } of coveringSet(kinds, s.config.seed)) {
        if (refused(s, array)) continue;
        await holdShrinking(array, async (value) => {
          if (refused(s, value)) return;
          const bytes = await s.encode(value);
          const whole = await s.decode(bytes, s.config.describeFor?.(value));
          await using(s, fromBytes(bytes), value, async (file) => {
            const how = difference(whole, await file.array().read());
            check(how === undefined, `${nameOf(value)}: read() differs from decode: ${how}`);
          });
        });
      }
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/short-reads",
    "A source that gives fewer bytes than asked for is an error or asked again; what is missing is never taken for zeros.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const want = await s.decode(bytes, s.config.describeFor?.(sample));
      for (let from = 0; from < 4; from++) {
        const short = changed(bytes, async (part, turn) => (turn < from ? part : part.subarray(0, part.length >> 1)));
        const error = await failureOf(() =>
          using(s, short, sample, async (file) => {
            const how = difference(want, await file.array().read());
            check(how === undefined, `read ${from} and later came short, and the array is another: ${how}`);
          }),
        );
        if (error === undefined) continue;
        if (error instanceof ConformanceFailure) throw error;
        check(isMasqueradeError(error), `read ${from} and later came short: ${told(error)}`);
      }
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/slow-source",
    "Reads that settle late and out of turn give the same array.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const want = await s.decode(bytes, s.config.describeFor?.(sample));
      const slow = changed(bytes, async (part, turn) => {
        await new Promise((resolve) => setTimeout(resolve, turn % 2 === 0 ? 3 : 0));
        return part;
      });
      await using(s, slow, sample, async (file) => {
        const parts = await Promise.all([file.array().read(), file.array().read("0"), file.array().read()]);
        check(difference(want, parts[0] as AnyArray) === undefined, "the first of three reads at once differs");
        check(difference(want, parts[2] as AnyArray) === undefined, "the last of three reads at once differs");
      });
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/views-of-a-source",
    "Nothing is written into the bytes that a source hands out.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const before = bytes.slice();
      await using(s, fromBytes(bytes), sample, async (file) => {
        await file.array().read();
        await file.array().read("::-1");
      });
      check(
        before.every((b, i) => b === bytes[i]),
        "reading changed the source's bytes",
      );
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/header-only",
    "Opening a file of half a megabyte fetches less than an eighth of it; of a sequential format, no more than the file and a quarter.",
    async (s) => {
      const kind = s.format.capabilities.kinds.includes("float64") ? "float64" : "uint8";
      const array = noise(kind);
      const bytes = await s.encode(array);
      const source = counting(fromBytes(bytes));
      await using(s, source, array, async (file) => void file.header);
      const most = bytes.length * (s.format.sequential === true ? 5 / 4 : 1 / 8);
      check(source.bytes < most, `${source.bytes} of ${bytes.length} bytes were fetched to open the file`);
    },
    {
      since,
      needs,
      unless: ({ capabilities: { kinds } }) =>
        kinds.includes("float64") || kinds.includes("uint8") ? undefined : "the format holds neither float64 nor uint8",
    },
  ),
  defineLaw(
    "lazy/out",
    "read with out fills the caller's array.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      await using(s, fromBytes(bytes), sample, async (file) => {
        const want = (await file.array().read(undefined, { plane: "data" })) as NdArray;
        const out = zeros(want.dtype, want.shape, want.order) as NdArray;
        await file.array().read(undefined, { plane: "data", out });
        const how = difference(want.with({ attrs: new Map(), dims: undefined, subclass: undefined }), out);
        check(how === undefined, `out does not hold the values: ${how}`);
      });
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/bundle",
    "Every array of a file of several is read by its name, as it decodes.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const plain = (isMaskedArray(sample) ? sample.data : sample) as NdArray;
      const bundle = new Bundle({
        entries: [
          ["one", plain],
          ["two", sample],
        ],
      });
      const bytes = await s.encode(bundle);
      const whole = await s.decode(bytes);
      check(isBundle(whole), "two arrays came back as one");
      await using(s, fromBytes(bytes), bundle, async (file) => {
        for (const [name, array] of eachArray(whole)) {
          check(file.names.includes(name), `opened, the file holds ${file.names.join(", ")} and no ${name}`);
          const how = difference(array, await file.array(name).read());
          check(how === undefined, `${name}: ${how}`);
        }
        const error = await failureOf(() => file.array());
        check(isMasqueradeError(error, "INDEX_INVALID"), `array() of a file of two: ${told(error)}`);
      });
    },
    { since, needs: ["lazy", "bundle"] },
  ),
  defineLaw(
    "lazy/in-place",
    "What is written into a part of an open file is read back, by another reader too, and nothing beside it changes.",
    async (s) => {
      const array = zeros("float64", [4, 3]);
      for (let i = 0; i < array.size; i++) (array.storage as Float64Array)[i] = i;
      const bytes = (await s.encode(array)).slice();
      const source: ByteSource = {
        ...fromBytes(bytes),
        write: async (offset, part) => {
          check(
            offset + part.length <= bytes.length,
            `a write at ${offset} of ${part.length} bytes reaches past the end`,
          );
          bytes.set(part, offset);
        },
      };
      await using(s, source, array, async (file) => {
        const lazy = file.array();
        check(lazy.write !== undefined, "inPlace is declared, and an array of a file that can be written has no write");
        const row = zeros("float64", [3]);
        (row.storage as Float64Array).fill(-7);
        await lazy.write("1", row);
      });
      const want = array.copy();
      (want.storage as Float64Array).fill(-7, 3, 6);
      const how = difference(want, await s.decode(bytes, s.config.describeFor?.(array)));
      check(how === undefined, `after writing row 1: ${how}`);
    },
    {
      since,
      needs: ["lazy", "inPlace"],
      unless: ({ capabilities }) =>
        capabilities.kinds.includes("float64") ? undefined : "the format holds no float64",
    },
  ),
  defineLaw(
    "lazy/read-only",
    "Arrays of a format that is not written in place have no write.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      await using(s, fromBytes(bytes), sample, async (file) =>
        check(file.array().write === undefined, "inPlace is declared false, yet an array of a file has a write"),
      );
    },
    { since, needs: ["lazy", "not inPlace"] },
  ),
];

/** Half a megabyte that no compression makes small. */
function noise(kind: "float64" | "uint8"): AnyArray {
  const array = zeros(kind, [kind === "float64" ? 640 : 5120, 100]);
  const raw = new Uint8Array((array.storage as Uint8Array).buffer as ArrayBuffer);
  random(31).fill(raw);
  return array as AnyArray;
}
