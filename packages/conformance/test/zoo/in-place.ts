import {
  type AnyArray,
  type ByteSource,
  type Capabilities,
  CapabilityError,
  type Codec,
  dtypes,
  isMaskedArray,
  type LazyArray,
  makeOpenFile,
  maskDType,
  NdArray,
  nomask,
  normalizeSelection,
  type OpenFile,
  OptionError,
  type SelectionInput,
  sameDType,
  sizeOf,
} from "@masquerade/core";
import { codec as good, right } from "./right.ts";

/** How an element of a plane is written: its number in the file's order, and its bytes. */
export type PutElement = (at: number, bytes: Uint8Array) => Promise<void>;

/** The parts of overwriting that are done differently by those that do it wrongly. */
export interface Overwrite {
  readonly demand: (lazy: LazyArray, shape: readonly number[], value: AnyArray) => void;
  readonly numbers: (lazy: LazyArray, selection: SelectionInput) => ArrayLike<number>;
  readonly planes: (lazy: LazyArray, value: AnyArray) => readonly NdArray[];
  readonly put: (
    source: Required<Pick<ByteSource, "write">> & ByteSource,
    at: number,
    bytes: Uint8Array,
  ) => Promise<void>;
}

export const overwrite: Overwrite = {
  demand({ header }, shape, value) {
    if (!sameDType(header.dtype, value.dtype)) throw new OptionError("DTYPE_MISMATCH", "another dtype");
    if (shape.join() !== value.shape.join()) throw new OptionError("SHAPE_MISMATCH", "another shape");
    if (isMaskedArray(value) && header.mask !== "mask")
      throw new CapabilityError("right", "mask", "no room for a mask");
  },
  /** The place of each element selected, in the order of the file. */
  numbers({ header: { shape, order } }, selection) {
    const all = new NdArray({
      dtype: dtypes.simple("uint32"),
      shape,
      order,
      storage: Uint32Array.from({ length: sizeOf(shape) }, (_, i) => i),
    });
    return all.slice(selection).toC() as Uint32Array;
  },
  planes({ header }, value) {
    if (!isMaskedArray(value)) return [value];
    return value.mask === nomask || header.mask !== "mask" ? [value.data] : [value.data, value.mask as NdArray];
  },
  put: (source, at, bytes) => source.write(at, bytes),
};

/** The right small format, opened so that elements can be overwritten where they lie. */
export function opensWritable(changed: Partial<Overwrite>): NonNullable<Codec["open"]> {
  const { demand, numbers, planes, put } = { ...overwrite, ...changed };
  return async (source, options): Promise<OpenFile> => {
    const file = (await good.open?.(source, options)) as OpenFile;
    if (source.write === undefined || file.names.join() !== "") return file;
    const view = new DataView((await source.read(7, 4)).slice().buffer);
    const start = 15 + view.getUint32(0, true);
    const lazy = file.array();
    const { dtype, shape } = lazy.header;
    const starts = [start, start + sizeOf(shape) * dtype.itemsize];
    return makeOpenFile(lazy.header, () => ({
      ...lazy,
      async write(selection, value) {
        demand(lazy, normalizeSelection(selection, shape).shape, value);
        const places = numbers(lazy, selection);
        for (const [p, plane] of planes(lazy, value).entries()) {
          const { itemsize } = p === 0 ? dtype : maskDType(dtype);
          const bytes = plane.toBytes("C");
          for (let i = 0; i < places.length; i++)
            await put(
              source as never,
              (starts[p] as number) + (places[i] as number) * itemsize,
              bytes.slice(i * itemsize, (i + 1) * itemsize),
            );
        }
      },
    }));
  };
}

export const inPlaceCapabilities: Capabilities = { ...right.capabilities, inPlace: true };

/** The right small format, written in place. */
export const rightInPlace: typeof right = {
  ...right,
  capabilities: inPlaceCapabilities,
  codec: async () => ({ ...good, open: opensWritable({}) }),
};
