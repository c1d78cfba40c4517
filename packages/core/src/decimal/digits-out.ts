/** Writing decimal digits as ASCII bytes. */

/** The four digits of 0 to 9999, one after another. Made on first use. */
let fours: Uint8Array | undefined;

export function fourDigits(): Uint8Array {
  if (fours !== undefined) return fours;
  const table = new Uint8Array(40_000);
  for (let i = 0; i < 10_000; i++) {
    table[i * 4] = 48 + Math.floor(i / 1000);
    table[i * 4 + 1] = 48 + (Math.floor(i / 100) % 10);
    table[i * 4 + 2] = 48 + (Math.floor(i / 10) % 10);
    table[i * 4 + 3] = 48 + (i % 10);
  }
  fours = table;
  return table;
}

/** Writes an integer of magnitude up to 2 ** 53 and returns where it ends. Room: 17 bytes. */
export function writeInteger(out: Uint8Array, at: number, value: number): number {
  let p = at;
  let n = value;
  if (n < 0) {
    out[p++] = 45;
    n = -n;
  }
  if (n < 10) {
    out[p] = 48 + n;
    return p + 1;
  }
  const end = p + digitCount(n);
  let q = end;
  while (n >= 4294967296) {
    const rest = n % 10000;
    n = (n - rest) / 10000;
    q = putFour(out, q, rest);
  }
  let m = n >>> 0;
  while (m >= 10000) {
    const above = (m / 10000) >>> 0;
    q = putFour(out, q, m - above * 10000);
    m = above;
  }
  while (m >= 10) {
    const above = (m / 10) >>> 0;
    out[--q] = 48 + m - above * 10;
    m = above;
  }
  out[--q] = 48 + m;
  return end;
}

/** Four digits that end before `end`; returns where they begin. */
export function putFour(out: Uint8Array, end: number, value: number): number {
  const table = fours ?? fourDigits();
  const from = value * 4;
  out[end - 4] = table[from] as number;
  out[end - 3] = table[from + 1] as number;
  out[end - 2] = table[from + 2] as number;
  out[end - 1] = table[from + 3] as number;
  return end - 4;
}

function digitCount(n: number): number {
  if (n < 1e5) return n < 100 ? 2 : n < 1000 ? 3 : n < 10000 ? 4 : 5;
  if (n < 1e10) return n < 1e6 ? 6 : n < 1e7 ? 7 : n < 1e8 ? 8 : n < 1e9 ? 9 : 10;
  if (n < 1e13) return n < 1e11 ? 11 : n < 1e12 ? 12 : 13;
  return n < 1e14 ? 14 : n < 1e15 ? 15 : 16;
}

/**
 * Turns `count` significant digits that stand at `out[at + 1]` and on into a number whose first digit counts `10 ** exponent`, beginning at
 * `out[at]`, and returns where it ends: positional from 1e-6 to below 1e16, else `1.5e+20`. Room: 30 bytes.
 */
export function layOut(out: Uint8Array, at: number, count: number, exponent: number): number {
  if (exponent >= 0 && exponent < 16) {
    const whole = exponent + 1;
    if (count <= whole) {
      out.copyWithin(at, at + 1, at + 1 + count);
      for (let i = count; i < whole; i++) out[at + i] = 48;
      return at + whole;
    }
    for (let i = 0; i < whole; i++) out[at + i] = out[at + i + 1] as number;
    out[at + whole] = 46;
    return at + 1 + count;
  }
  if (exponent < 0 && exponent >= -6) {
    out.copyWithin(at + 1 - exponent, at + 1, at + 1 + count);
    out[at] = 48;
    out[at + 1] = 46;
    for (let i = 2; i < 1 - exponent; i++) out[at + i] = 48;
    return at + 1 - exponent + count;
  }
  out[at] = out[at + 1] as number;
  let p = at + 1;
  if (count > 1) {
    out[p] = 46;
    p += count;
  }
  out[p] = 101;
  out[p + 1] = exponent < 0 ? 45 : 43;
  return writeInteger(out, p + 2, Math.abs(exponent));
}

/** As {@link layOut}, of a finite number other than zero whose shortest digits `value.toExponential()` has. */
export function writeExponential(out: Uint8Array, at: number, text: string): number {
  const cut = text.indexOf("e");
  let p = at + 1;
  for (let i = 0; i < cut; i++) {
    const c = text.charCodeAt(i);
    if (c !== 46) out[p++] = c;
  }
  return layOut(out, at, p - at - 1, Number(text.slice(cut + 1)));
}
