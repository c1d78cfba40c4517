import {
  type AnyArray,
  type ByteSink,
  difference,
  type FileWriter,
  describe as headerOf,
  isMaskedArray,
  MaskedArray,
  memorySink,
  NdArray,
  openDecoded,
  pipe,
} from "@masquerade/core";
import { describe, expect, it } from "vitest";
import { dtypes, registry } from "../src/index.ts";

const streamed = registry.formats.filter((format) => format.capabilities.streamed);

/** A numbered array, masked here and there, of a first axis that is short. */
function wide(shape: readonly number[], order: "C" | "F"): AnyArray {
  const size = shape.reduce((n, dim) => n * dim, 1);
  const data = new NdArray({
    dtype: dtypes.simple("float64"),
    shape,
    order,
    storage: Float64Array.from({ length: size }, (_, i) => i / 8),
  });
  const mask = new NdArray({
    dtype: dtypes.simple("bool"),
    shape,
    order,
    storage: Uint8Array.from({ length: size }, (_, i) => (i % 7 === 3 ? 1 : 0)),
  });
  return new MaskedArray({ data, mask }) as AnyArray;
}

/** Each with the bytes of a block. The first is large enough for every format to be streamed. */
const arrays = [
  [wide([1, 30_000], "C"), 2 ** 15],
  [wide([2, 3, 100], "C"), 512],
  [wide([300, 1], "F"), 512],
  [wide([300], "C"), 512],
] as const;

describe.each(streamed.map((format) => [format.id, format] as const))("%s", (id, format) => {
  it("is written in blocks of bounded bytes, where it takes parts of one index, whatever the shape", async () => {
    const codec = (await format.codec()) as unknown as {
      create(sink: ByteSink, plan: unknown, options: object): Promise<FileWriter>;
    };
    for (const [one, maxBytes] of arrays) {
      const value = format.capabilities.mask ? one : (one as MaskedArray).data;
      const sink = memorySink();
      const writer = await codec.create(sink, headerOf(value as AnyArray), {});
      let largest = 0;
      const watched: FileWriter = {
        ...(writer.order !== undefined && { order: writer.order }),
        planes: writer.planes,
        pieces: writer.pieces ?? false,
        write: async (block) => {
          largest = Math.max(largest, block.value.size);
          await writer.write(block);
        },
        finish: () => writer.finish(),
        abort: () => writer.abort(),
      };
      await pipe(openDecoded(value as AnyArray), watched, { maxBytes });
      if (writer.pieces === true) expect(largest).toBeLessThanOrEqual(maxBytes / 8);
      const options = (await format.codec()) as { readOptionsFor?(header: unknown): object };
      const whole = (await registry.encode(id, value as never)) as { bytes: Uint8Array };
      const reading = { format: id, ...options.readOptionsFor?.(headerOf(value as AnyArray)) };
      const load = async (bytes: Uint8Array): Promise<AnyArray> =>
        (await registry.load(bytes, reading as object)) as unknown as AnyArray;
      const [back, want] = [await load(sink.bytes()), await load(whole.bytes)];
      expect(isMaskedArray(back)).toBe(isMaskedArray(want));
      expect(difference(want, back), `(${value.shape.join(", ")})`).toBeUndefined();
    }
  });
});
