// Where things are in the kernels' memory. The other side of this table is src/memory.ts.

/** Parameters and results: words of 32 bits. */
export const PARAMETERS: usize = 64;
/** The powers of ten from 1e-348 to 1e347, each as the upper and the lower half of its 128 leading bits, rounded down from 1e0 on, else up. */
export const POWERS: usize = 2048;
/** The same, and one more in the last bit unless it is exact. */
export const CEILINGS: usize = POWERS + 696 * 16;
/** The powers of ten that a float64 holds exactly: 1e0 to 1e22. */
export const EXACT: usize = CEILINGS + 696 * 16;

/** Bytes that count up: 0 here, those before it less than 0. 16 of them are the indices of a shift. */
export const IOTA: usize = EXACT + 23 * 8 + 16;
/** For each number of digits (but one) before a decimal point: what to add to the indices of digits to make room for it, and what to add to the digits. */
export const PLACES: usize = IOTA + 48;
/** Vectors of one number each, with which sixteen digits are taken apart and put together: src/kernel.ts says what they are. */
export const FACTORS: usize = PLACES + 15 * 32;
/** 16 bytes of ones in all bits, and zeros behind them. */
export const ONES: usize = FACTORS + 11 * 16;
/** A comma and null, eight times and more. */
export const NULLS: usize = ONES + 48;

export const LEAST: i32 = -348;

/** The upper half of a product of 64 bits by 64 bits. */
export function upper(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const p10 = a1 * b0 + ((a0 * b0) >> 32);
  const p01 = a0 * b1 + (p10 & 0xffffffff);
  return a1 * b1 + (p10 >> 32) + (p01 >> 32);
}

/** Element kinds, as src/memory.ts numbers them. */
export const BOOL: i32 = 0;
export const INT8: i32 = 1;
export const UINT8: i32 = 2;
export const INT16: i32 = 3;
export const UINT16: i32 = 4;
export const INT32: i32 = 5;
export const UINT32: i32 = 6;
export const INT64: i32 = 7;
export const UINT64: i32 = 8;
export const FLOAT16: i32 = 9;
export const FLOAT32: i32 = 10;
export const FLOAT64: i32 = 11;
export const SPAN: i32 = 12;
