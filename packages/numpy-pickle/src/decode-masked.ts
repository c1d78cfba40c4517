import {
  dtypes,
  FormatError,
  type FullMask,
  type Header,
  MaskedArray,
  maskDType,
  NdArray,
  type Order,
  type Subclass,
} from "@masquerade/core";
import { type FinishContext, type MachineContext, malformed, PickleInstance } from "@masquerade/pickle";
import { integer, tupleItems } from "./decode-arguments.ts";
import { arrayData, DeferredArray, finishArray, parseArrayState, type RawArray, withSubclass } from "./decode-array.ts";
import { NumpyDType } from "./decode-dtype.ts";
import { fillValueOf } from "./decode-fill.ts";
import type { DeferredPayload } from "./decode-payload.ts";

/** A masked array whose data, or mask too, were left in the file. */
export class DeferredMaskedArray {
  readonly header: Header;
  /** Values, here or in the file. */
  readonly data: NdArray | DeferredPayload;
  readonly mask: FullMask | DeferredPayload;
  /** Subclass of the values (matrix, recarray). */
  readonly base: Subclass | undefined;

  constructor(
    header: Header,
    data: NdArray | DeferredPayload,
    mask: FullMask | DeferredPayload,
    base: Subclass | undefined,
  ) {
    this.header = header;
    this.data = data;
    this.mask = mask;
    this.base = base;
  }
}

export interface MaskedClass {
  readonly subclass: Subclass | undefined;
  /** Subclass of the values beneath the mask. */
  readonly base: Subclass | undefined;
  /** MaskedRecords writes data and mask in C order whatever its Fortran flag says (and NumPy itself reads a Fortran one back wrong). */
  readonly alwaysC: boolean;
}

/** `_mareconstruct(class, baseclass, (0,), "b")` and `_mrreconstruct`, waiting for the state. */
export class MaskedInstance extends PickleInstance {
  /** dtype, elements of an object array, fill value. */
  readonly parts: unknown[] = [];
  private readonly kind: MaskedClass;
  private readonly at: number;
  private data: RawArray | undefined = undefined;
  private mask: RawArray | undefined = undefined;

  constructor(kind: MaskedClass, at: number) {
    super();
    this.kind = kind;
    this.at = at;
  }

  /** `(version, shape, dtype, is_fortran, data, mask, fill_value)`; older: the fill value before or without the version. */
  override build(state: unknown, context: MachineContext): void {
    const items = tupleItems(state, [6, 7], "the state of a masked array", context);
    if (items.length === 7) integer(items[0], "the version of a masked array", context);
    const [shape, dtype, fortran, data, mask, fill] = items.slice(-6);
    const parsed = parseArrayState([shape, dtype, fortran, data], context);
    const order: Order = this.kind.alwaysC ? "C" : parsed.order;
    const maskData = arrayData(mask, context);
    if (Array.isArray(maskData)) throw malformed(context, "the mask of an array is a list");
    this.data = { ...parsed, order };
    this.mask = { shape: parsed.shape, order, data: maskData, at: context.offset };
    this.parts.length = 0;
    this.parts.push(parsed.dtype, Array.isArray(parsed.data) ? parsed.data : null, fill);
  }

  finish(context: FinishContext): MaskedArray | DeferredMaskedArray {
    const { data, mask, kind } = this;
    const [dtype, , fill] = this.parts;
    if (data === undefined || mask === undefined || !(dtype instanceof NumpyDType))
      throw new FormatError("FORMAT_MALFORMED", context.format, "a masked array without a state", { offset: this.at });
    const values = withSubclass(finishArray(data, dtype, context), kind.base);
    const hidden = finishArray(mask, new NumpyDType(maskDType(dtype.dtype)), context);
    const fillValue = fillValueOf(fill, { format: context.format, offset: data.at });
    if (!(values instanceof DeferredArray) && !(hidden instanceof DeferredArray))
      return new MaskedArray({ data: values, mask: hidden as unknown as FullMask, fillValue, subclass: kind.subclass });
    const header: Header = {
      ...(values instanceof DeferredArray ? values.header : (hidden as DeferredArray).header),
      dtype: dtype.dtype,
      mask: "mask",
      fillValue,
      subclass: kind.subclass,
    };
    const maskPart = hidden instanceof DeferredArray ? hidden.data : (hidden as unknown as FullMask);
    return new DeferredMaskedArray(header, values instanceof DeferredArray ? values.data : values, maskPart, kind.base);
  }
}

/** `np.ma.masked`: float64 0.0, masked. */
export class MaskedConstantInstance extends PickleInstance {
  readonly parts: unknown[] = [];

  finish(): MaskedArray {
    const data = new NdArray({ dtype: dtypes.simple("float64"), shape: [], storage: new Float64Array(1) });
    const mask = new NdArray({ dtype: dtypes.simple("bool"), shape: [], storage: Uint8Array.of(1) });
    return new MaskedArray({ data, mask, subclass: "MaskedConstant" }) as unknown as MaskedArray;
  }
}
