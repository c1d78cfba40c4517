/**
 * One hierarchy. What went wrong is data (`code` and typed fields); the message is only for people.
 * Codes never change within a major version. Recognise errors with {@link isMasqueradeError}, which looks at a brand
 * rather than `instanceof`, because two copies of this package may be loaded.
 */

/** Longest message, in UTF-16 units; text that comes from a file is shortened before it gets here. */
const MESSAGE_LIMIT = 500;

const BRAND: symbol = Symbol.for("masquerade.error");

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being removed.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;

/** Text from a file made fit for one line of a message: control characters, those that turn its direction too, escaped, at most `limit` characters. */
export function quoteText(text: string, limit = 80): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return cut.replace(CONTROL, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
}

/** A message as it is kept: escaped first and cut then, so that it is never longer than promised. */
function oneLine(message: string): string {
  const text = quoteText(message, MESSAGE_LIMIT);
  return text.length > MESSAGE_LIMIT ? `${text.slice(0, MESSAGE_LIMIT - 1)}…` : text;
}

/** Base of every error this project throws on purpose. */
export abstract class MasqueradeError extends Error {
  abstract readonly code: string;

  constructor(message: string, cause?: unknown) {
    super(oneLine(message), cause === undefined ? undefined : { cause });
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** What is wrong with a file; see {@link FormatError}. */
export type FormatErrorCode =
  | "FORMAT_MALFORMED"
  | "FORMAT_TRUNCATED"
  | "FORMAT_VERSION"
  | "FORMAT_OTHER"
  | "FORMAT_CHECKSUM";

/** The bytes are not what the format says they must be. */
export class FormatError extends MasqueradeError {
  override readonly name = "FormatError" as const;
  readonly code: FormatErrorCode;
  readonly format: string;
  /** Byte offset in the file at which reading stopped making sense; undefined when there is no single place. */
  readonly offset: number | undefined;
  /** With FORMAT_OTHER: the id of the format these bytes belong to. `load` follows it. */
  readonly redirect: string | undefined;

  constructor(
    code: FormatErrorCode,
    format: string,
    message: string,
    where: { readonly offset?: number | undefined; readonly redirect?: string; readonly cause?: unknown } = {},
  ) {
    super(`${format}: ${message}${where.offset === undefined ? "" : ` (at byte ${where.offset})`}`, where.cause);
    this.code = code;
    this.format = format;
    this.offset = where.offset;
    this.redirect = where.redirect;
  }
}

/** The format cannot hold (part of) what it was asked to hold, or cannot do what was asked. */
export class CapabilityError extends MasqueradeError {
  override readonly name = "CapabilityError" as const;
  readonly code = "CAPABILITY_MISSING" as const;
  readonly format: string;
  /** What is lacking: a capability's name or a loss id. */
  readonly capability: string;

  constructor(format: string, capability: string, message: string) {
    super(`${format}: ${message}`);
    this.format = format;
    this.capability = capability;
  }
}

/** No format, or more than one, claims a name or the bytes. */
export class UnknownFormatError extends MasqueradeError {
  override readonly name = "UnknownFormatError" as const;
  readonly code: "FORMAT_UNKNOWN" | "FORMAT_AMBIGUOUS";
  readonly candidates: readonly string[];

  constructor(code: UnknownFormatError["code"], message: string, candidates: readonly string[] = []) {
    super(message);
    this.code = code;
    this.candidates = candidates;
  }
}

/** A budget of {@link Limits} was reached. Raise the option it names if the file is trusted. */
export class LimitError extends MasqueradeError {
  override readonly name = "LimitError" as const;
  readonly code = "LIMIT_EXCEEDED" as const;
  /** Name of the option in `limits`. */
  readonly limit: string;
  readonly format: string | undefined;
  readonly offset: number | undefined;

  constructor(
    limit: string,
    message: string,
    where: { readonly format?: string; readonly offset?: number | undefined } = {},
  ) {
    const place = where.offset === undefined ? "" : ` (at byte ${where.offset})`;
    super(
      `${where.format === undefined ? "" : `${where.format}: `}${message}; raise limits.${limit} if you trust the file${place}`,
    );
    this.limit = limit;
    this.format = where.format;
    this.offset = where.offset;
  }
}

/** The file asks for something that could run code or reach outside itself. */
export class UnsafeContentError extends MasqueradeError {
  override readonly name = "UnsafeContentError" as const;
  readonly code: "UNSAFE_GLOBAL" | "UNSAFE_OPCODE" | "UNSAFE_LINK" | "UNSAFE_OBJECT";
  readonly format: string;
  readonly offset: number | undefined;
  /** The foreign global, when there is one. */
  readonly module: string | undefined;
  readonly global: string | undefined;

  constructor(
    code: UnsafeContentError["code"],
    format: string,
    message: string,
    where: { readonly offset?: number | undefined; readonly module?: string; readonly global?: string } = {},
  ) {
    super(`${format}: ${message}${where.offset === undefined ? "" : ` (at byte ${where.offset})`}`);
    this.code = code;
    this.format = format;
    this.offset = where.offset;
    this.module = where.module;
    this.global = where.global;
  }
}

/** Bytes could not be had, or could not be stored. */
export class SourceError extends MasqueradeError {
  override readonly name = "SourceError" as const;
  readonly code:
    | "SOURCE_SHORT"
    | "SOURCE_IO"
    | "SOURCE_MISSING"
    | "SOURCE_CHANGED"
    | "SOURCE_CLOSED"
    | "SOURCE_EXISTS"
    | "SOURCE_RANGES";
  readonly offset: number | undefined;
  readonly length: number | undefined;

  constructor(
    code: SourceError["code"],
    message: string,
    where: { readonly offset?: number; readonly length?: number; readonly cause?: unknown } = {},
  ) {
    super(message, where.cause);
    this.code = code;
    this.offset = where.offset;
    this.length = where.length;
  }
}

/** The caller's own argument is wrong. */
export class OptionError extends MasqueradeError {
  override readonly name = "OptionError" as const;
  readonly code:
    | "OPTION_INVALID"
    | "OPTION_UNKNOWN"
    | "INDEX_INVALID"
    | "SHAPE_MISMATCH"
    | "DTYPE_MISMATCH"
    | "READ_ONLY";
  readonly option: string | undefined;

  constructor(code: OptionError["code"], message: string, option?: string) {
    super(message);
    this.code = code;
    this.option = option;
  }
}

/** The caller's AbortSignal fired. `cause` is the signal's reason. */
export class AbortedError extends MasqueradeError {
  override readonly name = "AbortedError" as const;
  readonly code = "ABORTED" as const;

  constructor(reason: unknown) {
    super("aborted by the caller", reason);
  }
}

type AnyError =
  | FormatError
  | CapabilityError
  | UnknownFormatError
  | LimitError
  | UnsafeContentError
  | SourceError
  | OptionError
  | AbortedError;
type CodeOf<E> = E extends { readonly code: infer C } ? C : never;

/** Every code this project's errors carry. */
export type ErrorCode = CodeOf<AnyError>;

type ErrorWith<C> = AnyError extends infer E
  ? E extends { readonly code: infer D }
    ? C & D extends never
      ? never
      : E
    : never
  : never;

/** Whether `e` is one of this project's errors, and (when codes are given) has one of these codes. */
export function isMasqueradeError(e: unknown): e is MasqueradeError;
export function isMasqueradeError<C extends ErrorCode>(e: unknown, ...codes: readonly C[]): e is ErrorWith<C>;
export function isMasqueradeError(e: unknown, ...codes: readonly string[]): boolean {
  if (typeof e !== "object" || e === null || !(BRAND in e)) return false;
  return codes.length === 0 || codes.includes((e as MasqueradeError).code);
}

/** Throws {@link AbortedError} when `signal` has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortedError(signal.reason);
}
