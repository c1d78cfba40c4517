import { type AnyArray, isArray, isMaskedArray } from "../array/any.ts";
import { elementStarts, writeElement } from "../array/element.ts";
import { gather } from "../array/gather.ts";
import type { FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { SelectionInput } from "../array/selection.ts";
import { zeros } from "../array/zeros.ts";
import { type DType, lanesOf, maskDType } from "../dtype/dtype.ts";
import type { Storage } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { type Masked, masked, nomask } from "../symbols.ts";
import { castArray } from "./astype.ts";
import { broadcastTo } from "./broadcast.ts";

/** What can be assigned: an array (broadcast, cast as NumPy does), one scalar for all, or `masked`. */
export type Assigned = AnyArray | Masked | unknown;

/** One scalar as a 0-d array of a dtype. */
export function scalarOf(value: unknown, dtype: DType): NdArray {
  const out = zeros(dtype, []) as NdArray;
  const wide = dtype.kind === "int64" || dtype.kind === "uint64";
  writeElement(
    out,
    0,
    wide && Number.isFinite(value) && !Number.isInteger(value) ? BigInt(Math.trunc(value as number)) : value,
  );
  return out;
}

/** Stores contiguous C-order elements into a (strided) view, except where `skip` is set. */
function scatter(view: NdArray, lanes: Storage, skip: Uint8Array | undefined): void {
  const per = lanesOf(view.dtype);
  const to = view.storage as Uint8Array;
  const from = lanes as Uint8Array;
  const starts = elementStarts(view);
  for (let i = 0; i < starts.length; i++) {
    if (skip !== undefined && skip[i] !== 0) continue;
    const at = (starts[i] as number) * per;
    for (let l = 0; l < per; l++) to[at + l] = from[i * per + l] as number;
  }
}

/** The values to assign, over the view's shape and in its dtype; a copy where they share memory with it. */
function valuesFor(view: NdArray, value: unknown): Storage {
  const array = isArray(value) ? (isMaskedArray(value) ? value.data : value) : scalarOf(value, view.dtype);
  const lanes = gather(broadcastTo(castArray(array, view.dtype), view.shape), "C");
  const shared = Array.isArray(lanes)
    ? lanes === view.storage
    : !Array.isArray(view.storage) && lanes.buffer === view.storage.buffer;
  return shared ? lanes.slice() : lanes;
}

/** Assigns to a selection of a plain array. */
export function assignData(array: NdArray, selection: SelectionInput, value: unknown): void {
  const view = array.slice(selection);
  if (view.dtype.kind === "struct" && view.objects !== undefined && view.objects.length > 0)
    throw new OptionError("DTYPE_MISMATCH", "records that hold objects cannot be assigned in place");
  scatter(view, valuesFor(view, value), undefined);
}

/** Gives a masked array that has nomask a mask of its own (all false), as NumPy does on first need. */
function ownMask(array: MaskedArray): FullMask {
  if (array.mask !== nomask) return array.mask;
  const made = zeros(maskDType(array.dtype) as DType, array.shape, array.order) as unknown as FullMask;
  (array as { mask: FullMask }).mask = made;
  return made;
}

function fillMask(mask: FullMask, value: 0 | 1): void {
  const view = mask as unknown as NdArray;
  scatter(view, new Uint8Array(view.size * lanesOf(view.dtype)).fill(value), undefined);
}

/** Assigns to a selection of a masked array by NumPy's rules; see {@link MaskedArray.assign}. */
export function assignMasked(array: MaskedArray, selection: SelectionInput, value: unknown): void {
  if (value === masked) {
    fillMask(ownMask(array).slice(selection) as FullMask, 1);
    return;
  }
  if (array.dtype.kind === "struct" && !isArray(value)) {
    assignRecord(array, selection, value);
    return;
  }
  const view = array.data.slice(selection);
  const given = isMaskedArray(value) && value.mask !== nomask ? (value.mask as unknown as NdArray) : undefined;
  const lanes = valuesFor(view, value);
  if (array.mask === nomask && given === undefined) {
    scatter(view, lanes, undefined);
    return;
  }
  const hard = array.hardMask && array.mask !== nomask;
  const mask = ownMask(array).slice(selection) as unknown as NdArray;
  const bytes = mask.size * lanesOf(mask.dtype);
  const next =
    given === undefined ? new Uint8Array(bytes) : (gather(broadcastTo(given, mask.shape), "C") as Uint8Array).slice();
  if (!hard) {
    scatter(view, lanes, undefined);
    scatter(mask, next, undefined);
    return;
  }
  const own = gather(mask, "C") as Uint8Array;
  for (let i = 0; i < next.length; i++) next[i] = (next[i] as number) | (own[i] as number);
  if (mask.dtype.kind === "struct")
    throw new OptionError("DTYPE_MISMATCH", "records under a hard mask are assigned field by field");
  scatter(view, lanes, next);
  scatter(mask, next, undefined);
}

/** One record for all of a selection: fields may be `masked`, and a hard mask holds field by field. */
function assignRecord(array: MaskedArray, selection: SelectionInput, value: unknown): void {
  if (typeof value !== "object" || value === null)
    throw new OptionError("DTYPE_MISMATCH", "a record takes an object with one property per field");
  const fields = Object.entries(value as Record<string, unknown>);
  const needsMask = array.mask !== nomask || fields.some(([, v]) => v === masked);
  const view = array.data.slice(selection) as NdArray<"struct">;
  const mask = needsMask ? (ownMask(array).slice(selection) as NdArray<"struct">) : undefined;
  for (const index of indicesOf(view.shape)) {
    const before = mask?.at(...index) as Record<string, unknown> | undefined;
    const data: Record<string, unknown> = Object.create(null);
    const flags: Record<string, unknown> = Object.create(null);
    for (const [name, v] of fields) {
      if (array.hardMask && before?.[name] === true) continue;
      flags[name] = v === masked;
      if (v !== masked) data[name] = v;
    }
    view.set(index, data);
    mask?.set(index, flags);
  }
}

function* indicesOf(shape: readonly number[]): Generator<readonly number[]> {
  const total = shape.reduce((a, b) => a * b, 1);
  for (let i = 0; i < total; i++) {
    let rest = i;
    yield shape
      .toReversed()
      .map((n) => {
        const k = rest % n;
        rest = Math.floor(rest / n);
        return k;
      })
      .reverse();
  }
}
