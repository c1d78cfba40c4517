/** What NumPy's elements become as Python objects (`astype(object)`), as text. */
import { civilTime, NAT, unitsIn } from "../dtype/datetime.ts";
import type { DType, TimeUnit } from "../dtype/dtype.ts";
import { Complex } from "../values.ts";
import { complexRepr, objectElementRepr, pythonRepr, pythonStr, type Within } from "./python-value.ts";
import { partsOf, simpleScalarRepr, simpleScalarText } from "./scalar-text.ts";

/** `repr` of the Python object an element of this simple dtype becomes by `astype(object)`. */
export function elementAsObject(dtype: DType, value: unknown, within: Within): string {
  switch (dtype.kind) {
    case "datetime64":
      return dateRepr(value as bigint, dtype);
    case "timedelta64":
      return spanRepr(value as bigint, dtype);
    case "longdouble":
    case "clongdouble":
      return simpleScalarRepr(dtype, value);
    case "complex64":
    case "complex128": {
      const [re, im] = partsOf(value) as readonly [number, number];
      return complexRepr(new Complex(re, im));
    }
    case "object":
      return objectElementRepr(value, within);
    case "string":
      return pythonRepr(value === null && dtype.naObject !== undefined ? dtype.naObject.value : value, within);
    case "int8":
    case "int16":
    case "int32":
    case "uint8":
    case "uint16":
    case "uint32":
      return String(value);
    default:
      return pythonRepr(value, within);
  }
}

/** `str` of the Python object an element of this simple dtype becomes. */
export function elementAsObjectStr(dtype: DType, value: unknown, within: Within): string {
  switch (dtype.kind) {
    case "datetime64": {
      const date = dateOf(value as bigint, dtype);
      if (typeof date === "string") return date;
      const [year, month, day] = date.fields as [bigint, bigint, bigint];
      const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
      return date.micros === undefined ? text : `${text} ${clock(date.micros, 2)}`;
    }
    case "timedelta64": {
      const span = spanOf(value as bigint, dtype);
      if (typeof span === "string") return span;
      const days = span.days === 0n ? "" : `${span.days} day${span.days === 1n || span.days === -1n ? "" : "s"}, `;
      return days + clock(span.micros, 1);
    }
    case "longdouble":
    case "clongdouble":
      return simpleScalarText(dtype, value);
    case "string":
      return pythonStr(value === null && dtype.naObject !== undefined ? dtype.naObject.value : value, within);
    case "object":
    case "str":
      return pythonStr(value, within);
    default:
      return elementAsObject(dtype, value, within);
  }
}

const pad = (n: bigint, width: number): string => String(n).padStart(width, "0");

/** The time of a day as Python writes it, `04:05:06.000007`. */
function clock(micros: bigint, hourDigits: number): string {
  const seconds = micros / 1000000n;
  const text = `${pad(seconds / 3600n, hourDigits)}:${pad((seconds / 60n) % 60n, 2)}:${pad(seconds % 60n, 2)}`;
  return micros % 1000000n === 0n ? text : `${text}.${pad(micros % 1000000n, 6)}`;
}

/** NumPy's units from coarse to fine. */
const FINE: readonly TimeUnit[] = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"];
const finerThan = (unit: TimeUnit, other: TimeUnit): boolean => FINE.indexOf(unit) > FINE.indexOf(other);

/** What Python has a date or datetime for (with `micros` of the day); else None (no unit, NaT) or the count itself, as text. */
function dateOf(
  count: bigint,
  { unit, multiple }: DType<"datetime64">,
): string | { readonly fields: readonly bigint[]; readonly micros: bigint | undefined } {
  if (count === NAT || unit === "generic") return "None";
  if (finerThan(unit, "us")) return String(count);
  const { year, month, day, rest, perDay } = civilTime(count, unit, multiple);
  if (year < 1n || year > 9999n) return String(count);
  const fields = [year, BigInt(month), BigInt(day)];
  return { fields, micros: finerThan(unit, "D") ? rest * (unitsIn("D", "us") / perDay) : undefined };
}

function dateRepr(count: bigint, dtype: DType<"datetime64">): string {
  const date = dateOf(count, dtype);
  if (typeof date === "string") return date;
  if (date.micros === undefined) return `datetime.date(${date.fields.join(", ")})`;
  const [seconds, fraction] = [date.micros / 1000000n, date.micros % 1000000n];
  const fields = [...date.fields, seconds / 3600n, (seconds / 60n) % 60n];
  if (fraction !== 0n) fields.push(seconds % 60n, fraction);
  else if (seconds % 60n !== 0n) fields.push(seconds % 60n);
  return `datetime.datetime(${fields.join(", ")})`;
}

/** What Python has a timedelta for, as days and `micros` of a day; else None (NaT) or the count itself, as text. */
function spanOf(
  count: bigint,
  { unit, multiple }: DType<"timedelta64">,
): string | { readonly days: bigint; readonly micros: bigint } {
  if (count === NAT) return "None";
  if (unit === "generic" || unit === "Y" || unit === "M" || finerThan(unit, "us")) return String(count);
  const micros = BigInt.asIntN(64, count * BigInt(multiple)) * unitsIn(unit, "us");
  const perDay = unitsIn("D", "us");
  const days = micros / perDay;
  if (days > 999999999n || days < -999999999n) return String(count);
  const whole = days * perDay > micros ? days - 1n : days;
  return { days: whole, micros: micros - whole * perDay };
}

function spanRepr(count: bigint, dtype: DType<"timedelta64">): string {
  const span = spanOf(count, dtype);
  if (typeof span === "string") return span;
  const fields: string[] = [];
  if (span.days !== 0n) fields.push(`days=${span.days}`);
  if (span.micros >= 1000000n) fields.push(`seconds=${span.micros / 1000000n}`);
  if (span.micros % 1000000n !== 0n) fields.push(`microseconds=${span.micros % 1000000n}`);
  return `datetime.timedelta(${fields.length === 0 ? "0" : fields.join(", ")})`;
}
