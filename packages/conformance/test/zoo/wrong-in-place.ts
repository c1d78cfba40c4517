import { type AnyArray, isMaskedArray, type NdArray } from "@masquerade/core";
import { inPlaceCapabilities, type Overwrite, opensWritable, overwrite } from "./in-place.ts";
import { type Wrong, wrong } from "./mutant.ts";

const writes = (name: string, breaks: string, changed: Partial<Overwrite>): Wrong =>
  wrong(name, breaks, { capabilities: inPlaceCapabilities, open: opensWritable(changed) });

/** Adapters that overwrite other elements than they should, or more of them. */
export const wrongInPlace: readonly Wrong[] = [
  writes("what is selected is taken to lie together", "lazy/in-place-selections", {
    numbers(lazy, selection) {
      const [first = 0, ...rest] = Array.from(overwrite.numbers(lazy, selection));
      return [first, ...rest.map((_, i) => first + 1 + i)];
    },
  }),
  writes("overwriting leaves the mask", "lazy/in-place-selections", {
    planes: (_, value) => [isMaskedArray(value) ? value.data : value],
  }),
  writes("overwriting takes every array for one in C order", "lazy/in-place-selections", {
    numbers: (lazy, selection) => overwrite.numbers({ ...lazy, header: { ...lazy.header, order: "C" } }, selection),
  }),
  writes("overwriting converts other dtypes", "lazy/in-place-refused", {
    demand: (lazy, shape, value) => overwrite.demand(lazy, shape, converted(lazy.header.dtype, value)),
    planes: (lazy, value) => [converted(lazy.header.dtype, value) as NdArray],
  }),
  writes("overwriting cuts off what is too long", "lazy/in-place-refused", {
    demand: (lazy, shape, value) => overwrite.demand(lazy, shape.length === 1 ? value.shape : shape, value),
  }),
  writes("overwriting drops a mask where there is none", "lazy/in-place-refused", {
    demand: (lazy, shape, value) => overwrite.demand(lazy, shape, isMaskedArray(value) ? value.data : value),
  }),
  writes("overwriting a row writes all rows", "lazy/in-place-bounded", {
    async put(source, at, bytes) {
      const rest = (await source.read(at, Math.min(4096, (source.size as number) - at))).slice();
      rest.set(bytes);
      await source.write(at, rest);
    },
  }),
  writes("overwriting passes over a full disk", "lazy/in-place-failing-write", {
    put: (source, at, bytes) => source.write(at, bytes).catch(() => {}),
  }),
  wrong("aliasing declared, and everything copied", "purity/aliasing-is-real", { capabilities: { aliasing: true } }),
];

const converted = (dtype: NdArray["dtype"], value: AnyArray): AnyArray =>
  (isMaskedArray(value) ? value : value.astype(dtype)) as AnyArray;
