import {
  arrayFromBytes,
  type ByteSource,
  blocksByReading,
  type DType,
  type FullMask,
  fillOut,
  type Header,
  isNdArray,
  type LazyArray,
  MaskedArray,
  maskDType,
  type NdArray,
  normalizeSelection,
  OptionError,
  type Selection,
  type SelectionInput,
  type SelectionItem,
  type Subclass,
  throwIfAborted,
} from "@masquerade/core";
import type { DeferredArray } from "./decode-array.ts";
import { DeferredMaskedArray } from "./decode-masked.ts";
import type { DeferredPayload } from "./decode-payload.ts";
import { type PayloadReader, payloadReader } from "./lazy-payload.ts";
import { readStrided } from "./lazy-strided.ts";

/** One plane of an array in the file: all of it in memory already, or read by position. */
class Plane {
  private readonly header: Header;
  private readonly dtype: DType;
  private readonly held: NdArray | undefined;
  private readonly reader: PayloadReader | undefined;
  /** Memory axis i is array axis `axes.indexOf(i)`: the data lie in C order of the memory's own shape. */
  private readonly axes: readonly number[];

  constructor(
    source: ByteSource,
    header: Header,
    dtype: DType,
    from: NdArray | DeferredPayload,
    axes: readonly number[] | undefined,
  ) {
    this.header = header;
    this.dtype = dtype;
    this.held = isNdArray(from) ? from : undefined;
    this.reader = isNdArray(from) ? undefined : payloadReader(source, from);
    const n = header.shape.length;
    this.axes = axes ?? header.shape.map((_, axis) => (header.order === "F" ? n - 1 - axis : axis));
  }

  async read(
    selection: Selection,
    input: SelectionInput | undefined,
    signal: AbortSignal | undefined,
  ): Promise<NdArray> {
    if (this.held !== undefined) return input === undefined ? this.held : this.held.slice(input);
    const { axes } = this;
    const memoryAxes = axes.map((_, memory) => axes.indexOf(memory));
    const shape = memoryAxes.map((axis) => this.header.shape[axis] as number);
    const ranges = memoryAxes.map((axis) => selection.ranges[axis] as Selection["ranges"][number]);
    const bytes = await readStrided(this.reader as PayloadReader, shape, this.dtype.itemsize, ranges, signal);
    const counts = ranges.map((range) => range.count);
    const whole = arrayFromBytes(bytes, this.dtype, counts).transpose(axes) as NdArray;
    return whole.slice(keptAxes(selection));
  }
}

/** What is left to do with an array whose ranges have been read: drop the axes of integer indices, add the new ones. */
function keptAxes(selection: Selection): SelectionItem[] {
  const items: SelectionItem[] = [];
  let next = 0;
  for (const axis of selection.axes) {
    if (axis === undefined) {
      items.push(null);
      continue;
    }
    while (next < axis) {
      items.push(0);
      next++;
    }
    items.push({});
    next++;
  }
  while (next < selection.ranges.length) {
    items.push(0);
    next++;
  }
  return items;
}

/** An array whose data are in a pickle that stays where it is. */
export function deferredLazyArray(
  source: ByteSource,
  leaf: DeferredArray | DeferredMaskedArray,
  name: string,
): LazyArray {
  const { header } = leaf;
  const masked = leaf instanceof DeferredMaskedArray;
  const data = new Plane(source, header, header.dtype, leaf.data, masked ? undefined : leaf.axes);
  const maskFrom = masked ? (leaf.mask as unknown as NdArray | DeferredPayload) : undefined;
  const mask = maskFrom && new Plane(source, header, maskDType(header.dtype), maskFrom, undefined);
  const base: Subclass | undefined = masked ? leaf.base : header.subclass;
  const lazy: LazyArray = {
    header,
    async read(input, options = {}) {
      const { plane = "both", signal, out } = options;
      throwIfAborted(signal);
      const selection = normalizeSelection(input, header.shape);
      if (plane === "mask" && mask === undefined)
        throw new OptionError("OPTION_INVALID", "a plain array has no mask to read", "plane");
      const toOut = (array: NdArray): NdArray => (out === undefined ? array : fillOut(array, out));
      if (plane === "mask") return toOut(await (mask as Plane).read(selection, input, signal));
      const values = toOut(await data.read(selection, input, signal)).with({ subclass: base });
      if (plane === "data" || mask === undefined) return values;
      const hidden = (await mask.read(selection, input, signal)) as unknown as FullMask;
      return new MaskedArray({ data: values, mask: hidden, fillValue: header.fillValue, subclass: header.subclass });
    },
    blocks: (options) => blocksByReading(lazy, name, options),
  };
  return lazy;
}
