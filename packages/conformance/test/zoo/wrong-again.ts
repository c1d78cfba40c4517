import { type AnyArray, type Bundle, CapabilityError, isBundle } from "@masquerade/core";
import { good, type Wrong, wrong } from "./mutant.ts";

/** What was found for an object the first time. */
function remembered<K extends object, V>(find: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, find(key));
    return known.get(key) as V;
  };
}

const written = remembered((value: AnyArray | Bundle) => good.encode(value).slice());
const read = remembered((bytes: Uint8Array) => good.decode(bytes));
const global = /^RIGHT1/g;

/** Adapters that are right the first time. */
export const wrongAgain: readonly Wrong[] = [
  wrong("an array that was written once is not looked at again", "purity/looked-at-each-time", {
    encode: (value) => written(value).slice(),
  }),
  wrong("bytes that were read once are not looked at again", "purity/looked-at-each-time", {
    decode: (bytes, options) => {
      good.decode(bytes, options);
      const found = read(bytes);
      return isBundle(found) ? found : (found.copy() as AnyArray);
    },
  }),
  wrong("sniff with a regular expression that goes on where it was", "sniff/same-answer", {
    descriptor: { sniff: (head) => (global.test(String.fromCharCode(...head.subarray(0, 16))) ? "yes" : "no") },
  }),
  wrong("sniff writes into what it looks at", "sniff/same-answer", {
    descriptor: { sniff: (head) => (head.fill(32, 7, 8)[0] === 0x52 ? "yes" : "no") },
  }),
  wrong("an option that is undefined counts as given", "options/undefined-is-left-out", {
    encode: (value, options) => {
      if ("exact" in options && isBundle(value) === false && options.exact === undefined)
        throw new CapabilityError("right", "values", "nothing is exact");
      return good.encode(value, options);
    },
  }),
  wrong("select of one array is not looked at", "options/select-of-one", {
    decode: (bytes, { select, ...options }) => {
      const found = good.decode(bytes, options);
      return isBundle(found) && select !== undefined ? good.decode(bytes, { ...options, select }) : found;
    },
  }),
];
