import { OptionError, quoteText } from "../errors.ts";
import type { Binary } from "../print/digits.ts";
import { longDoubleText } from "../print/scalar-text.ts";
import { decimalBinary } from "./decimal.ts";
import type { LongDoubleLayout } from "./dtype.ts";

/** One extended-precision value, kept exactly: its little-endian bytes and their layout. */
export class LongDouble {
  readonly bytes: Uint8Array;
  readonly layout: LongDoubleLayout;

  constructor(bytes: Uint8Array, layout: LongDoubleLayout) {
    this.bytes = bytes;
    this.layout = layout;
  }

  /** The nearest float64. */
  toNumber(): number {
    return extendedToNumber(this.bytes, 0, this.layout);
  }

  /** The shortest decimal that reads back the same, as NumPy's `str`. */
  toString(): string {
    return longDoubleText(this);
  }

  /** Sign, and whether this is no finite number. */
  classify(): { readonly negative: boolean; readonly special: "nan" | "inf" | undefined } {
    const { layout, bytes } = this;
    if (layout === "x87" || layout === "quad") {
      const { negative, special } = parts(bytes, 0, layout);
      return { negative, special: special === undefined ? undefined : Number.isNaN(special) ? "nan" : "inf" };
    }
    const value = view(bytes, 0).getFloat64(0, true);
    const special = Number.isNaN(value) ? "nan" : Number.isFinite(value) ? undefined : "inf";
    return { negative: view(bytes, 0).getUint8(7) >= 0x80, special };
  }

  /** The exact magnitude of a finite value. */
  magnitude(): Binary {
    const { layout, bytes } = this;
    if (layout === "x87" || layout === "quad") {
      const { magnitude, exponent } = parts(bytes, 0, layout);
      const least = 1 - BIAS - Number(binary[layout].fraction);
      const power = magnitude === 1n << binary[layout].fraction;
      return { mantissa: magnitude, exponent, uneven: power && exponent > least };
    }
    const [high, e] = exactly(view(bytes, 0).getFloat64(0, true));
    if (layout === "double") return { mantissa: high, exponent: e, uneven: high === 1n << 52n && e > -1074 };
    // 106 bits below the first, as far as the sum of the two doubles reaches.
    const second = view(bytes, 0).getFloat64(8, true);
    const [low, f] = exactly(second);
    const least = Math.min(e, f);
    const sum =
      (high << BigInt(e - least)) +
      ((second < 0 === view(bytes, 0).getFloat64(0, true) < 0 ? low : -low) << BigInt(f - least));
    return { mantissa: sum, exponent: least, uneven: false };
  }

  /** A float64 or an integer in extended precision (exact but for integers of more bits than fit). `itemsize` in bytes. */
  static fromNumber(value: number | bigint, layout: LongDoubleLayout = "x87", itemsize = 16): LongDouble {
    const bytes = new Uint8Array(layout === "double" ? 8 : itemsize);
    writeExtended(value, bytes, 0, layout);
    return new LongDouble(bytes, layout);
  }

  /** The nearest value to decimal text ("1.5", "-1e-4000", "nan", "inf"), ties to even. Throws OptionError OPTION_INVALID. */
  static parse(text: string, layout: LongDoubleLayout = "x87", itemsize = 16): LongDouble {
    const t = text.trim();
    if (layout === "double" || layout === "double-double" || /^[+-]?(?:nan|inf(?:inity)?)$/i.test(t)) {
      const word = /^([+-]?)(nan|inf)/i.exec(t);
      const value =
        word === null ? Number(t) : word[2]?.toLowerCase() === "nan" ? Number.NaN : Number.POSITIVE_INFINITY;
      if (word !== null || (t !== "" && /^[+-]?[\d.]/.test(t) && !Number.isNaN(value)))
        return LongDouble.fromNumber(word?.[1] === "-" ? -value : value, layout, itemsize);
    } else {
      const { fraction } = binary[layout];
      const found = decimalBinary(t, Number(fraction) + 1, 1 - BIAS - Number(fraction));
      if (found !== undefined) {
        const bytes = new Uint8Array(itemsize);
        writeParts(found.negative, found.mantissa, found.exponent, bytes, layout);
        return new LongDouble(bytes, layout);
      }
    }
    throw new OptionError("OPTION_INVALID", `"${quoteText(t)}" is no decimal number`);
  }
}

/** Bits of the significand (the leading one included) and of the exponent, for the layouts that are one binary number. */
const binary = {
  /** Intel SDM vol. 1, 4.2.2: explicit integer bit, 15-bit exponent, 10 bytes. */
  x87: { fraction: 63n, explicit: true, bytes: 10 },
  /** IEEE 754-2008 binary128. */
  quad: { fraction: 112n, explicit: false, bytes: 16 },
} as const;
const BIAS = 16383;

function littleEndian(bytes: Uint8Array, at: number, count: number): bigint {
  let bits = 0n;
  for (let i = count - 1; i >= 0; i--) bits = (bits << 8n) | BigInt(bytes[at + i] as number);
  return bits;
}

const view = (bytes: Uint8Array, at: number): DataView => new DataView(bytes.buffer, bytes.byteOffset + at);

/** `magnitude * 2 ** exponent` rounded to the nearest float64, ties to even. */
function scaled(magnitude: bigint, exponent: number): number {
  if (magnitude === 0n) return 0;
  const length = magnitude.toString(2).length;
  // Bits that float64 keeps: 53, fewer below the smallest normal number.
  const keep = Math.min(53, length + exponent + 1074);
  if (keep < 0) return 0;
  const drop = length - keep;
  if (drop <= 0) return Number(magnitude) * 2 ** Math.max(exponent, -1074) * 2 ** Math.min(0, exponent + 1074);
  const cut = BigInt(drop);
  let kept = magnitude >> cut;
  const rest = magnitude - (kept << cut);
  const half = 1n << (cut - 1n);
  if (rest > half || (rest === half && (kept & 1n) === 1n)) kept += 1n;
  const e = exponent + drop;
  return e > 971 ? Number(kept) * 2 ** 971 * 2 ** Math.min(e - 971, 1023) : Number(kept) * 2 ** e;
}

/** The float64 nearest to an extended-precision value. */
export function extendedToNumber(bytes: Uint8Array, at: number, layout: LongDoubleLayout): number {
  if (layout === "double") return view(bytes, at).getFloat64(0, true);
  if (layout === "double-double") {
    const low = view(bytes, at).getFloat64(8, true);
    // Adding 0 would take the sign of a -0.
    return low === 0 ? view(bytes, at).getFloat64(0, true) : view(bytes, at).getFloat64(0, true) + low;
  }
  const { magnitude, exponent, negative, special } = parts(bytes, at, layout);
  if (special !== undefined) return negative ? -special : special;
  const value = scaled(magnitude, exponent);
  return negative ? -value : value;
}

function parts(bytes: Uint8Array, at: number, layout: "x87" | "quad") {
  const { fraction, explicit, bytes: count } = binary[layout];
  const bits = littleEndian(bytes, at, count);
  const width = explicit ? fraction + 1n : fraction;
  const significand = bits & ((1n << width) - 1n);
  const biased = Number((bits >> width) & 0x7fffn);
  const negative = bits >> (width + 15n) === 1n;
  const tail = significand & ((1n << fraction) - 1n);
  const special = biased === 0x7fff ? (tail === 0n ? Number.POSITIVE_INFINITY : Number.NaN) : undefined;
  const magnitude = explicit || biased === 0 ? significand : significand | (1n << fraction);
  return { magnitude, exponent: Math.max(biased, 1) - BIAS - Number(fraction), negative, special };
}

/** The value cut to an integer toward zero; undefined for NaN and infinities. */
export function extendedToInteger(bytes: Uint8Array, at: number, layout: LongDoubleLayout): bigint | undefined {
  if (layout === "x87" || layout === "quad") {
    const { magnitude, exponent, negative, special } = parts(bytes, at, layout);
    if (special !== undefined || exponent > 64) return undefined;
    const whole = exponent >= 0 ? magnitude << BigInt(exponent) : magnitude >> BigInt(-exponent);
    return negative ? -whole : whole;
  }
  const high = view(bytes, at).getFloat64(0, true);
  if (!Number.isFinite(high)) return undefined;
  if (layout === "double") return BigInt(Math.trunc(high));
  return BigInt(Math.trunc(high)) + BigInt(Math.trunc(view(bytes, at).getFloat64(8, true)));
}

/** Writes a magnitude of at most the layout's bits; what is too large is infinity. */
function writeParts(
  negative: boolean,
  mantissa: bigint,
  exponent: number,
  to: Uint8Array,
  layout: "x87" | "quad",
): void {
  const { fraction, explicit, bytes: count } = binary[layout];
  const width = explicit ? fraction + 1n : fraction;
  const normal = mantissa >> fraction !== 0n;
  let biased = normal ? exponent + BIAS + Number(fraction) : 0;
  let significand = explicit ? mantissa : mantissa & ((1n << fraction) - 1n);
  if (biased >= 0x7fff) {
    biased = 0x7fff;
    significand = explicit ? 1n << fraction : 0n;
  }
  let bits = ((negative ? 1n : 0n) << (width + 15n)) | (BigInt(biased) << width) | significand;
  for (let i = 0; i < count; i++, bits >>= 8n) to[i] = Number(bits & 0xffn);
}

/** Writes a float64 or an integer as extended precision (integers rounded to nearest even where they have too many bits). */
export function writeExtended(value: number | bigint, to: Uint8Array, at: number, layout: LongDoubleLayout): void {
  if (layout === "double" || layout === "double-double") {
    const high = Number(value);
    view(to, at).setFloat64(0, high, true);
    if (layout === "double-double")
      view(to, at).setFloat64(8, typeof value === "bigint" ? Number(value - BigInt(high)) : 0, true);
    return;
  }
  const { fraction, explicit, bytes: count } = binary[layout];
  const width = explicit ? fraction + 1n : fraction;
  let negative = value < 0 || Object.is(value, -0);
  let biased = 0;
  let significand = 0n;
  if (typeof value === "number" && !Number.isFinite(value)) {
    biased = 0x7fff;
    significand = (explicit ? 1n << fraction : 0n) | (Number.isNaN(value) ? 1n << (fraction - 1n) : 0n);
    negative = value < 0;
  } else if (value !== 0 && value !== 0n) {
    let [magnitude, exponent] = exactly(value);
    const shift = fraction + 1n - BigInt(magnitude.toString(2).length);
    magnitude = shift >= 0n ? magnitude << shift : roundedShift(magnitude, -shift);
    exponent -= Number(shift);
    if (magnitude >> (fraction + 1n) !== 0n) {
      magnitude >>= 1n;
      exponent += 1;
    }
    biased = exponent + Number(fraction) + BIAS;
    significand = explicit ? magnitude : magnitude & ((1n << fraction) - 1n);
  }
  let bits = ((negative ? 1n : 0n) << (width + 15n)) | (BigInt(biased) << width) | significand;
  for (let i = 0; i < count; i++, bits >>= 8n) to[at + i] = Number(bits & 0xffn);
}

function roundedShift(magnitude: bigint, by: bigint): bigint {
  const kept = magnitude >> by;
  const rest = magnitude - (kept << by);
  const half = 1n << (by - 1n);
  return rest > half || (rest === half && (kept & 1n) === 1n) ? kept + 1n : kept;
}

/** A finite value as integer magnitude times a power of two. */
function exactly(value: number | bigint): [magnitude: bigint, exponent: number] {
  if (typeof value === "bigint") return [value < 0n ? -value : value, 0];
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(value));
  const raw = bits.getBigUint64(0);
  const biased = Number(raw >> 52n);
  const tail = raw & 0xfffffffffffffn;
  return biased === 0 ? [tail, -1074] : [tail | 0x10000000000000n, biased - 1075];
}
