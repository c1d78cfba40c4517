import { throwIfAborted } from "../errors.ts";
import type { FileWriter, OpenFile, Progress } from "./format.ts";
import { blocksByReading } from "./lazy.ts";

export interface PipeOptions {
  /** Bytes of data in one block. Default 8 MiB. */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with elements done and in all, both planes counted. */
  readonly onProgress?: Progress | undefined;
}

/**
 * Streaming conversion: everything in `file` into `writer`, block by block in the plane order the writer asks for, and then `finish`.
 * Two blocks are in memory at most. A failure aborts the writer, so that nothing is left, and is thrown.
 */
export async function pipe(file: OpenFile, writer: FileWriter, options: PipeOptions = {}): Promise<void> {
  const { signal, onProgress, maxBytes } = options;
  try {
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
        order === array.header.order ? array.blocks(wanted) : blocksByReading(array, name, { ...wanted, order });
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
