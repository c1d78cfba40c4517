/** A seeded generator of 32-bit integers (xorshift32): the same seed gives the same samples everywhere. */
export interface Random {
  /** An integer in 0 … n-1. */
  below(n: number): number;
  /** Fills bytes. */
  fill(bytes: Uint8Array): Uint8Array;
}

export function random(seed: number): Random {
  let state = (seed * 2654435761) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  return {
    below: (n) => next() % n,
    fill: (bytes) => {
      for (let i = 0; i < bytes.length; i++) bytes[i] = next() >>> 24;
      return bytes;
    },
  };
}
