import {
  arrayFromBytes,
  type ByteSource,
  blocksByReading,
  type FullMask,
  fillOut,
  type Header,
  type LazyArray,
  LimitError,
  type Limits,
  MaskedArray,
  makeHeader,
  maskDType,
  type NdArray,
  nomask,
  normalizeSelection,
  planeOf,
  Selection,
  sizeOf,
  throwIfAborted,
} from "@masquerade/core";
import { type Json, unpackAttrs, unpackDType } from "./right-header.ts";

/** Lazy reads: only the rows between the first and the last one selected are fetched. */
export async function openOne(json: Json, end: number, source: ByteSource, limits: Limits): Promise<LazyArray> {
  const o = json as { readonly [key: string]: Json };
  const dtype = unpackDType(o.dtype);
  const shape = o.shape as readonly number[];
  const order = o.order as "C" | "F";
  const maskType = maskDType(dtype);
  const size = sizeOf(shape);
  const maskAt = end + size * dtype.itemsize;
  const fillAt = maskAt + (o.mask === "mask" ? size * maskType.itemsize : 0);
  const fillType = o.fill === null ? undefined : unpackDType(o.fill);
  const fillBytes = fillType === undefined ? undefined : await source.read(fillAt, fillType.itemsize);
  const fillValue =
    fillBytes === undefined
      ? undefined
      : (arrayFromBytes(fillBytes, fillType as typeof dtype, [], "C", { copy: true }) as NdArray);
  const header: Header = makeHeader({
    dtype,
    shape,
    order,
    mask: o.mask as "mask",
    hardMask: o.hard === true,
    fillValue,
    attrs: unpackAttrs(o.attrs),
    dims: o.dims === null ? undefined : (o.dims as readonly string[]),
  });

  const rows = async (
    at: number,
    of: typeof dtype,
    from: number,
    count: number,
    signal: AbortSignal | undefined,
  ): Promise<NdArray> => {
    const rowBytes = shape.length === 0 ? of.itemsize : (size / Math.max(shape[0] as number, 1)) * of.itemsize;
    const raw = await source.read(at + from * rowBytes, count * rowBytes, signal);
    return arrayFromBytes(raw, of, shape.length === 0 ? [] : [count, ...shape.slice(1)], "C", {
      copy: true,
    }) as NdArray;
  };
  const whole = async (at: number, of: typeof dtype, signal: AbortSignal | undefined): Promise<NdArray> =>
    arrayFromBytes(await source.read(at, size * of.itemsize, signal), of, shape, order, { copy: true }) as NdArray;

  const lazy: LazyArray = {
    header,
    async read(selection, options) {
      throwIfAborted(options?.signal);
      const chosen = normalizeSelection(selection, shape);
      const bytes = sizeOf(chosen.shape) * dtype.itemsize;
      if (bytes > limits.maxBytes) throw new LimitError("maxBytes", `${bytes} bytes at once`, { format: "right" });
      const range = chosen.ranges[0];
      const simple = order === "C" && range !== undefined && range.count > 0 && range.step > 0;
      const from = simple ? range.start : 0;
      const count = simple ? (range.count - 1) * range.step + 1 : 0;
      const within = simple ? new Selection([{ ...range, start: 0 }, ...chosen.ranges.slice(1)], chosen.axes) : chosen;
      const plane = async (at: number, of: typeof dtype): Promise<NdArray> => {
        const part = simple ? await rows(at, of, from, count, options?.signal) : await whole(at, of, options?.signal);
        const view = within.applyTo(part.shape, part.strides, part.offset);
        return part.with({ shape: view.shape, strides: view.strides, offset: view.offset });
      };
      const dims =
        header.dims && chosen.axes.every((axis) => axis !== undefined)
          ? chosen.axes.map((axis) => header.dims?.[axis as number] as string)
          : undefined;
      const data = (await plane(end, dtype)).with({ attrs: header.attrs, dims });
      if (options?.out !== undefined) fillOut(data, options.out);
      if (o.mask === "plain") return planeOf(data, options?.plane ?? "both");
      const mask = o.mask === "nomask" ? nomask : ((await plane(maskAt, maskType)) as FullMask);
      return planeOf(new MaskedArray({ data, mask, fillValue, hardMask: header.hardMask }), options?.plane ?? "both");
    },
    blocks: (options) => blocksByReading(lazy, "", options),
  };
  return lazy;
}
