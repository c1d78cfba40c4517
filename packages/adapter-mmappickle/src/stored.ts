import {
  checkShape,
  type DType,
  FormatError,
  type Header,
  hasObjects,
  type Limits,
  makeHeader,
  maskDType,
  type NdArray,
  type PlainValue,
  sameShape,
} from "@masquerade/core";
import { parseDescr, parseDType, parseLiteral } from "@masquerade/numpy";
import type { Entry } from "./chain.ts";
import { ARRAY_HEAD, FORMAT, MASKED_HEAD, startsWith } from "./forms.ts";
import type { Reading, Window } from "./window.ts";

/** An ndarray VALUE: what it is, and where its elements lie (C order). */
export interface StoredPlane {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly at: number;
  readonly bytes: number;
}

/** An array entry whose elements are read and written where they are. */
export interface StoredArray {
  readonly data: StoredPlane;
  /** Undefined for a plain array; "nomask": what mmappickle writes for one, a 0-d False. */
  readonly mask: StoredPlane | "nomask" | undefined;
  /** Where the fill value is pickled, when there is one. */
  readonly fill: { readonly offset: number; readonly length: number } | undefined;
}

/** Header of a stored array; its fill value is read apart. */
export function storedHeader(stored: StoredArray, fillValue: NdArray | undefined): Header {
  const { dtype, shape } = stored.data;
  const mask = stored.mask === undefined ? "plain" : stored.mask === "nomask" ? "nomask" : "mask";
  return makeHeader({ dtype, shape, mask, fillValue });
}

const malformed = (message: string, offset: number): FormatError =>
  new FormatError("FORMAT_MALFORMED", FORMAT, message, { offset });

/** Bytes behind the elements of an array that hold dtype and shape, at most. */
const TRAILER = 1024;
/** Bytes of an array's VALUE before its elements: the fixed head, BINBYTES8 and the length. */
const LEAD = ARRAY_HEAD.length + 9;

/** The array in an entry; undefined when the entry holds another pickled value. Throws FormatError, LimitError. */
export function* readStored(window: Window, entry: Entry, limits: Limits): Reading<StoredArray | undefined> {
  const { valueAt, valueEnd } = entry;
  const head = yield* window.need(valueAt, Math.min(ARRAY_HEAD.length, valueEnd - valueAt));
  if (startsWith(head, ARRAY_HEAD)) {
    const { plane, end } = yield* readPlane(window, valueAt, valueEnd, limits);
    if (end !== valueEnd) throw malformed("something follows an array in its entry", end);
    return { data: plane, mask: undefined, fill: undefined };
  }
  if (!startsWith(head, MASKED_HEAD)) return undefined;
  const data = yield* readPlane(window, valueAt + MASKED_HEAD.length, valueEnd, limits);
  const mask = yield* readPlane(window, data.end, valueEnd, limits);
  const rest = yield* window.need(mask.end, Math.min(valueEnd - mask.end, TRAILER));
  const fillAt = rest[0] === 0x86 ? undefined : mask.end + prefixLength(rest, mask.end);
  const end = rest[0] === 0x86 ? mask.end + 2 : valueEnd;
  const last = yield* window.need(end - 2, 2);
  if (end !== valueEnd || last[0] !== (fillAt === undefined ? 0x86 : 0x74) || last[1] !== 0x52)
    throw malformed("a masked array does not end as such entries do", mask.end);
  const fill = fillAt === undefined ? undefined : { offset: fillAt, length: valueEnd - 2 - fillAt };
  if (fill !== undefined && fill.length <= 0) throw malformed("a masked array without its fill value", mask.end);
  return { data: data.plane, mask: yield* checkedMask(window, data.plane, mask.plane, mask.end), fill };
}

/**
 * Bytes of what stands between the mask and the fill value: data and mask are memoised and popped, and pushed again behind a MARK with
 * MaskedArray's next arguments (dtype None, copy False, subok True, ndmin 0).
 */
function prefixLength(bytes: Uint8Array, offset: number): number {
  let at = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const index = (short: number, long: number): number => {
    const wide = bytes[at] === long;
    if ((!wide && bytes[at] !== short) || at + 5 > bytes.length)
      throw malformed("a masked array does not end as such entries do", offset);
    const found = wide ? view.getUint32(at + 1, true) : (bytes[at + 1] as number);
    at += wide ? 5 : 2;
    return found;
  };
  const expectBytes = (...want: readonly number[]): void => {
    if (want.some((byte, i) => bytes[at + i] !== byte))
      throw malformed("a masked array does not end as such entries do", offset);
    at += want.length;
  };
  const mask = index(0x71, 0x72);
  expectBytes(0x30);
  const data = index(0x71, 0x72);
  expectBytes(0x30, 0x28);
  if (mask === data || index(0x68, 0x6a) !== data || index(0x68, 0x6a) !== mask)
    throw malformed("a masked array mixes up its parts", offset);
  expectBytes(0x4e, 0x89, 0x88, 0x4b, 0x00);
  return at;
}

function* checkedMask(
  window: Window,
  data: StoredPlane,
  mask: StoredPlane,
  offset: number,
): Reading<StoredPlane | "nomask"> {
  const wanted = maskDType(data.dtype) as DType;
  if (mask.dtype.kind !== wanted.kind || mask.dtype.itemsize !== wanted.itemsize)
    throw malformed(`a mask of ${mask.dtype.kind}`, offset);
  if (sameShape(mask.shape, data.shape)) return mask.dtype.kind === "struct" ? { ...mask, dtype: wanted } : mask;
  if (mask.shape.length > 0 || mask.bytes !== 1 || (yield* window.need(mask.at, 1))[0] !== 0)
    throw malformed(`a mask of shape (${mask.shape.join(", ")}) for data of (${data.shape.join(", ")})`, offset);
  return "nomask";
}

/** An ndarray VALUE at `at`, which ends at `limit` at the latest. */
function* readPlane(
  window: Window,
  at: number,
  limit: number,
  limits: Limits,
): Reading<{ readonly plane: StoredPlane; readonly end: number }> {
  const lead = yield* window.need(at, Math.min(LEAD, limit - at));
  if (!startsWith(lead, ARRAY_HEAD)) throw malformed("an array does not begin as arrays do", at);
  const start = ARRAY_HEAD.length;
  const view = new DataView(lead.buffer, lead.byteOffset, lead.length);
  const width = lead[start] === 0x8e ? 8 : lead[start] === 0x42 ? 4 : lead[start] === 0x43 ? 1 : undefined;
  if (width === undefined || start + 1 + width > lead.length)
    throw malformed("the elements of an array are no bytes", at + start);
  const claimed =
    width === 8
      ? view.getBigUint64(start + 1, true)
      : BigInt(width === 4 ? view.getUint32(start + 1, true) : view.getUint8(start + 1));
  const from = at + start + 1 + width;
  if (claimed > BigInt(limit - from))
    throw malformed(`an array of ${claimed} bytes is longer than its entry`, at + start);
  const bytes = Number(claimed);
  const after = from + bytes;
  const trailer = new Trailer(yield* window.need(after, Math.min(TRAILER, limit - after)), after);
  const text = trailer.text();
  trailer.call();
  const shape = trailer.shape(limits);
  trailer.call();
  const dtype = dtypeOf(text, after, limits);
  const size = checkShape(shape, dtype.itemsize, limits, { format: FORMAT, offset: after });
  if (size * dtype.itemsize !== bytes)
    throw malformed(
      `shape (${shape.join(", ")}) of ${dtype.itemsize}-byte elements takes another number of bytes than ${bytes}`,
      after,
    );
  return { plane: { dtype, shape, at: from, bytes }, end: after + trailer.at };
}

/** `str(dtype)`. A structured dtype is there as the repr of its description, which neither pickle nor mmappickle can read back. */
function dtypeOf(text: string, offset: number, limits: Limits): DType {
  const dtype = text.startsWith("[")
    ? parseDescr(parseLiteral(text, { format: FORMAT, offset }) as PlainValue, { format: FORMAT, offset, limits }).dtype
    : parseDType(text, { format: FORMAT, offset });
  if (hasObjects(dtype)) throw malformed(`elements of ${dtype.kind} have no bytes`, offset);
  return dtype;
}

/** What follows the elements of an array: dtype, call, shape, call. */
class Trailer {
  at = 0;
  private readonly bytes: Uint8Array;
  private readonly base: number;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, base: number) {
    this.bytes = bytes;
    this.base = base;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The next `n` bytes' place. */
  private take(n: number): number {
    const at = this.at;
    if (at + n > this.bytes.length) throw malformed("the end of an array is missing", this.base + at);
    this.at += n;
    return at;
  }

  text(): string {
    const at = this.take(2);
    if (this.bytes[at] !== 0x8c) throw malformed("the dtype of an array is no text", this.base + at);
    const length = this.bytes[at + 1] as number;
    const from = this.take(length);
    return new TextDecoder().decode(this.bytes.subarray(from, from + length));
  }

  call(): void {
    const at = this.take(2);
    if (this.bytes[at] !== 0x86 || this.bytes[at + 1] !== 0x52)
      throw malformed("an array is not made as arrays are", this.base + at);
  }

  shape(limits: Limits): readonly number[] {
    const shape: number[] = [];
    const marked = this.bytes[this.at] === 0x28;
    if (marked) this.take(1);
    for (;;) {
      const at = this.take(1);
      switch (this.bytes[at]) {
        case 0x4b:
          shape.push(this.bytes[this.take(1)] as number);
          break;
        case 0x4d:
          shape.push(this.view.getUint16(this.take(2), true));
          break;
        case 0x4a:
          shape.push(this.view.getInt32(this.take(4), true));
          break;
        case 0x8a:
          shape.push(this.long(this.bytes[this.take(1)] as number));
          break;
        default:
          this.endShape(this.bytes[at] as number, shape.length, marked, at);
          return shape;
      }
      if (shape.length > limits.maxDims || (shape.at(-1) as number) < 0)
        throw malformed("the shape of an array is not possible", this.base + at);
    }
  }

  private endShape(code: number, length: number, marked: boolean, at: number): void {
    const want = marked ? 0x74 : [0x29, 0x85, 0x86, 0x87][length];
    if (code !== want) throw malformed("the shape of an array is no tuple of integers", this.base + at);
  }

  /** LONG1, as Python writes lengths beyond 2^31 - 1. */
  private long(length: number): number {
    const from = this.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[from + i] as number);
    if (length > 8 || value > BigInt(Number.MAX_SAFE_INTEGER)) return -1;
    return Number(value);
  }
}
