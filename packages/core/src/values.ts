import type { AnyArray } from "./array/any.ts";
import type { Bundle } from "./array/bundle.ts";

/** A complex number: what `at()` of complex64 and complex128 gives, and Python's `complex`. */
export class Complex {
  readonly re: number;
  readonly im: number;

  constructor(re: number, im: number) {
    this.re = re;
    this.im = im;
  }
}

/** Python's tuple, where the difference to a list matters. */
export class Tuple<T = PlainValue> {
  readonly items: readonly T[];

  constructor(items: readonly T[]) {
    this.items = items;
  }
}

/**
 * A Python value beside the arrays: attributes, and the elements of object arrays.
 * `bigint` is Python's int and `number` its float (so that 2 and 2.0 stay apart and no integer is rounded);
 * `Uint8Array` is bytes, an array a list, a `Map` a dict.
 */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Complex
  | Tuple
  | AnyArray
  | Bundle
  | readonly PlainValue[]
  | ReadonlyMap<PlainValue, PlainValue>;

/** Attributes of an array or a bundle, in order. */
export type Attrs = ReadonlyMap<string, PlainValue>;

/** No attributes; shared and frozen in type. */
export const noAttrs: Attrs = /* @__PURE__ */ new Map();
