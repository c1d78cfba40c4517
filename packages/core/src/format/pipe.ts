import type { Order } from "../array/any.ts";
import { throwIfAborted } from "../errors.ts";
import { defaultBlockBytes } from "./blocks.ts";
import type { Block, FileWriter, LazyArray, OpenFile, Plane, Progress } from "./format.ts";
import type { Header } from "./header.ts";
import { blocksByReading, demandReadable } from "./lazy.ts";
import { axesWalked, pieceRanges } from "./pieces.ts";

/** How a file is written from another. */
export interface PipeOptions {
  /** Bytes of data in one block. Default 8 MiB. */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with elements done and in all, both planes counted. */
  readonly onProgress?: Progress | undefined;
}

/**
 * Streaming conversion: everything in `file` into `writer`, block by block in the plane order the writer asks for, and then `finish`.
 * Two blocks are in memory at most, of `maxBytes` each: one index of the slowest axis may be more than that, unless the writer takes pieces of it.
 * A failure aborts the writer, so that nothing is left, and is thrown.
 */
export async function pipe(file: OpenFile, writer: FileWriter, options: PipeOptions = {}): Promise<void> {
  const { signal, onProgress, maxBytes } = options;
  try {
    demandReadable(file);
    const steps = file.names.flatMap((name) => {
      const array = file.array(name);
      const split = writer.planes === "data-first";
      const planes = !split
        ? (["both"] as const)
        : array.header.mask === "mask"
          ? (["data", "mask"] as const)
          : (["data"] as const);
      return planes.map((plane) => ({ name, array, plane, size: array.header.shape.reduce((n, dim) => n * dim, 1) }));
    });
    const total = steps.reduce((sum, step) => sum + step.size, 0);
    let done = 0;
    for (const { name, array, plane } of steps) {
      const wanted = { plane, ...(maxBytes !== undefined && { maxBytes }), ...(signal && { signal }) };
      const order = writer.order ?? array.header.order;
      const blocks =
        writer.pieces === true && rowTooLarge(array.header, order, maxBytes)
          ? piecesByReading(array, name, { ...wanted, order })
          : order === array.header.order
            ? array.blocks(wanted)
            : blocksByReading(array, name, { ...wanted, order });
      for await (const block of blocks) {
        throwIfAborted(signal);
        await writer.write({ ...block, array: name });
        done += block.value.size;
        onProgress?.(done, total);
      }
    }
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Whether one index of the slowest axis is more than a block is to be. */
const rowTooLarge = ({ shape, dtype }: Header, order: Order, maxBytes: number = defaultBlockBytes): boolean =>
  axesWalked(order === "C" ? shape : shape.toReversed(), dtype.itemsize, maxBytes) > 0;

/** Runs of elements within one index of the slowest axis. */
async function* piecesByReading(
  array: LazyArray,
  name: string,
  options: { readonly plane: Plane; readonly order: Order; readonly maxBytes?: number; readonly signal?: AbortSignal },
): AsyncGenerator<Block> {
  const { shape, dtype } = array.header;
  const { plane, order, maxBytes, signal } = options;
  for (const { start, selection, position } of pieceRanges(shape, order, dtype.itemsize, maxBytes)) {
    const value = await array.read(selection, { plane, signal });
    yield { array: name, plane, start: start[order === "C" ? 0 : shape.length - 1] as number, position, value };
  }
}
