import type { DType, TimeUnit } from "../dtype/dtype.ts";
import { OptionError, quoteText } from "../errors.ts";

/** Not-a-time: the smallest int64. */
export const NAT: bigint = -(2n ** 63n);

type Time = DType<"datetime64" | "timedelta64">;

/** Attoseconds are the finest unit; each unit as a count of the next finer one in this chain, weeks first. */
const chain: readonly (readonly [unit: TimeUnit, next: bigint])[] = [
  ["W", 7n],
  ["D", 24n],
  ["h", 60n],
  ["m", 60n],
  ["s", 1000n],
  ["ms", 1000n],
  ["us", 1000n],
  ["ns", 1000n],
  ["ps", 1000n],
  ["fs", 1000n],
  ["as", 1n],
];
const place = (unit: TimeUnit): number => chain.findIndex(([u]) => u === unit);

function floorDivide(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? q - 1n : q;
}

/** How many `fine` units one `coarse` unit has; both of the chain, `coarse` not finer. */
function unitsIn(coarse: TimeUnit, fine: TimeUnit): bigint {
  let n = 1n;
  for (let i = place(coarse); i < place(fine); i++) n *= (chain[i] as (typeof chain)[number])[1];
  return n;
}

const isCalendar = (unit: TimeUnit): boolean => unit === "Y" || unit === "M";

/** Days from 1970-01-01 to the first day of a month counted from 1970-01 (proleptic Gregorian; H. Hinnant's days_from_civil). */
export function daysOfMonth(months: bigint): bigint {
  const year = floorDivide(months, 12n);
  const month = Number(months - year * 12n) + 1;
  const y = year + 1970n - (month <= 2 ? 1n : 0n);
  const era = floorDivide(y, 400n);
  const yearOfEra = y - era * 400n;
  const dayOfYear = BigInt(Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5));
  return era * 146097n + yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear - 719468n;
}

/** The civil date of a day counted from 1970-01-01. */
export function civilOf(days: bigint): { readonly year: bigint; readonly month: number; readonly day: number } {
  const z = days + 719468n;
  const era = floorDivide(z, 146097n);
  const dayOfEra = Number(z - era * 146097n);
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = BigInt(yearOfEra) + era * 400n + (month <= 2 ? 1n : 0n);
  return { year, month, day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1 };
}

interface Ratio {
  readonly up: bigint;
  readonly down: bigint;
}

/** NumPy's factor between two units of spans: a year is 365.2425 days, a month a twelfth of it. */
function spanRatio(from: TimeUnit, to: TimeUnit): Ratio {
  if (from === to) return { up: 1n, down: 1n };
  if (isCalendar(from) && isCalendar(to)) return from === "Y" ? { up: 12n, down: 1n } : { up: 1n, down: 12n };
  if (isCalendar(from)) {
    const per = from === "Y" ? 400n : 4800n;
    return to === "W" ? { up: 146097n, down: per * 7n } : { up: 146097n * unitsIn("D", to), down: per };
  }
  if (isCalendar(to)) {
    const { up, down } = spanRatio(to, from);
    return { up: down, down: up };
  }
  return place(from) <= place(to) ? { up: unitsIn(from, to), down: 1n } : { up: 1n, down: unitsIn(to, from) };
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** Counts of one unit as counts of another, rounded down; NaT stays NaT, overflow wraps as in NumPy. */
export function convertTimes(counts: BigInt64Array, from: Time, to: Time): BigInt64Array {
  if (from.unit === "generic" || to.unit === "generic" || (from.unit === to.unit && from.multiple === to.multiple))
    return counts;
  const out = new BigInt64Array(counts.length);
  const dates = from.kind === "datetime64" && to.kind === "datetime64";
  if (dates && isCalendar(from.unit) !== isCalendar(to.unit)) {
    for (let i = 0; i < counts.length; i++) {
      const v = counts[i] as bigint;
      out[i] = v === NAT ? NAT : convertDate(v, from, to);
    }
    return out;
  }
  const ratio = spanRatio(from.unit, to.unit);
  let up = ratio.up * BigInt(from.multiple);
  let down = ratio.down * BigInt(to.multiple);
  const common = gcd(up, down);
  up /= common;
  down /= common;
  for (let i = 0; i < counts.length; i++) {
    const v = counts[i] as bigint;
    out[i] = v === NAT ? NAT : floorDivide(BigInt.asIntN(64, v * up), down);
  }
  return out;
}

/** Between years or months and units of fixed length, by the calendar. */
function convertDate(count: bigint, from: Time, to: Time): bigint {
  const value = count * BigInt(from.multiple);
  const by = BigInt(to.multiple);
  if (isCalendar(from.unit)) {
    const days = daysOfMonth(from.unit === "Y" ? value * 12n : value);
    const units = to.unit === "W" ? floorDivide(days, 7n) : days * unitsIn("D", to.unit);
    return BigInt.asIntN(64, floorDivide(units, by));
  }
  const days = from.unit === "W" ? value * 7n : floorDivide(value, unitsIn("D", from.unit));
  const { year, month } = civilOf(days);
  const months = (year - 1970n) * 12n + BigInt(month - 1);
  return floorDivide(to.unit === "Y" ? floorDivide(months, 12n) : months, by);
}

const pad = (n: bigint | number, width: number): string => String(n).padStart(width, "0");

/** ISO 8601 text of a datetime64 count as NumPy prints it ("NaT" for NaT). */
export function formatDate(count: bigint, dtype: Time): string {
  if (count === NAT) return "NaT";
  const { unit } = dtype;
  if (unit === "generic") throw new OptionError("DTYPE_MISMATCH", "a datetime64 without a unit has no text but NaT");
  const value = count * BigInt(dtype.multiple);
  if (unit === "Y") return yearText(value + 1970n);
  if (unit === "M") {
    const year = floorDivide(value, 12n);
    return `${yearText(year + 1970n)}-${pad(value - year * 12n + 1n, 2)}`;
  }
  const perDay = unit === "W" ? 1n : unitsIn("D", unit);
  const days = unit === "W" ? value * 7n : floorDivide(value, perDay);
  const { year, month, day } = civilOf(days);
  const date = `${yearText(year)}-${pad(month, 2)}-${pad(day, 2)}`;
  if (unit === "W" || unit === "D") return date;
  const rest = value - days * perDay;
  const hours = rest / (perDay / 24n);
  const at = place(unit);
  let text = `${date}T${pad(hours, 2)}`;
  if (at >= place("m")) text += `:${pad((rest / (perDay / 1440n)) % 60n, 2)}`;
  if (at >= place("s")) text += `:${pad((rest / (perDay / 86400n)) % 60n, 2)}`;
  if (at > place("s")) text += `.${pad(rest % (perDay / 86400n), 3 * (at - place("s")))}`;
  return text;
}

function yearText(year: bigint): string {
  return year < 0n ? `-${pad(-year, 4)}` : pad(year, 4);
}

const ISO = /^([+-]?\d{4,})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{0,18}))?)?)?Z?)?)?)?$/;

/** The datetime64 count of ISO 8601 text, cut to the dtype's unit. Throws OptionError OPTION_INVALID. */
export function parseDate(text: string, dtype: Time): bigint {
  const t = text.trim();
  if (t === "" || /^nat$/i.test(t)) return NAT;
  const m = ISO.exec(t);
  const month = Number(m?.[2] ?? 1);
  const day = BigInt(m?.[3] ?? 1);
  const first =
    m === null || month < 1 || month > 12 ? undefined : (BigInt(m[1] as string) - 1970n) * 12n + BigInt(month - 1);
  const [hour, minute, second] = [m?.[4], m?.[5], m?.[6]].map((x) => BigInt(x ?? 0)) as [bigint, bigint, bigint];
  if (
    m === null ||
    first === undefined ||
    day < 1n ||
    day > daysOfMonth(first + 1n) - daysOfMonth(first) ||
    hour > 23n ||
    minute > 59n ||
    second > 59n
  )
    throw new OptionError("OPTION_INVALID", `"${quoteText(t)}" is no ISO 8601 date`);
  const { unit } = dtype;
  if (isCalendar(unit)) return floorDivide(unit === "Y" ? floorDivide(first, 12n) : first, BigInt(dtype.multiple));
  const seconds = (daysOfMonth(first) + day - 1n) * 86400n + hour * 3600n + minute * 60n + second;
  const atto = seconds * 10n ** 18n + BigInt((m[7] ?? "").padEnd(18, "0"));
  if (unit === "generic") throw new OptionError("DTYPE_MISMATCH", "dates need a datetime64 with a unit");
  return BigInt.asIntN(64, floorDivide(atto, unitsIn(unit, "as") * BigInt(dtype.multiple)));
}
