// Random sets, replacements and deletions, and what must be there afterwards. Plain JavaScript: processes of their own run it too.
import { array, arrayFromBytes, dtypes, full, MaskedArray } from "@masquerade/core";

export function random(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

export const sizes = (number) => (number % 50) + 1;

const kinds = ["array", "masked", "plain"];

function made([kind, number]) {
  const size = sizes(number);
  if (kind === "array") return full([size], number, "float64");
  if (kind === "plain")
    return new Map([
      ["number", BigInt(number)],
      ["text", "x".repeat(number % 300)],
    ]);
  const bits = Uint8Array.from({ length: 2 * size }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const data = full([2, size], number, "int32").with({ dtype: dtypes.simple("int32", "big") });
  const mask = arrayFromBytes(bits, dtypes.simple("bool"), [2, size]);
  return new MaskedArray({ data, mask, fillValue: array(7n, "int32") });
}

export async function storm(dict, prefix, count, next, about) {
  let state = {};
  for (let i = 0; i < count; i++) {
    const key = `${prefix}${next(8)}`;
    const { [key]: old, ...rest } = state;
    const told = old !== undefined && next(5) === 0 ? undefined : [kinds[next(3)], next(1000)];
    const after = told === undefined ? rest : { ...rest, [key]: told };
    await about?.(state, after);
    if (told === undefined) await dict.delete(key);
    else await dict.set(key, made(told));
    state = after;
  }
  return state;
}
