import {
  type BundleHeader,
  describe,
  dtypes,
  type FullMask,
  type Header,
  isMaskedArray,
  type Loss,
  lossesFromCapabilities,
  MaskedArray,
  maskDType,
  NdArray,
  nomask,
  refuseLosses,
  sizeOf,
  zeros,
} from "@masquerade/core";
import { good, onData, onMasked, reads, type Wrong, writes, wrong } from "./mutant.ts";
import { right } from "./right.ts";

const allTrue = (array: MaskedArray): FullMask => {
  const mask = maskDType(array.dtype);
  return new NdArray({
    dtype: mask as never,
    shape: array.shape,
    storage: new Uint8Array(sizeOf(array.shape) * mask.itemsize).fill(1),
  }) as FullMask;
};

const withoutHidden = (header: Header | BundleHeader): readonly Loss[] =>
  lossesFromCapabilities({ ...right.capabilities, hiddenValues: false }, header);

/** Faults with masks, fill values and what lies beneath. */
export const wrongMasks: readonly Wrong[] = [
  wrong(
    "drops the mask in silence",
    "mask/values-come-back",
    writes((a) => onMasked(a, (m) => m.data)),
  ),
  wrong("declares no masks and drops them", "mask/refused-when-unsupported", {
    capabilities: { mask: false },
    ...writes((a) => onMasked(a, (m) => m.data)),
    descriptor: { losses: () => [] },
  }),
  wrong(
    "nomask becomes all false",
    "mask/nomask-is-not-all-false",
    reads((a) => onMasked(a, (m) => (m.mask === nomask ? m.with({ mask: m.maskArray() }) : m))),
  ),
  wrong(
    "all false becomes nomask",
    "mask/nomask-is-not-all-false",
    reads((a) =>
      onMasked(a, (m) =>
        m
          .maskArray()
          .toBytes()
          .some((b) => b !== 0)
          ? m
          : m.with({ mask: nomask }),
      ),
    ),
  ),
  wrong(
    "nothing masked comes back plain",
    "mask/masked-stays-masked",
    reads((a) => onMasked(a, (m) => (m.mask === nomask ? m.data : m))),
  ),
  wrong(
    "a plain array comes back masked",
    "mask/plain-stays-plain",
    reads((a) => (isMaskedArray(a) ? a : new MaskedArray({ data: a }))),
  ),
  wrong(
    "the mask is inverted",
    "mask/values-come-back",
    reads((a) =>
      onMasked(a, (m) => {
        if (m.mask === nomask) return m;
        const flipped = m.mask.copy();
        (flipped.storage as Uint8Array).forEach((b, i, all) => {
          all[i] = b === 0 ? 1 : 0;
        });
        return m.with({ mask: flipped as FullMask });
      }),
    ),
  ),
  wrong(
    "one masked element masks all",
    "mask/values-come-back",
    reads((a) =>
      onMasked(a, (m) =>
        m
          .maskArray()
          .toBytes()
          .some((b) => b !== 0)
          ? m.with({ mask: allTrue(m) })
          : m,
      ),
    ),
  ),
  wrong(
    "fill value forgotten",
    "mask/fill-value-own-dtype",
    writes((a) => onMasked(a, (m) => m.with({ fillValue: undefined }))),
  ),
  wrong(
    "fill value cast to float64",
    "mask/fill-value-own-dtype",
    writes((a) =>
      onMasked(a, (m) =>
        m.fillValue?.dtype.kind === "int64"
          ? m.with({
              fillValue: new NdArray({
                dtype: dtypes.simple("float64"),
                shape: [],
                storage: Float64Array.of(Number(m.fillValue.at())),
              }) as NdArray,
            })
          : m,
      ),
    ),
  ),
  wrong(
    "unset fill value becomes the default",
    "mask/fill-value-unset",
    reads((a) =>
      onMasked(a, (m) =>
        m.fillValue === undefined
          ? m.with({
              fillValue: new NdArray({
                dtype: dtypes.simple("float64"),
                shape: [],
                storage: Float64Array.of(1e20),
              }) as NdArray,
            })
          : m,
      ),
    ),
  ),
  wrong(
    "hard mask comes back soft",
    "mask/hard-mask",
    reads((a) => onMasked(a, (m) => m.with({ hardMask: false }))),
  ),
  wrong(
    "hidden values become zero",
    "mask/hidden-values",
    writes((a) =>
      onMasked(a, (m) => {
        if (m.dtype.kind !== "float64" || m.mask === nomask) return m;
        const data = m.data.copy("C");
        const hidden = m.maskArray().toBytes("C");
        for (let i = 0; i < data.size; i++) if (hidden[i]) (data.storage as Float64Array)[i] = 0;
        return m.with({ data });
      }),
    ),
  ),
  wrong(
    "hidden values pass through the fill value",
    "mask/hidden-values",
    writes((a) =>
      onMasked(a, (m) => {
        if (m.dtype.kind !== "float64" || m.mask === nomask) return m;
        const data = m.data.copy("C");
        const hidden = m.maskArray().toBytes("C");
        for (let i = 0; i < data.size; i++) if (hidden[i]) (data.storage as Float64Array)[i] = 1e20;
        return m.with({ data });
      }),
    ),
  ),
  wrong("announces hidden values as lost but keeps them", "mask/hidden-values-announced", {
    capabilities: { hiddenValues: false },
    encode: (value, options) => {
      refuseLosses("right", withoutHidden(describe(value)), options);
      return good.encode(value, options);
    },
    descriptor: { losses: withoutHidden },
  }),
  wrong(
    "per-field masks collapsed",
    "mask/per-field-structured",
    writes((a) =>
      onMasked(a, (m) =>
        m.dtype.kind === "struct" && m.mask !== nomask
          ? m.with({
              mask: m.mask.toBytes().some((b) => b !== 0) ? allTrue(m) : (zeros(m.mask.dtype, m.shape) as FullMask),
            })
          : m,
      ),
    ),
  ),
  wrong(
    "the mask of a Fortran array is read in C order",
    "mask/fortran-mask",
    reads((a) =>
      onMasked(a, (m) =>
        m.order === "F" && m.mask !== nomask
          ? m.with({
              mask: m.mask.with({ order: "C", storage: m.mask.toBytes("F"), offset: 0, shape: m.shape }) as FullMask,
            })
          : m,
      ),
    ),
  ),
  wrong(
    "a mask in another order is written as it lies",
    "mask/mask-order-differs",
    writes((a) =>
      onMasked(a, (m) =>
        m.mask !== nomask && m.mask.order !== m.data.order
          ? m.with({
              mask: m.mask.with({
                order: m.data.order,
                storage: m.mask.toBytes(m.mask.order),
                offset: 0,
                shape: m.shape,
              }) as FullMask,
            })
          : m,
      ),
    ),
  ),
  wrong(
    "the mask of float64 dropped",
    "roundtrip/float64",
    writes((a) => onMasked(a, (m) => (m.dtype.kind === "float64" && m.mask !== nomask ? m.data : m))),
  ),
  wrong(
    "masks survive but only for floats",
    "roundtrip/int16",
    writes((a) => onMasked(a, (m) => (m.dtype.kind === "int16" ? m.data : m))),
  ),
  wrong(
    "a masked 0-d array loses its mask",
    "roundtrip/float64",
    writes((a) => onMasked(a, (m) => (m.shape.length === 0 ? m.data : m))),
  ),
  wrong(
    "data of Fortran arrays written in C order",
    "mask/fortran-mask",
    writes((a) =>
      onData(a, (d) =>
        d.order === "F" ? (d.with({ order: "F", storage: d.toC(), offset: 0, shape: d.shape }) as NdArray) : d,
      ),
    ),
  ),
];
