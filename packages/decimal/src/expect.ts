/** Elements from which on some are looked at, to tell how long the text of all is. */
const MANY = 8192;
/** Of how many elements one is looked at, in runs of so many; and the most runs. */
const ONE_IN = 64;
const RUN = 32;
const MOST_RUNS = 64;
/** For what the runs do not show. */
const MARGIN = 1.04;

/** The bytes that `count` elements from `from` on have as text; undefined: that is not to be had. */
export type LengthOf = (from: number, count: number) => number | undefined;

/**
 * About how many bytes `size` elements have as text, rather too many, from the lengths of some of them. A buffer of that size is filled once: one too small is
 * copied, and memory of one far too large is not what the system has at hand. Undefined for few elements, for which nothing is begun, and where a length is.
 */
export function expectedLength(size: number, begin: () => LengthOf | undefined): number | undefined {
  const lengthOf = size < MANY ? undefined : begin();
  if (lengthOf === undefined) return undefined;
  const runs = Math.min(MOST_RUNS, Math.ceil(size / (ONE_IN * RUN)));
  let bytes = 0;
  for (let i = 0; i < runs; i++) {
    const length = lengthOf(Math.floor(((size - RUN) * (i + 0.5)) / runs), RUN);
    if (length === undefined) return undefined;
    bytes += length;
  }
  return Math.ceil((bytes / (runs * RUN)) * size * MARGIN);
}
