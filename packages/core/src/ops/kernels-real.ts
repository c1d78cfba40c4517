/** Loops over float64 values. `sa`, `sb` are 1, or 0 for an operand that is one value for all. */
export type RealBinary = (
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  n: number,
  sa: number,
  sb: number,
) => void;
export type RealCompare = (
  a: Float64Array,
  b: Float64Array,
  out: Uint8Array,
  n: number,
  sa: number,
  sb: number,
) => void;
export type RealUnary = (a: Float64Array, out: Float64Array, n: number) => void;

export type BinaryName =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "floorDivide"
  | "remainder"
  | "power"
  | "minimum"
  | "maximum"
  | "arctan2"
  | "hypot"
  | "bitwiseAnd"
  | "bitwiseOr"
  | "bitwiseXor";
/** Those that only floats have. */
export type FloatBinary = "divide" | "arctan2" | "hypot";
export type CompareName = "equal" | "notEqual" | "less" | "lessEqual" | "greater" | "greaterEqual";
export type UnaryName =
  | "negative"
  | "abs"
  | "sqrt"
  | "exp"
  | "log"
  | "log2"
  | "log10"
  | "sin"
  | "cos"
  | "tan"
  | "arcsin"
  | "arccos"
  | "arctan"
  | "sinh"
  | "cosh"
  | "tanh"
  | "arcsinh"
  | "arccosh"
  | "arctanh"
  | "floor"
  | "ceil"
  | "rint";
type RealName = BinaryName | "multiply32" | "floorDivideInt" | "remainderInt" | "powerInt";

/** Python's floor division and remainder of floats as NumPy computes them (npymath `npy_divmod`). */
function floorQuotient(a: number, b: number): number {
  let mod = a % b;
  if (b === 0) return a / b;
  let div = (a - mod) / b;
  if (mod !== 0) {
    if (b < 0 !== mod < 0) {
      mod += b;
      div -= 1;
    }
  }
  if (div === 0) return Object.is(a / b, -0) || a / b < 0 ? -0 : 0;
  const floor = Math.floor(div);
  return div - floor > 0.5 ? floor + 1 : floor;
}
function floorRemainder(a: number, b: number): number {
  const mod = a % b;
  if (b === 0) return Number.NaN;
  if (mod !== 0) return b < 0 !== mod < 0 ? mod + b : mod;
  return b < 0 ? -0 : 0;
}

/** Python's power of floats: 1 to any power is 1, and anything to the power 0 (which ECMAScript's `**` does not say of NaN). */
function power(a: number, b: number): number {
  return a === 1 || (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY)) ? 1 : a ** b;
}

export const realBinary: { readonly [N in RealName]: RealBinary } = {
  add: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as number) + (b[i * sb] as number);
  },
  subtract: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as number) - (b[i * sb] as number);
  },
  multiply: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as number) * (b[i * sb] as number);
  },
  /** 32-bit products, of which only the low 32 bits count. */
  multiply32: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = Math.imul(a[i * sa] as number, b[i * sb] as number);
  },
  divide: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as number) / (b[i * sb] as number);
  },
  floorDivide: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = floorQuotient(a[i * sa] as number, b[i * sb] as number);
  },
  remainder: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = floorRemainder(a[i * sa] as number, b[i * sb] as number);
  },
  /** Integers of at most 32 bits: division by zero is 0. */
  floorDivideInt: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) {
      const d = b[i * sb] as number;
      out[i] = d === 0 ? 0 : Math.floor((a[i * sa] as number) / d);
    }
  },
  remainderInt: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) {
      const x = a[i * sa] as number;
      const d = b[i * sb] as number;
      out[i] = d === 0 ? 0 : x - d * Math.floor(x / d);
    }
  },
  power: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = power(a[i * sa] as number, b[i * sb] as number);
  },
  /** Integers of at most 32 bits, wrapping. */
  powerInt: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) {
      let base = a[i * sa] as number;
      let rest = b[i * sb] as number;
      let result = 1;
      for (; rest > 0; rest = Math.floor(rest / 2)) {
        if (rest % 2 === 1) result = Math.imul(result, base);
        base = Math.imul(base, base);
      }
      out[i] = result;
    }
  },
  minimum: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) {
      const x = a[i * sa] as number;
      const y = b[i * sb] as number;
      out[i] = x <= y || Number.isNaN(x) ? x : y;
    }
  },
  maximum: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) {
      const x = a[i * sa] as number;
      const y = b[i * sb] as number;
      out[i] = x >= y || Number.isNaN(x) ? x : y;
    }
  },
  arctan2: pairs(Math.atan2),
  hypot: pairs(Math.hypot),
  // Storing into unsigned integers takes a negative result modulo 2 ** 32.
  bitwiseAnd: pairs((v, w) => v & w),
  bitwiseOr: pairs((v, w) => v | w),
  bitwiseXor: pairs((v, w) => v ^ w),
};

export const realCompare: { readonly [N in CompareName]: RealCompare } = {
  equal: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = a[i * sa] === b[i * sb] ? 1 : 0;
  },
  notEqual: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = a[i * sa] !== b[i * sb] ? 1 : 0;
  },
  less: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as number) < (b[i * sb] as number) ? 1 : 0;
  },
  lessEqual: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as number) <= (b[i * sb] as number) ? 1 : 0;
  },
  greater: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as number) > (b[i * sb] as number) ? 1 : 0;
  },
  greaterEqual: (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = (a[i * sa] as number) >= (b[i * sb] as number) ? 1 : 0;
  },
};

/** To the nearest whole number, of two equally near ones to the even one; the sign stays, also of 0. */
export function nearestEven(v: number): number {
  if (Math.abs(v) >= 2 ** 52 || Number.isNaN(v)) return v;
  const low = Math.floor(v);
  const apart = v - low;
  const near = apart < 0.5 || (apart === 0.5 && low % 2 === 0) ? low : low + 1;
  return near === 0 && (v < 0 || Object.is(v, -0)) ? -0 : near;
}

function each(one: (v: number) => number): RealUnary {
  return (a, out, n) => {
    for (let i = 0; i < n; i++) out[i] = one(a[i] as number);
  };
}
function pairs(one: (v: number, w: number) => number): RealBinary {
  return (a, b, out, n, sa, sb) => {
    for (let i = 0; i < n; i++) out[i] = one(a[i * sa] as number, b[i * sb] as number);
  };
}

export const realUnary: { readonly [N in UnaryName]: RealUnary } = {
  negative: (a, out, n) => {
    for (let i = 0; i < n; i++) out[i] = -(a[i] as number);
  },
  abs: (a, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.abs(a[i] as number);
  },
  sqrt: (a, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.sqrt(a[i] as number);
  },
  exp: (a, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.exp(a[i] as number);
  },
  log: (a, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.log(a[i] as number);
  },
  sin: (a, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.sin(a[i] as number);
  },
  cos: (a, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.cos(a[i] as number);
  },
  log2: each(Math.log2),
  log10: each(Math.log10),
  tan: each(Math.tan),
  arcsin: each(Math.asin),
  arccos: each(Math.acos),
  arctan: each(Math.atan),
  sinh: each(Math.sinh),
  cosh: each(Math.cosh),
  tanh: each(Math.tanh),
  arcsinh: each(Math.asinh),
  arccosh: each(Math.acosh),
  arctanh: each(Math.atanh),
  floor: each(Math.floor),
  ceil: each(Math.ceil),
  rint: each(nearestEven),
};
