import {
  checkOptions,
  checkShape,
  type DecodeOptions,
  type DType,
  FormatError,
  hasObjects,
  isMasqueradeError,
  LimitError,
  type Limits,
  OptionError,
  type Order,
  resolveLimits,
} from "@masquerade/core";
import { parseDescr, parseDType, parseLiteral } from "@masquerade/numpy";
import { type RawReadOptions, raw } from "./format.ts";

/** What the options say of a file of `size` bytes. */
export interface Layout {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly order: Order;
  readonly offset: number;
  /** Bytes of the elements. */
  readonly length: number;
  readonly limits: Limits;
}

/** Checks the options against the bytes there are. Throws OptionError, LimitError and FormatError. */
export function layoutOf(size: number, options: RawReadOptions & DecodeOptions): Layout {
  checkOptions("raw", raw.options.read, options);
  const limits = resolveLimits(options.limits);
  if (options.descr === undefined)
    throw new OptionError(
      "OPTION_INVALID",
      'raw: the file does not say its dtype; give it with descr, for instance descr: "<f8"',
      "descr",
    );
  const { dtype, inner } = describedBy(options.descr);
  const offset = options.offset ?? 0;
  const left = size - offset;
  if (left < 0)
    throw new FormatError("FORMAT_TRUNCATED", "raw", `the file has ${size} bytes, the data begin after ${offset}`, {
      offset: size,
    });
  const shape = [...(options.shape ?? [countOf(left, dtype, inner)]), ...inner];
  const count = checkShape(shape, dtype.itemsize, limits, { format: "raw", offset });
  const length = count * dtype.itemsize;
  if (length > left)
    throw new FormatError(
      "FORMAT_TRUNCATED",
      "raw",
      `shape (${shape.join(", ")}) takes ${length} bytes, there are ${left}`,
      { offset: size },
    );
  if (length < left)
    throw new FormatError(
      "FORMAT_MALFORMED",
      "raw",
      `shape (${shape.join(", ")}) takes ${length} bytes, ${left - length} bytes follow; give the right shape, dtype or offset`,
      { offset: offset + length },
    );
  return { dtype, shape, order: options.order ?? "C", offset, length, limits };
}

function describedBy(text: string): { readonly dtype: DType; readonly inner: readonly number[] } {
  let dtype: DType;
  let inner: readonly number[] = [];
  try {
    if (/^\s*[[(]/.test(text)) ({ dtype, shape: inner } = parseDescr(parseLiteral(text), { format: "raw" }));
    else dtype = parseDType(text, { format: "raw" });
  } catch (error) {
    // The caller's own argument is wrong, not the file.
    if (!isMasqueradeError(error, "FORMAT_MALFORMED")) throw error;
    throw new OptionError("OPTION_INVALID", `descr: ${error.message}`, "descr");
  }
  if (hasObjects(dtype)) throw new OptionError("OPTION_INVALID", "raw: Python objects have no bytes", "descr");
  return { dtype, inner };
}

function countOf(bytes: number, dtype: DType, inner: readonly number[]): number {
  const each = inner.reduce((n, dim) => n * dim, dtype.itemsize);
  if (each === 0)
    throw new OptionError("OPTION_INVALID", "raw: elements of no bytes cannot be counted; give the shape", "shape");
  return Math.floor(bytes / each);
}

/** Throws LimitError when so many bytes are not to be one array. */
export function checkBytes(bytes: number, limits: Limits): void {
  if (bytes > limits.maxBytes)
    throw new LimitError(
      "maxBytes",
      `an array of ${bytes} bytes is more than ${limits.maxBytes}; open() reads it by parts`,
      {
        format: "raw",
      },
    );
}
