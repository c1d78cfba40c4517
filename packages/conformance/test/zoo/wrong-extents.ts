import {
  type AnyArray,
  Bundle,
  broadcastTo,
  dtypes,
  isBundle,
  isMaskedArray,
  type NdArray,
  type PlainValue,
  zeros,
} from "@masquerade/core";
import { eachArray, good, onData, onMasked, reads, type Wrong, writes, wrong } from "./mutant.ts";
import { silent } from "./wrong-rest.ts";

/** The first rows only, where there are more than a counter of so many bits counts. */
const counted = (array: AnyArray, most: number): AnyArray =>
  (array.shape[0] ?? 0) > most
    ? (array.slice(`0:${(array.shape[0] as number) % (most + 1)}`).copy() as AnyArray)
    : array;

const withFill = (array: AnyArray, change: (fill: NdArray) => NdArray | undefined): AnyArray =>
  onMasked(array, (one) => (one.fillValue === undefined ? one : one.with({ fillValue: change(one.fillValue) })));

const attrsOf = (array: AnyArray, change: (value: PlainValue) => PlainValue): AnyArray =>
  onData(array, (data) => data.with({ attrs: new Map([...data.attrs].map(([n, v]) => [n, change(v)])) }));

const bundled = (value: AnyArray | Bundle, change: (bundle: Bundle) => Bundle): AnyArray | Bundle =>
  isBundle(value) ? change(value) : value;

/** Adapters that are right about small and usual things. */
export const wrongExtents: readonly Wrong[] = [
  wrong(
    "lengths counted in sixteen bits",
    "roundtrip/extents",
    writes((array) => counted(array, 0xffff)),
  ),
  wrong("widths of texts counted in eight bits", "roundtrip/extents", {
    ...reads((array) =>
      onData(array, (data) =>
        data.dtype.kind === "bytes" && data.dtype.itemsize > 255
          ? (zeros(dtypes.bytes(44), data.shape) as NdArray)
          : data,
      ),
    ),
  }),
  wrong("lone surrogates replaced", "roundtrip/hard-texts", {
    ...writes((array) =>
      onData(array, (data) => {
        if (data.dtype.kind !== "str") return data;
        const storage = (data.toC() as Uint32Array).map((c) => (c >= 0xd800 && c < 0xe000 ? 0xfffd : c));
        return data
          .copy("C")
          .with({ storage: storage as never })
          .copy(data.order) as NdArray;
      }),
    ),
  }),
  wrong("a fill value of NaN is taken for none", "mask/fill-values-of-every-sort", {
    ...writes((array) => withFill(array, (fill) => (Number.isNaN(fill.at() as number) ? undefined : fill))),
  }),
  wrong("a fill value that is false is taken for none", "mask/fill-values-of-every-sort", {
    ...writes((array) => withFill(array, (fill) => (fill.dtype.kind === "bool" && !fill.at() ? undefined : fill))),
  }),
  wrong("hidden values not read back, and in the file all the same", "mask/hidden-values-not-written", {
    ...silent({ hiddenValues: false }),
    decode: (bytes, options) =>
      eachArray(good.decode(bytes, options), (array) =>
        onMasked(array, (one) => one.with({ data: zeros(one.dtype, one.shape, one.order) as NdArray })),
      ),
  }),
  wrong("attributes through JSON's numbers", "attrs/values", {
    ...writes((array) => attrsOf(array, (value) => (Object.is(value, -0) ? 0 : value))),
  }),
  wrong("an empty list among the attributes is left out", "attrs/values", {
    ...writes((array) => attrsOf(array, (value) => (Array.isArray(value) && value.length === 0 ? null : value))),
  }),
  wrong("members counted in eight bits", "bundle/many", {
    encode: (value, options) =>
      good.encode(
        bundled(
          value,
          (one) =>
            new Bundle({
              kind: one.kind,
              attrs: one.attrs,
              entries: [...one.entries].slice(0, one.entries.size & 255),
            }),
        ),
        options,
      ),
  }),
  wrong("attributes of a bundle are all the first one's", "bundle/attrs", {
    decode: (bytes, options) =>
      bundled(good.decode(bytes, options), (one) => {
        const [first] = one.attrs.values();
        return new Bundle({
          kind: one.kind,
          entries: one.entries,
          attrs: new Map([...one.attrs].map(([n]) => [n, first ?? null])),
        });
      }),
  }),
  wrong("Fortran order lost of members only", "bundle/members-of-every-sort", {
    encode: (value, options) =>
      good.encode(isBundle(value) ? eachArray(value, (array) => array.copy("C") as AnyArray) : value, options),
  }),
  wrong("select of a path drops the mask", "bundle/select-path", {
    decode: (bytes, options) => {
      const found = good.decode(bytes, options);
      return options.select?.includes("/") && !isBundle(found) && isMaskedArray(found) ? found.data : found;
    },
  }),
  wrong("one row for all is written as the memory beneath", "purity/broadcast-views", {
    ...writes((array) =>
      onData(array, (data) =>
        data.strides.includes(0) && data.size > 1 ? (broadcastTo(zeros(data.dtype, []), data.shape) as NdArray) : data,
      ),
    ),
  }),
];
