/**
 * Decimal numbers in ASCII bytes, as JSON's grammar has them, to the nearest float64 (ties to even), exactly.
 *
 * Up to 15 digits and small powers of ten are one exact operation (W. D. Clinger, 1990); up to 18 digits are a product of
 * sums of two doubles whose rounding is tested; what fails the test, and longer literals, the engine's own exact parsing does.
 */
import { exactTens, LARGEST, type Powers, powersOfTen, SPLITTER } from "./powers.ts";

const ascii = /* @__PURE__ */ new TextDecoder("latin1");

/** The text of bytes that are known to be ASCII. */
export function asciiText(bytes: Uint8Array, from: number, to: number): string {
  return ascii.decode(bytes.subarray(from, to));
}

/** Reads one number at a time; where it ended and what it was are fields, so that nothing is allocated. */
export class DecimalReader {
  /** Where the last number ended; where reading it failed when {@link ok} is false. */
  end = 0;
  /** Whether there was a number. */
  ok = false;
  /** Whether the last number had neither point nor exponent. */
  integer = false;
  /** Its digits, zeros in front left out. */
  digits = 0;
  readonly #powers: Powers = powersOfTen();

  /** The number that begins at `at` and ends before `to` at the latest. */
  read(bytes: Uint8Array, at: number, to: number): number {
    let p = at;
    const negative = bytes[p] === 45;
    if (negative) p++;
    const first = p;
    let a = 0;
    let b = 0;
    let count = 0;
    let after = 0;
    let point = -1;
    for (; p < to; p++) {
      const d = (bytes[p] as number) - 48;
      if (d >= 0 && d <= 9) {
        if (count < 11) {
          a = a * 10 + d;
          if (a !== 0) count++;
        } else {
          if (count < 18) {
            b = b * 10 + d;
            after++;
          }
          count++;
        }
      } else if (d === -2 && point < 0) point = p;
      else break;
    }
    const whole = point < 0 ? p : point;
    this.integer = point < 0;
    this.digits = count;
    // A digit before the point and after it; no zero in front of another digit.
    if (whole === first || point === p - 1 || (whole - first > 1 && bytes[first] === 48)) return this.#fail(p);
    let exponent = point < 0 ? 0 : point + 1 - p;
    if (p < to && ((bytes[p] as number) | 32) === 101) {
      this.integer = false;
      let e = 0;
      const sign = bytes[++p];
      if (sign === 45 || sign === 43) p++;
      const from = p;
      for (; p < to; p++) {
        const d = (bytes[p] as number) - 48;
        if (!(d >= 0 && d <= 9)) break;
        if (e < 100000) e = e * 10 + d;
      }
      if (p === from) return this.#fail(p);
      exponent += sign === 45 ? -e : e;
    }
    this.end = p;
    this.ok = true;
    let value: number;
    if (count <= 15 && exponent >= -22 && exponent <= 22) {
      const m = a * (exactTens[after] as number) + b;
      value = exponent < 0 ? m / (exactTens[-exponent] as number) : m * (exactTens[exponent] as number);
    } else if (count <= 18) value = this.#product(bytes, first, a, b, after, exponent);
    else value = Number(asciiText(bytes, first, p));
    return negative ? -value : value;
  }

  #fail(at: number): number {
    this.end = at;
    this.ok = false;
    return 0;
  }

  /** `(a * 10 ** after + b) * 10 ** exponent`. */
  #product(bytes: Uint8Array, first: number, a: number, b: number, after: number, exponent: number): number {
    if (a === 0) return 0;
    if (exponent < -LARGEST || exponent > LARGEST - 20) return Number(asciiText(bytes, first, this.end));
    const { high, low, highUpper, highLower } = this.#powers;
    // Exact: an integer below 2 ** 53 (eleven digits times five to the seventh) times a power of two.
    const w = a * (exactTens[after] as number);
    const h = w + b;
    const l = b - (h - w);
    const t = LARGEST + exponent;
    const ten = high[t] as number;
    const p = h * ten;
    if (!(p > 1e-285 && p < 1e285)) return Number(asciiText(bytes, first, this.end));
    const c = SPLITTER * h;
    const hu = c - (c - h);
    const hl = h - hu;
    const tu = highUpper[t] as number;
    const tl = highLower[t] as number;
    const rest = hu * tu - p + hu * tl + hl * tu + hl * tl + (h * (low[t] as number) + l * ten);
    const doubt = p * 2 ** -96;
    const value = p + (rest + doubt);
    return value === p + (rest - doubt) ? value : Number(asciiText(bytes, first, this.end));
  }
}
