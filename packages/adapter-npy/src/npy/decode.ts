import {
  type AnyArray,
  arrayFromBytes,
  Bundle,
  checkOptions,
  type DecodeOptions,
  FormatError,
  hasObjects,
  LimitError,
  type Limits,
  type NdArray,
  OptionError,
  resolveLimits,
  throwIfAborted,
  UnsafeContentError,
} from "@masquerade/core";
import { type NpyHeader, npyMagic, readNpyHeader } from "@masquerade/numpy";
import { checkOut, fill } from "../lazy/array.ts";
import { type NpyReadOptions, npy } from "./format.ts";
import { readObjects } from "./objects.ts";

/** Where an NPY file lies within another, for messages. */
export interface NpyPlace {
  readonly format: string;
  readonly offset: number;
}

/** Bytes of the data after a header; for objects unknown until the pickle is read. */
export function dataLength(header: NpyHeader): number | undefined {
  return hasObjects(header.dtype) ? undefined : header.size * header.dtype.itemsize;
}

/** Throws LimitError when the array is larger than what is decoded whole. */
export function checkBytes(header: NpyHeader, limits: Limits, place: NpyPlace): void {
  const bytes = header.size * header.dtype.itemsize;
  if (bytes > limits.maxBytes)
    throw new LimitError(
      "maxBytes",
      `an array of ${bytes} bytes is more than ${limits.maxBytes}; open() reads it by parts`,
      {
        format: place.format,
        offset: place.offset,
      },
    );
}

export function refuseObjects(place: NpyPlace): UnsafeContentError {
  return new UnsafeContentError(
    "UNSAFE_OBJECT",
    place.format,
    "an object array, whose elements are a pickle; read it with the option objects (nothing is run, unknown classes are refused)",
    { offset: place.offset },
  );
}

/** One array at the start of `bytes`, and where it ends. Exactly the bytes its header asks for are read. */
export function decodeArray(
  bytes: Uint8Array,
  options: NpyReadOptions & DecodeOptions,
  limits: Limits,
  place: NpyPlace,
): { readonly array: NdArray; readonly end: number } {
  const header = readNpyHeader(bytes, { ...place, limits });
  checkBytes(header, limits, place);
  const length = dataLength(header);
  if (length === undefined) {
    if (options.objects !== true) throw refuseObjects({ ...place, offset: place.offset + header.dataOffset });
    return readObjects(bytes, header, limits, place);
  }
  const end = header.dataOffset + length;
  if (bytes.length < end)
    throw new FormatError(
      "FORMAT_TRUNCATED",
      place.format,
      `shape (${header.shape.join(", ")}) takes ${length} bytes of data, there are ${bytes.length - header.dataOffset}`,
      { offset: place.offset + bytes.length },
    );
  const { out, copy } = options;
  if (out !== undefined) checkOut(out, header.dtype, header.shape, header.order);
  const read = arrayFromBytes(bytes.subarray(header.dataOffset, end), header.dtype, header.shape, header.order, {
    copy: copy === true && out === undefined,
  });
  return { array: out === undefined ? read : fill(out, read), end };
}

/** {@link npy}'s decode. */
export function decodeNpy(bytes: Uint8Array, options: NpyReadOptions & DecodeOptions = {}): AnyArray | Bundle {
  checkOptions("npy", npy.options.read, options);
  throwIfAborted(options.signal);
  if (options.select !== undefined && options.select !== "" && options.trailing !== "arrays")
    throw new OptionError("INDEX_INVALID", "an .npy file holds one array without a name", "select");
  const limits = resolveLimits(options.limits);
  const first = decodeArray(bytes, options, limits, { format: "npy", offset: 0 });
  options.onProgress?.(first.end, bytes.length);
  if (options.trailing === "arrays") return decodeMore(bytes, first, options, limits);
  if (first.end !== bytes.length && options.trailing !== "ignore")
    throw trailingBytes(bytes.length - first.end, bytes, first.end);
  return first.array;
}

function trailingBytes(count: number, bytes: Uint8Array, offset: number): FormatError {
  const another = npyMagic.every((byte, i) => bytes[offset + i] === byte);
  return new FormatError(
    "FORMAT_MALFORMED",
    "npy",
    another
      ? 'another array begins after the first; read all with trailing: "arrays", or the first with trailing: "ignore"'
      : `${count} bytes follow the array; the header does not match the file, or read it with trailing: "ignore"`,
    { offset },
  );
}

function decodeMore(
  bytes: Uint8Array,
  first: { readonly array: NdArray; readonly end: number },
  options: NpyReadOptions & DecodeOptions,
  limits: Limits,
): AnyArray | Bundle {
  const arrays = [first.array];
  let total = first.end;
  for (let at = first.end; at < bytes.length; ) {
    if (arrays.length >= limits.maxMembers)
      throw new LimitError("maxMembers", `more than ${limits.maxMembers} arrays`, { format: "npy", offset: at });
    const next = decodeArray(bytes.subarray(at), { ...options, out: undefined }, limits, { format: "npy", offset: at });
    total += next.end;
    if (total > limits.maxTotalBytes)
      throw new LimitError("maxTotalBytes", `more than ${limits.maxTotalBytes} bytes`, { format: "npy", offset: at });
    arrays.push(next.array);
    at += next.end;
    options.onProgress?.(at, bytes.length);
  }
  const all = new Bundle({ kind: "list", entries: arrays.map((array, i) => [String(i), array] as const) });
  return options.select === undefined || options.select === "" ? all : all.get(options.select);
}
