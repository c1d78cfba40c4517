import {
  type ByteOrder,
  type DType,
  dtypes,
  FormatError,
  type Kind,
  type LongDoubleLayout,
  type SimpleKind,
  storageRules,
  type TimeUnit,
  typeCharacters,
} from "@masquerade/core";

/** What a dtype string leaves open, and what errors say of it. */
export interface DTypeOptions {
  /** Format id that errors carry. Default "npy". */
  readonly format?: string | undefined;
  /** Byte offset that errors carry. */
  readonly offset?: number | undefined;
  /** What 12 and 16 byte floats are; the string cannot tell. Default "x87" (x86-64). */
  readonly longDouble?: Exclude<LongDoubleLayout, "double"> | undefined;
}

const UNITS: ReadonlySet<string> = new Set<TimeUnit>([
  "Y",
  "M",
  "W",
  "D",
  "h",
  "m",
  "s",
  "ms",
  "us",
  "ns",
  "ps",
  "fs",
  "as",
]);
/** NumPy's own one-letter codes (`numpy.dtype.char`) and the two letters for C's long, which is 8 bytes where NumPy is common. */
const LETTERS: { readonly [letter: string]: string | undefined } = {
  "?": "b1",
  b: "i1",
  B: "u1",
  h: "i2",
  H: "u2",
  i: "i4",
  I: "u4",
  l: "i8",
  L: "u8",
  q: "i8",
  Q: "u8",
  p: "i8",
  P: "u8",
  e: "f2",
  f: "f4",
  d: "f8",
  g: "f16",
  F: "c8",
  D: "c16",
  G: "c32",
  O: "O8",
  S: "S0",
  U: "U0",
  V: "V0",
  c: "S1",
  M: "M8",
  m: "m8",
};
/** Names (`numpy.dtype.name`, and Python's own for the flexible types); M8 and m8 stand before their unit. */
const NAMES: { readonly [name: string]: string | undefined } = {
  bool_: "b1",
  object: "O8",
  object_: "O8",
  str: "U0",
  str_: "U0",
  bytes: "S0",
  bytes_: "S0",
  void: "V0",
  float: "f8",
  complex: "c16",
  int: "i8",
  uint: "u8",
  longdouble: "f16",
  float128: "f16",
  float96: "f12",
  clongdouble: "c32",
  complex256: "c32",
  complex192: "c24",
  datetime64: "M8",
  timedelta64: "m8",
};

/** "f8" to float64 and so on for kinds of one size, from core's table inverted. */
const bySize: ReadonlyMap<string, Kind> = new Map(
  (Object.keys(storageRules) as Kind[])
    .filter((kind) => kind !== "string" && storageRules[kind].itemsize !== undefined)
    .map((kind) => [typeCharacters[kind] + storageRules[kind].itemsize, kind] as const),
);

const TYPED = /^([<>|=]?)([a-zA-Z?])(\d{0,10})(\[[^[\]]*\])?$/;
const NAMED = /^([a-z][a-z_]*[a-z0-9]*)(\[[^[\]]*\])?$/;
const UNIT = /^\[(\d{0,10})([A-Za-zμ]+)\]$/;
const INT_MAX = 2 ** 31 - 1;

/**
 * A dtype from the strings NumPy writes: `dtype.str` ("<f8", "|S5", "<M8[25us]"), `dtype.char` and names ("float64", "datetime64[ns]").
 * "=" and "|" of ordered types mean little-endian; NumPy's datetime divisors ("M8[D/2]") and "(2,3)f8" are not accepted.
 * Throws FormatError.
 */
export function parseDType(text: string, options: DTypeOptions = {}): DType {
  const dtype = fromTyped(text, options) ?? fromName(text, options);
  if (dtype !== undefined) return dtype;
  throw new FormatError(
    "FORMAT_MALFORMED",
    options.format ?? "npy",
    `"${text.slice(0, 60)}" is no dtype NumPy writes`,
    {
      offset: options.offset,
    },
  );
}

function fromTyped(text: string, options: DTypeOptions): DType | undefined {
  const match = TYPED.exec(text);
  if (match === null) return undefined;
  const [, order, letter, size, unit] = match as unknown as [string, string, string, string, string | undefined];
  if (letter === "T" && size === "" && order === "") return dtypes.stringDType();
  const code = size === "" ? (Object.hasOwn(LETTERS, letter) ? LETTERS[letter] : undefined) : letter + size;
  return code === undefined ? undefined : build(code, unit, order === ">" ? "big" : "little", options);
}

function fromName(text: string, options: DTypeOptions): DType | undefined {
  const match = NAMED.exec(text);
  if (match === null) return undefined;
  const [, name, unit] = match as unknown as [string, string, string | undefined];
  const rule = name !== "string" && Object.hasOwn(storageRules, name) ? storageRules[name as Kind].itemsize : undefined;
  const code = Object.hasOwn(NAMES, name)
    ? NAMES[name]
    : rule === undefined
      ? undefined
      : typeCharacters[name as Kind] + rule;
  return code === undefined ? undefined : build(code, unit, "little", options);
}

/** From a letter and a size, as in "f8". */
function build(code: string, unit: string | undefined, order: ByteOrder, options: DTypeOptions): DType | undefined {
  const letter = code[0] as string;
  const size = Number(code.slice(1));
  if (letter === "M" || letter === "m") return size === 8 ? time(letter, unit, order as "little" | "big") : undefined;
  if (unit !== undefined) return undefined;
  const layout = options.longDouble ?? "x87";
  if (letter === "f" && (size === 12 || size === 16)) return dtypes.longdouble(layout, size, order);
  if (letter === "c" && (size === 24 || size === 32)) return dtypes.clongdouble(layout, size, order);
  if (letter === "O") return size === 4 || size === 8 ? dtypes.object() : undefined;
  if (letter === "S") return size <= INT_MAX ? dtypes.bytes(size) : undefined;
  if (letter === "V") return size <= INT_MAX ? dtypes.opaque(size) : undefined;
  if (letter === "U") return size * 4 <= INT_MAX ? dtypes.str(size, order) : undefined;
  const kind = bySize.get(letter + size);
  return kind === undefined ? undefined : dtypes.simple(kind as SimpleKind, order);
}

function time(letter: "M" | "m", text: string | undefined, order: "little" | "big"): DType | undefined {
  const make = letter === "M" ? dtypes.datetime64 : dtypes.timedelta64;
  if (text === undefined) return make("generic", 1, order);
  const match = UNIT.exec(text);
  if (match === null) return undefined;
  const [, digits, name] = match as unknown as [string, string, string];
  if (name === "generic") return make("generic", 1, order);
  const unit = name === "μs" ? "us" : name;
  const multiple = digits === "" ? 1 : Number(digits);
  if (!UNITS.has(unit) || multiple < 1 || multiple > INT_MAX) return undefined;
  return make(unit as TimeUnit, multiple, order);
}
