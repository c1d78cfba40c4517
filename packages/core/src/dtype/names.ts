import { OptionError, quoteText } from "../errors.ts";
import {
  bytes,
  clongdouble,
  type DType,
  datetime64,
  longdouble,
  object,
  opaque,
  type SimpleKind,
  simple,
  str,
  stringDType,
  type TimeUnit,
  timedelta64,
} from "./dtype.ts";
import type { Kind } from "./elements.ts";

/**
 * A dtype by NumPy's name: "float64", "datetime64[ns]", "timedelta64[25us]". "bytes", "str" and "void" have the length
 * their content needs. Structured dtypes and lengths have no name: make them with `dtypes`.
 */
export type DTypeName = Exclude<Kind, "struct"> | `datetime64[${string}]` | `timedelta64[${string}]`;

/** A dtype as users write one. */
export type DTypeInput = DType | DTypeName;

/** The kind a dtype or a dtype's name stands for. */
export type KindOf<D> = D extends Kind
  ? D
  : D extends `datetime64[${string}]`
    ? "datetime64"
    : D extends `timedelta64[${string}]`
      ? "timedelta64"
      : D extends { readonly kind: infer K extends Kind }
        ? K
        : Kind;

const named: { readonly [name: string]: () => DType } = {
  __proto__: null as never,
  longdouble: () => longdouble(),
  clongdouble: () => clongdouble(),
  bytes: () => bytes(0),
  str: () => str(0),
  void: () => opaque(0),
  object: () => object(),
  string: () => stringDType(),
};
const simpleNames: ReadonlySet<string> = /* @__PURE__ */ new Set<SimpleKind>([
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float16",
  "float32",
  "float64",
  "complex64",
  "complex128",
]);
const units: ReadonlySet<string> = /* @__PURE__ */ new Set<TimeUnit>([
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
  "generic",
]);
const TIME = /^(datetime64|timedelta64)(?:\[(\d{0,9})([A-Za-z]+)\])?$/;

/** The dtype of a name; dtypes pass through. Throws OptionError OPTION_INVALID for a name that is none. */
export function resolveDType<D extends DTypeInput>(input: D): DType<KindOf<D>> {
  return dtypeOf(input) as unknown as DType<KindOf<D>>;
}

function dtypeOf(input: DTypeInput): DType {
  if (typeof input === "object" && input !== null && typeof input.kind === "string") return input;
  const name = String(input);
  if (simpleNames.has(name)) return simple(name as SimpleKind);
  const make = named[name];
  if (make !== undefined) return make();
  const time = TIME.exec(name);
  const unit = time?.[3] ?? "generic";
  const multiple = Number(time?.[2] || 1);
  if (time !== null && units.has(unit) && multiple >= 1)
    return time[1] === "datetime64" ? datetime64(unit as TimeUnit, multiple) : timedelta64(unit as TimeUnit, multiple);
  throw new OptionError(
    "OPTION_INVALID",
    `"${quoteText(name)}" is no dtype name; such as "float64", "int32", "bool" or "datetime64[ns]" are`,
    "dtype",
  );
}
