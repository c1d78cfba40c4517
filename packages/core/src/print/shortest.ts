import { float16ToNumber } from "../dtype/float16.ts";
import { binaryOf, shortestDigits } from "./digits.ts";

/** Significant bits and exponent of the last bit of the narrow binary types (IEEE 754-2008, 3.6). */
const HALF = { bits: 11, least: -24, digits: 5 } as const;
const SINGLE = { bits: 24, least: -149, digits: 9 } as const;

/**
 * The shortest decimal that reads back as the same float32, as text in JavaScript's own notation ("0.1", "1e+22", "NaN").
 * `value` must be a float32, as Float32Array elements are.
 */
export function shortestFloat32(value: number): string {
  return String(decimalOfFloat32(value));
}

/** The shortest decimal that reads back as the same float16, given by its bits, as text in JavaScript's own notation. */
export function shortestFloat16(bits: number): string {
  return String(decimalOfFloat16(float16ToNumber(bits)));
}

/** The float64 whose shortest digits are the shortest digits of this float32. */
export function decimalOfFloat32(value: number): number {
  return decimalOf(value, SINGLE);
}

/** The float64 whose shortest digits are the shortest digits of this float16 (given as a number). */
export function decimalOfFloat16(value: number): number {
  return decimalOf(value, HALF);
}

function decimalOf(value: number, type: typeof HALF | typeof SINGLE): number {
  const magnitude = Math.abs(value);
  // Small integers are their own shortest decimals, and common.
  if (!(magnitude < Number.POSITIVE_INFINITY) || magnitude === 0) return value;
  if (Number.isInteger(magnitude) && magnitude < 2 ** (type.bits - 1) && magnitude < 1e5) return value;
  const exponent = exponentOf(magnitude);
  const gap = 2 ** Math.max(exponent - type.bits + 1, type.least);
  const power = magnitude === 2 ** exponent && gap > 2 ** type.least;
  const found = power ? undefined : byTrial(magnitude, gap / 2, type.digits);
  return (value < 0 ? -1 : 1) * (found ?? exactly(magnitude, type.bits, type.least));
}

function exponentOf(magnitude: number): number {
  let exponent = Math.floor(Math.log2(magnitude));
  if (2 ** exponent > magnitude) exponent--;
  else if (2 ** (exponent + 1) <= magnitude) exponent++;
  return exponent;
}

/** Powers of ten that float64 holds exactly. */
const TENS: readonly number[] = /* @__PURE__ */ Array.from({ length: 23 }, (_, i) => 10 ** i);

/**
 * More and more digits until they come within half a gap of the value. Undefined where a decimal lies exactly half-way
 * between two floats, or the value (all but) half-way between two decimals, and beyond the exact powers of ten: those take
 * exact arithmetic.
 */
function byTrial(magnitude: number, half: number, most: number): number | undefined {
  // Both ends are exact: a float64 has bits to spare.
  const low = magnitude - half;
  const high = magnitude + half;
  const first = -Math.floor(Math.log10(magnitude)) - 1;
  for (let places = first; places < first + most + 2; places++) {
    const power = TENS[Math.abs(places)];
    if (power === undefined) return undefined;
    // Each a single operation on exact numbers, so rounded once.
    const scaled = places < 0 ? magnitude / power : magnitude * power;
    const whole = Math.round(scaled);
    const decimal = places < 0 ? whole * power : whole / power;
    if (decimal > low && decimal < high) return Math.abs(Math.abs(scaled - whole) - 0.5) < 1e-6 ? undefined : decimal;
    if (decimal === low || decimal === high) return undefined;
  }
  return undefined;
}

function exactly(magnitude: number, bits: number, least: number): number {
  const { digits, exponent } = shortestDigits(binaryOf(magnitude, bits, least));
  return Number(`${digits}e${exponent - digits.length + 1}`);
}
