import { civilOf, daysOfMonth, floorDivide, NAT, unitsIn } from "../dtype/datetime.ts";
import type { DType, TimeUnit } from "../dtype/dtype.ts";

type Time = DType<"datetime64" | "timedelta64">;

/** Units of fixed length, longest first. */
const lengths: readonly TimeUnit[] = ["W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"];
const place = (unit: TimeUnit): number => lengths.indexOf(unit);
const isCalendar = (unit: TimeUnit): boolean => unit === "Y" || unit === "M";

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
  // Between dates and spans NumPy keeps the count and ignores the units.
  if (
    from.kind !== to.kind ||
    from.unit === "generic" ||
    to.unit === "generic" ||
    (from.unit === to.unit && from.multiple === to.multiple)
  )
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
