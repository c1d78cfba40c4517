import {
  type AnyArray,
  arrayFromBytes,
  type ByteSource,
  counting,
  difference,
  dtypes,
  fromBytes,
  headerOf,
  isBundle,
  isBundleHeader,
  isMaskedArray,
  isMasqueradeError,
  MaskedArray,
  type NdArray,
  type OpenFile,
  SourceError,
} from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { plainSample } from "../samples/cover.ts";
import { random } from "../samples/random.ts";
import { defineLaw, withoutKind } from "./define.ts";

const law = (name: string, sentence: string, run: Law["run"], needs: Law["needs"] = ["lazy"]): Law =>
  defineLaw(`lazy/${name}`, sentence, run, {
    needs,
    unless: name === "bytes-bounded" ? withoutKind("float64") : undefined,
  });

async function opened(
  s: Subject,
  source: ByteSource,
  value: AnyArray,
  use: (file: OpenFile) => Promise<void>,
): Promise<void> {
  const file = (await s.codec.open?.(source, {
    ...s.config.readOptions,
    ...s.config.describeFor?.(value),
  })) as OpenFile;
  try {
    await use(file);
  } finally {
    await file[Symbol.asyncDispose]();
  }
}

/** An array whose file is about 400 KB. */
function large(s: Subject): AnyArray {
  if (!s.format.capabilities.kinds.includes("float64")) return plainSample(s.format.capabilities);
  const raw = new Uint8Array(50_000 * 8);
  random(29).fill(raw);
  const data = arrayFromBytes(raw, dtypes.simple("float64"), [500, 100]) as NdArray;
  if (!s.format.capabilities.mask) return data;
  const mask = arrayFromBytes(
    Uint8Array.from({ length: 50_000 }, (_, i) => (i % 7 === 0 ? 1 : 0)),
    dtypes.simple("bool"),
    [500, 100],
  );
  return new MaskedArray({ data, mask });
}

export const lazyLaws: readonly Law[] = [
  law("header", "The header of an open file is the header of the decoded array.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const bytes = await s.encode(sample);
    const whole = await s.decode(bytes, s.config.describeFor?.(sample));
    check(!isBundle(whole), "one array came back as a bundle");
    await opened(s, fromBytes(bytes), sample, async (file) => {
      check(!isBundleHeader(file.header), "the header is a bundle's");
      const want = headerOf(whole);
      for (const key of ["order", "mask", "hardMask", "subclass"] as const)
        check(
          file.header[key] === want[key],
          `header.${key} is ${String(file.header[key])}, decode gives ${String(want[key])}`,
        );
      check(
        file.header.shape.join() === want.shape.join(),
        `header.shape is (${file.header.shape.join(", ")}), decode gives (${want.shape.join(", ")})`,
      );
      check(
        file.header.dtype.kind === want.dtype.kind && file.header.dtype.byteOrder === want.dtype.byteOrder,
        "header.dtype is not the decoded dtype",
      );
    });
  }),
  law("whole", "Reading everything gives what decode gives.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const bytes = await s.encode(sample);
    const whole = await s.decode(bytes, s.config.describeFor?.(sample));
    await opened(s, fromBytes(bytes), sample, async (file) => {
      const how = difference(whole, await file.array().read());
      check(how === undefined, `read() differs from decode: ${how}`);
    });
  }),
  law("slices", "A slice read from the file equals the slice of the whole.", async (s) => {
    const sample = large(s);
    const bytes = await s.encode(sample);
    const whole = (await s.decode(bytes, s.config.describeFor?.(sample))) as AnyArray;
    await opened(s, fromBytes(bytes), sample, async (file) => {
      for (const selection of ["0", "-1", "0:1", "1:, ::2", ":, -1", "::-1", "0:0", "..., 1", "None, 0"]) {
        const got = await file.array().read(selection);
        const want = whole.slice(selection).copy(got.order);
        const how = difference(want, got.copy());
        check(how === undefined, `[${selection}]: ${how}`);
      }
    });
  }),
  law(
    "planes",
    'Plane "data" gives the values as a plain array, plane "mask" the mask.',
    async (s) => {
      const sample = plainSample(s.format.capabilities) as MaskedArray;
      const bytes = await s.encode(sample);
      const whole = (await s.decode(bytes, s.config.describeFor?.(sample))) as MaskedArray;
      await opened(s, fromBytes(bytes), sample, async (file) => {
        const data = await file.array().read(undefined, { plane: "data" });
        check(!isMaskedArray(data), 'plane "data" came back masked');
        check(difference(whole.data.copy(), data.copy()) === undefined, 'plane "data" differs');
        const mask = await file.array().read(undefined, { plane: "mask" });
        check(difference(whole.maskArray().copy(), (mask as NdArray).copy()) === undefined, 'plane "mask" differs');
      });
    },
    ["lazy", "mask"],
  ),
  law("blocks", "Blocks of any size, put together, are the whole.", async (s) => {
    const sample = large(s).slice("0:60, :25").copy() as AnyArray;
    const bytes = await s.encode(sample);
    const whole = (await s.decode(bytes, s.config.describeFor?.(sample))) as AnyArray;
    await opened(s, fromBytes(bytes), sample, async (file) => {
      for (const maxBytes of [1, 3000, 1e9]) {
        let next = 0;
        const axis = whole.order === "F" ? whole.shape.length - 1 : 0;
        for await (const block of file.array().blocks({ maxBytes, plane: "data" })) {
          check(block.start === next, `a block starts at ${block.start}, ${next} was expected`);
          const count = block.value.shape[axis] as number;
          const data = isMaskedArray(whole) ? whole.data : whole;
          const want = data.slice(data.shape.map((_, i) => (i === axis ? { start: next, stop: next + count } : {})));
          const how = difference(want.copy(), (block.value as NdArray).copy());
          check(how === undefined, `block at ${next}: ${how}`);
          next += count;
        }
        check(next === whole.shape[axis], `blocks end at ${next} of ${whole.shape[axis]}`);
      }
    });
  }),
  law(
    "bytes-bounded",
    "Opening and reading one row of a file of 400 KB fetches less than a quarter of it; of a sequential format, less than twice the file.",
    async (s) => {
      const sample = large(s);
      const bytes = await s.encode(sample);
      const source = counting(fromBytes(bytes));
      await opened(s, source, sample, async (file) => {
        await file.array().read("250");
      });
      const most = bytes.length * (s.format.sequential === true ? 2 : 1 / 4);
      check(source.bytes < most, `${source.bytes} of ${bytes.length} bytes were fetched for one row`);
    },
  ),
  law("failing-source", "A source that fails, or ends early, gives its own typed error.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const bytes = await s.encode(sample);
    const failing: ByteSource = {
      size: bytes.length,
      read: async (offset, length) => {
        throw new SourceError("SOURCE_IO", "the disk is on fire", { offset, length });
      },
      [Symbol.asyncDispose]: async () => {},
    };
    const error = await failureOf(() => opened(s, failing, sample, async (file) => void (await file.array().read())));
    check(isMasqueradeError(error), `a failing source gave ${told(error)}`);
    const cut = await failureOf(() =>
      opened(
        s,
        fromBytes(bytes.subarray(0, bytes.length >> 1)),
        sample,
        async (file) => void (await file.array().read()),
      ),
    );
    check(isMasqueradeError(cut), `half a file gave ${told(cut)}`);
  }),
  law("abort", "A signal that has fired ends a read with ABORTED.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const bytes = await s.encode(sample);
    await opened(s, fromBytes(bytes), sample, async (file) => {
      const error = await failureOf(() => file.array().read(undefined, { signal: AbortSignal.abort() }));
      check(isMasqueradeError(error, "ABORTED"), `an aborted read gave ${told(error)}`);
    });
  }),
  law("unknown-array", "Asking for an array that is not there is INDEX_INVALID.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    await opened(s, fromBytes(await s.encode(sample)), sample, async (file) => {
      const error = await failureOf(() => file.array("no such array"));
      check(isMasqueradeError(error, "INDEX_INVALID"), told(error));
    });
  }),
];
