/** Dates and spans as NumPy counts them: int64 counts of a unit since 1970-01-01T00:00, in the proleptic Gregorian calendar. */
import { OptionError, quoteText } from "../errors.ts";
import type { TimeUnit } from "./dtype.ts";

/** Not-a-time: the smallest int64 (`NPY_DATETIME_NAT`). */
export const NAT: bigint = -(2n ** 63n);

/** Units of fixed length, each as a count of the next finer one. */
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

/** How many `fine` units one `coarse` unit has; both of fixed length (weeks to attoseconds), `coarse` not finer. */
export function unitsIn(coarse: TimeUnit, fine: TimeUnit): bigint {
  let n = 1n;
  for (let i = place(coarse); i < place(fine); i++) n *= (chain[i] as (typeof chain)[number])[1];
  return n;
}

export function floorDivide(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? q - 1n : q;
}

/** Days from 1970-01-01 to the first day of a month counted from 1970-01. */
export function daysOfMonth(months: bigint): bigint {
  const year = floorDivide(months, 12n);
  const month = Number(months - year * 12n) + 1;
  // Years that begin in March, so that the leap day is a year's last (H. Hinnant, days_from_civil).
  const y = year + 1970n - (month <= 2 ? 1n : 0n);
  const era = floorDivide(y, 400n);
  const yearOfEra = y - era * 400n;
  const dayOfYear = BigInt(Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5));
  return era * 146097n + yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear - 719468n;
}

/** A calendar date and the time of day, as far as the unit goes. */
export interface CivilTime {
  readonly year: bigint;
  readonly month: number;
  readonly day: number;
  /** Of the day, in the unit's own (or, for weeks, days': 0) counts. */
  readonly rest: bigint;
  /** Counts in a day; 1 for days and what is longer. */
  readonly perDay: bigint;
}

/** The calendar date of a day counted from 1970-01-01. */
export function civilOf(days: bigint): { readonly year: bigint; readonly month: number; readonly day: number } {
  const z = days + 719468n;
  const era = floorDivide(z, 146097n);
  const dayOfEra = Number(z - era * 146097n);
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = BigInt(yearOfEra) + era * 400n + (month <= 2 ? 1n : 0n);
  return { year, month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1 };
}

/** A count of `multiple` units since 1970, taken apart. `count` is not NaT, `unit` not "generic". */
export function civilTime(count: bigint, unit: TimeUnit, multiple: number): CivilTime {
  const value = BigInt.asIntN(64, count * BigInt(multiple));
  if (unit === "Y") return { year: value + 1970n, month: 1, day: 1, rest: 0n, perDay: 1n };
  if (unit === "M") {
    const years = floorDivide(value, 12n);
    return { year: years + 1970n, month: Number(value - years * 12n) + 1, day: 1, rest: 0n, perDay: 1n };
  }
  if (unit === "W") return { ...civilOf(value * 7n), rest: 0n, perDay: 1n };
  const perDay = unitsIn("D", unit);
  const days = floorDivide(value, perDay);
  return { ...civilOf(days), rest: value - days * perDay, perDay };
}

const pad = (n: bigint | number, width: number): string => String(n).padStart(width, "0");

/** As C's `%04lld`: the sign counts. */
const yearText = (year: bigint): string => (year < 0n ? `-${pad(-year, 3)}` : pad(year, 4));

/**
 * ISO 8601 text of a datetime64 count, to the unit's own precision, as NumPy prints it: `2020-02-29T12:00:00.250`; "NaT" for NaT.
 * Throws OptionError DTYPE_MISMATCH for a count without a unit.
 */
export function formatDatetime(count: bigint, unit: TimeUnit, multiple = 1): string {
  if (count === NAT) return "NaT";
  if (unit === "generic") throw new OptionError("DTYPE_MISMATCH", "a datetime64 without a unit has no text but NaT");
  const { year, month, day, rest, perDay } = civilTime(count, unit, multiple);
  let text = yearText(year);
  if (unit === "Y") return text;
  text += `-${pad(month, 2)}`;
  if (unit === "M") return text;
  text += `-${pad(day, 2)}`;
  const at = place(unit);
  if (at <= place("D")) return text;
  text += `T${pad(rest / (perDay / 24n), 2)}`;
  if (at >= place("m")) text += `:${pad((rest / (perDay / 1440n)) % 60n, 2)}`;
  if (at < place("s")) return text;
  const perSecond = perDay / 86400n;
  text += `:${pad((rest / perSecond) % 60n, 2)}`;
  return at === place("s") ? text : `${text}.${pad(rest % perSecond, 3 * (at - place("s")))}`;
}

const ISO =
  /^([+-]?\d{4,19}|-\d{3})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{0,18}))?)?)?Z?)?)?)?$/;

/**
 * The datetime64 count of ISO 8601 text (no time zone but "Z"), rounded down to the unit; "NaT" and "" are NaT.
 * Throws OptionError OPTION_INVALID for other text and for dates that do not fit, DTYPE_MISMATCH without a unit.
 */
export function parseDatetime(text: string, unit: TimeUnit, multiple = 1): bigint {
  const t = text.trim();
  if (t === "" || /^nat$/i.test(t)) return NAT;
  if (unit === "generic") throw new OptionError("DTYPE_MISMATCH", "dates need a datetime64 with a unit");
  const parts = ISO.exec(t);
  if (parts === null) throw notDate(t, "no ISO 8601 date");
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((n, i) => BigInt(n ?? (i === 1 || i === 2 ? 1 : 0)));
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second] as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const months = (y - 1970n) * 12n + mo - 1n;
  const monthly = daysOfMonth(months);
  if (mo < 1n || mo > 12n || d < 1n || d > daysOfMonth(months + 1n) - monthly || h > 23n || mi > 59n || s > 59n)
    throw notDate(t, "no date of the calendar");
  const count = countOf(unit, months, monthly + d - 1n, h * 3600n + mi * 60n + s, parts[7] ?? "");
  const value = floorDivide(count, BigInt(multiple));
  if (BigInt.asIntN(64, value) !== value || value === NAT) throw notDate(t, `beyond datetime64[${unit}]`);
  return value;
}

function countOf(unit: TimeUnit, months: bigint, days: bigint, seconds: bigint, decimals: string): bigint {
  if (unit === "Y") return floorDivide(months, 12n);
  if (unit === "M") return months;
  const atto = (days * 86400n + seconds) * 10n ** 18n + BigInt(decimals.padEnd(18, "0"));
  return floorDivide(atto, unitsIn(unit, "as"));
}

const notDate = (text: string, what: string): OptionError =>
  new OptionError("OPTION_INVALID", `"${quoteText(text)}" is ${what}`);

const spanNames: { readonly [U in TimeUnit]: string } = {
  Y: "years",
  M: "months",
  W: "weeks",
  D: "days",
  h: "hours",
  m: "minutes",
  s: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  ns: "nanoseconds",
  ps: "picoseconds",
  fs: "femtoseconds",
  as: "attoseconds",
  generic: "generic time units",
};

/** A timedelta64 count as NumPy's `str` has it: `25 microseconds`; "NaT" for NaT. */
export function formatTimedelta(count: bigint, unit: TimeUnit, multiple = 1): string {
  return count === NAT ? "NaT" : `${BigInt.asIntN(64, count * BigInt(multiple))} ${spanNames[unit]}`;
}
