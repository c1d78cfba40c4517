import type { BinaryName, CompareName, FloatBinary } from "./kernels-real.ts";

/** 64-bit integers; storing wraps. */
export type Wide = BigInt64Array | BigUint64Array;
export type WideBinary = (a: Wide, b: Wide, out: Wide, n: number, sa: number, sb: number) => void;
export type WideCompare = (a: Wide, b: Wide, out: Uint8Array, n: number, sa: number, sb: number) => void;

function floorQuotient(a: bigint, b: bigint): bigint {
  if (b === 0n) return 0n;
  const q = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? q - 1n : q;
}

function wrappedPower(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = BigInt.asIntN(64, result * base);
    base = BigInt.asIntN(64, base * base);
  }
  return result;
}

export const wideBinary: { readonly [N in Exclude<BinaryName, FloatBinary>]: WideBinary } = {
  add: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as bigint) + (b[i * sb] as bigint);
  },
  subtract: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as bigint) - (b[i * sb] as bigint);
  },
  multiply: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as bigint) * (b[i * sb] as bigint);
  },
  floorDivide: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = floorQuotient(a[i * sa] as bigint, b[i * sb] as bigint);
  },
  remainder: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) {
      const x = a[i * sa] as bigint;
      const d = b[i * sb] as bigint;
      out[i] = d === 0n ? 0n : x - d * floorQuotient(x, d);
    }
  },
  power: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = wrappedPower(a[i * sa] as bigint, b[i * sb] as bigint);
  },
  bitwiseAnd: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as bigint) & (b[i * sb] as bigint);
  },
  bitwiseOr: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as bigint) | (b[i * sb] as bigint);
  },
  bitwiseXor: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as bigint) ^ (b[i * sb] as bigint);
  },
  minimum: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) {
      const x = a[i * sa] as bigint;
      const y = b[i * sb] as bigint;
      // biome-ignore lint/complexity/useMathMinMax: Math has none for bigints.
      out[i] = x < y ? x : y;
    }
  },
  maximum: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) {
      const x = a[i * sa] as bigint;
      const y = b[i * sb] as bigint;
      // biome-ignore lint/complexity/useMathMinMax: Math has none for bigints.
      out[i] = x > y ? x : y;
    }
  },
};

export const wideCompare: { readonly [N in CompareName]: WideCompare } = {
  equal: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = a[i * sa] === b[i * sb] ? 1 : 0;
  },
  notEqual: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = a[i * sa] !== b[i * sb] ? 1 : 0;
  },
  less: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as bigint) < (b[i * sb] as bigint) ? 1 : 0;
  },
  lessEqual: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as bigint) <= (b[i * sb] as bigint) ? 1 : 0;
  },
  greater: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as bigint) > (b[i * sb] as bigint) ? 1 : 0;
  },
  greaterEqual: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as bigint) >= (b[i * sb] as bigint) ? 1 : 0;
  },
};
