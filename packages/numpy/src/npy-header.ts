/**
 * The header of NPY files, versions 1.0, 2.0 and 3.0 (numpy.lib.format): `\x93NUMPY`, two version bytes, the length of what
 * follows (2 bytes little-endian, from 2.0 on 4), a Python dict with the keys descr, fortran_order and shape, spaces, `\n`.
 *
 * Limitations: dicts with expressions, and top-level sub-array dtypes (which NumPy cannot load either), are refused.
 */
import {
  checkShape,
  type DType,
  FormatError,
  LimitError,
  type Limits,
  type Order,
  type PlainValue,
  resolveLimits,
  Tuple,
} from "@masquerade/core";
import { parseDescr } from "./descr.ts";
import type { DTypeOptions } from "./dtype-string.ts";
import { parseLiteral } from "./literal.ts";

export type NpyVersion = readonly [major: 1 | 2 | 3, minor: 0];

/** What an NPY header says. */
export interface NpyHeader {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** "F" where `fortran_order` is true. */
  readonly order: Order;
  readonly version: NpyVersion;
  /** Elements: the product of the shape. */
  readonly size: number;
  /** Bytes from the magic to the first byte of data. */
  readonly dataOffset: number;
}

export interface NpyHeaderOptions extends DTypeOptions {
  readonly limits?: Partial<Limits> | undefined;
}

/** The first bytes of every NPY file. */
export const npyMagic: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Bytes of magic, version and length field: what {@link npyHeaderLength} needs at most. */
export const npyPrefixLength = 12;

/** Each version's bytes for the length, and its encoding. */
export const npyVersions: {
  readonly [major: number]: { readonly lengthBytes: 2 | 4; readonly encoding: "latin-1" | "utf-8" };
} = {
  1: { lengthBytes: 2, encoding: "latin-1" },
  2: { lengthBytes: 4, encoding: "latin-1" },
  3: { lengthBytes: 4, encoding: "utf-8" },
};

interface Preamble {
  readonly version: NpyVersion;
  readonly textOffset: number;
  readonly dataOffset: number;
  readonly encoding: "latin-1" | "utf-8";
}

/**
 * Bytes of the whole header, from the magic to the data, read off the first {@link npyPrefixLength} bytes.
 * Throws FormatError (not NPY, unknown version, truncated) and LimitError maxHeaderBytes.
 */
export function npyHeaderLength(prefix: Uint8Array, options: NpyHeaderOptions = {}): number {
  return readPreamble(prefix, options).dataOffset;
}

/**
 * Reads the header at the beginning of `bytes`; data may follow. Offsets of errors count from there, plus `options.offset`.
 * Throws FormatError and LimitError (maxHeaderBytes, maxDTypeDepth, maxFields, maxDims, maxElements).
 */
export function readNpyHeader(bytes: Uint8Array, options: NpyHeaderOptions = {}): NpyHeader {
  const { version, textOffset, dataOffset, encoding } = readPreamble(bytes, options);
  if (bytes.length < dataOffset)
    throw fail(options, "FORMAT_TRUNCATED", bytes.length, `the header ends at byte ${dataOffset}, the file before it`);
  const format = options.format ?? "npy";
  const offset = (options.offset ?? 0) + textOffset;
  const limits = resolveLimits(options.limits);
  const literal = parseLiteral(bytes.subarray(textOffset, dataOffset), {
    format,
    offset,
    encoding,
    python2: version[0] < 3,
    limits,
  });
  const refuse = (message: string): FormatError => fail(options, "FORMAT_MALFORMED", textOffset, message);
  if (!(literal instanceof Map)) throw refuse("the header must be a dict");
  const header: ReadonlyMap<PlainValue, PlainValue> = literal;
  const descr = header.get("descr");
  const fortran = header.get("fortran_order");
  const dims = header.get("shape");
  if (header.size !== 3 || descr === undefined || fortran === undefined || dims === undefined)
    throw refuse("the header must have the keys descr, fortran_order and shape, and no others");
  if (typeof fortran !== "boolean") throw refuse("fortran_order must be True or False");
  if (!(dims instanceof Tuple)) throw refuse("shape must be a tuple");
  const shape = dims.items.map((n: PlainValue) => {
    if (typeof n !== "bigint" || n < 0n) throw refuse("shape must be made of non-negative integers");
    return Number(n);
  });
  const parsed = parseDescr(descr, { ...options, offset });
  if (parsed.shape.length > 0) throw refuse("a sub-array dtype belongs into the shape");
  const size = checkShape(shape, parsed.dtype.itemsize, limits, { format, offset });
  return { dtype: parsed.dtype, shape, order: fortran ? "F" : "C", version, size, dataOffset };
}

function readPreamble(bytes: Uint8Array, options: NpyHeaderOptions): Preamble {
  for (let i = 0; i < npyMagic.length; i++) {
    if (i >= bytes.length) throw fail(options, "FORMAT_TRUNCATED", i, "the file ends within the magic");
    if (bytes[i] !== npyMagic[i]) throw fail(options, "FORMAT_MALFORMED", i, "the file does not begin with \\x93NUMPY");
  }
  if (bytes.length < 8) throw fail(options, "FORMAT_TRUNCATED", bytes.length, "the file ends before its version");
  const [major, minor] = [bytes[6] as number, bytes[7] as number];
  const rule = npyVersions[major];
  if (rule === undefined || minor !== 0)
    throw fail(options, "FORMAT_VERSION", 6, `version ${major}.${minor} is not one of 1.0, 2.0 and 3.0`);
  const textOffset = 8 + rule.lengthBytes;
  if (bytes.length < textOffset)
    throw fail(options, "FORMAT_TRUNCATED", bytes.length, "the file ends within the header's length");
  let length = 0;
  for (let i = textOffset - 1; i >= 8; i--) length = length * 256 + (bytes[i] as number);
  const { maxHeaderBytes } = resolveLimits(options.limits);
  if (length > maxHeaderBytes)
    throw new LimitError("maxHeaderBytes", `a header of ${length} bytes is more than ${maxHeaderBytes}`, {
      format: options.format ?? "npy",
      offset: (options.offset ?? 0) + 8,
    });
  const version = [major, 0] as unknown as NpyVersion;
  return { version, textOffset, dataOffset: textOffset + length, encoding: rule.encoding };
}

function fail(
  options: NpyHeaderOptions,
  code: "FORMAT_MALFORMED" | "FORMAT_TRUNCATED" | "FORMAT_VERSION",
  at: number,
  message: string,
): FormatError {
  return new FormatError(code, options.format ?? "npy", message, { offset: (options.offset ?? 0) + at });
}
