import {
  type AnyArray,
  type Block,
  type FullMask,
  type Header,
  type LazyArray,
  MaskedArray,
  maskDType,
  type NdArray,
  nomask,
  normalizeSelection,
  type SelectionInput,
  zeros,
} from "@masquerade/core";
import { readStored, rowsPerBlock, type StoredArray, storedBlocks } from "../lazy/array.ts";

/** A masked array whose planes are members of an archive; `mask` undefined: nomask. */
export function lazyMasked(header: Header, data: StoredArray, mask: StoredArray | undefined, path: string): LazyArray {
  const together = (values: NdArray, hidden: NdArray | undefined): MaskedArray =>
    new MaskedArray({
      data: values,
      mask: hidden === undefined ? nomask : (hidden as FullMask),
      fillValue: header.fillValue,
      hardMask: header.hardMask,
    });
  const readMask = async (
    selection: SelectionInput | undefined,
    signal?: AbortSignal,
    out?: NdArray,
  ): Promise<NdArray> =>
    mask === undefined
      ? (zeros(maskDType(header.dtype), normalizeSelection(selection, header.shape).shape, header.order) as NdArray)
      : await readStored(mask, selection, signal, out);

  return {
    header,
    async read(selection, options = {}): Promise<AnyArray> {
      const { plane = "both", out, signal } = options;
      if (plane === "mask") return await readMask(selection, signal, out);
      const values = await readStored(data, selection, signal, out);
      if (plane === "data") return values;
      return together(values, mask === undefined ? undefined : await readMask(selection, signal));
    },
    async *blocks(options = {}): AsyncGenerator<Block> {
      const { plane = "both", maxBytes, signal } = options;
      const perBlock = rowsPerBlock(data, maxBytes);
      const masks = maskBlocks(perBlock, signal);
      if (plane === "mask") {
        for await (const [start, value] of masks) yield { array: path, plane, start, value };
        return;
      }
      try {
        for await (const [start, values] of storedBlocks(data, perBlock, signal)) {
          if (plane === "data") yield { array: path, plane, start, value: values };
          else {
            const hidden =
              mask === undefined ? undefined : ((await masks.next()).value as readonly [number, NdArray])[1];
            yield { array: path, plane, start, value: together(values, hidden) };
          }
        }
      } finally {
        await masks.return(undefined);
      }
    },
  };

  /** The mask in the same blocks as the data, in whatever order the file has it. */
  async function* maskBlocks(
    perBlock: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly [number, NdArray]> {
    const { shape, order } = data;
    if (mask !== undefined && (mask.order === order || shape.length < 2)) {
      yield* storedBlocks(mask, perBlock, signal);
      return;
    }
    const axis = order === "C" ? 0 : shape.length - 1;
    for (let start = 0; start < (shape[axis] ?? 1); start += perBlock) {
      const rows = shape.map((_, i) => (i === axis ? { start, stop: start + perBlock } : {}));
      yield [start, await readMask(rows, signal)];
    }
  }
}
