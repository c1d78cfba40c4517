import { LimitError, OptionError } from "../errors.ts";

/** Budgets for input that is not trusted. Each is an option (`limits: { maxBytes: … }`); reaching one is a LimitError that names it. */
export interface Limits {
  /** Bytes of one array decoded whole. */
  readonly maxBytes: number;
  /** Bytes of all arrays of one decode together. */
  readonly maxTotalBytes: number;
  /** Elements of one array whose itemsize is 0. */
  readonly maxElements: number;
  readonly maxDims: number;
  readonly maxDTypeDepth: number;
  readonly maxFields: number;
  /** Bytes of a binary header. */
  readonly maxHeaderBytes: number;
  /** Bytes of metadata in text formats: everything but the data. */
  readonly maxMetadataBytes: number;
  /** Nesting of values. */
  readonly maxDepth: number;
  /** Pickle opcodes executed. */
  readonly maxOpcodes: number;
  /** Pickle stack and memo entries together. */
  readonly maxStack: number;
  /** Digits of an integer in text. */
  readonly maxDigits: number;
  /** Members of an archive. */
  readonly maxMembers: number;
  /** Objects visited in a file of linked objects. */
  readonly maxObjects: number;
  /** Milliseconds for code that can only be ended from outside; undefined: from the file's size. */
  readonly maxMilliseconds: number | undefined;
}

/** The budgets where none are given: honest files do not reach them. */
export const defaultLimits: Limits = {
  maxBytes: 2 ** 32 - 1,
  maxTotalBytes: 8e9,
  maxElements: 2 ** 31 - 1,
  maxDims: 64,
  maxDTypeDepth: 64,
  maxFields: 32_768,
  maxHeaderBytes: 1_000_000,
  maxMetadataBytes: 100_000_000,
  maxDepth: 1000,
  maxOpcodes: 50_000_000,
  maxStack: 10_000_000,
  maxDigits: 4300,
  maxMembers: 65_536,
  maxObjects: 100_000,
  maxMilliseconds: undefined,
};

/** What {@link resolveLimits} returned before: checked already, and asked for again by every header read. */
const resolved: WeakSet<object> = /* @__PURE__ */ new WeakSet([defaultLimits]);

/** The defaults with the caller's changes. Throws OptionError for a limit that does not exist or is no number. */
export function resolveLimits(given: Partial<Limits> | undefined): Limits {
  if (given === undefined) return defaultLimits;
  if (resolved.has(given)) return given as Limits;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultLimits, name))
      throw new OptionError("OPTION_UNKNOWN", `there is no limit "${name}"`, `limits.${name}`);
    if (value !== undefined && !(typeof value === "number" && value >= 0))
      throw new OptionError("OPTION_INVALID", `limits.${name} is a non-negative number`, `limits.${name}`);
  }
  // A limit given as undefined is the default, not the absence of one.
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  const limits: Limits = Object.freeze({ ...defaultLimits, ...Object.fromEntries(named) });
  resolved.add(limits);
  return limits;
}

/**
 * Elements of a declared shape, checked the careful way (dimension by dimension, zeros not hiding an overflow) against the limits.
 * Throws LimitError; the caller still compares the bytes with what is there.
 */
export function checkShape(
  shape: readonly number[],
  itemsize: number,
  limits: Limits,
  where: { readonly format: string; readonly offset?: number | undefined },
): number {
  if (shape.length > limits.maxDims)
    throw new LimitError("maxDims", `${shape.length} dimensions are more than ${limits.maxDims}`, where);
  let nonzero = 1;
  let size = 1;
  for (const n of shape) {
    const dim = Math.max(n, 1);
    if (!Number.isSafeInteger(n) || n < 0 || nonzero > Number.MAX_SAFE_INTEGER / dim)
      throw new LimitError("maxElements", `shape (${shape.join(", ")}) cannot be counted`, where);
    nonzero *= dim;
    size *= n;
  }
  if (itemsize === 0 && size > limits.maxElements)
    throw new LimitError("maxElements", `${size} elements of no bytes are more than ${limits.maxElements}`, where);
  return size;
}
