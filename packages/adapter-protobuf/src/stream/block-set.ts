/** Blocks one after another. */
export interface NumberRun {
  readonly first: number;
  readonly count: number;
}

/** Numbers in a page: 32 words of 32 bits. */
const PAGE = 1024;

/** A set of block numbers that takes memory for those that are in it, not for those that could be. */
export class BlockSet {
  size = 0;
  readonly #pages: Map<number, Uint32Array> = new Map();
  #most = -1;

  /** False if it was there before. */
  add(number: number): boolean {
    const page = Math.floor(number / PAGE);
    let words = this.#pages.get(page);
    if (words === undefined) {
      words = new Uint32Array(PAGE / 32);
      this.#pages.set(page, words);
    }
    const within = number % PAGE;
    const bit = 1 << (within & 31);
    const word = words[within >> 5] as number;
    if ((word & bit) !== 0) return false;
    words[within >> 5] = word | bit;
    this.size++;
    this.#most = Math.max(this.#most, number);
    return true;
  }

  has(number: number): boolean {
    const within = number % PAGE;
    const words = this.#pages.get(Math.floor(number / PAGE));
    return words !== undefined && ((words[within >> 5] as number) & (1 << (within & 31))) !== 0;
  }

  /** What is not in it of the numbers below `total`, as runs in order, at most `most` of them. */
  missing(total: number, most: number = Number.MAX_SAFE_INTEGER): NumberRun[] {
    const runs: NumberRun[] = [];
    if (this.size >= total && this.#most < total) return runs;
    let next = 0;
    for (const page of [...this.#pages.keys()].sort((a, b) => a - b)) {
      const words = this.#pages.get(page) as Uint32Array;
      for (let within = 0; within < PAGE; within++) {
        if (((words[within >> 5] as number) & (1 << (within & 31))) === 0) continue;
        const number = Math.min(page * PAGE + within, total);
        if (number > next) runs.push({ first: next, count: number - next });
        if (runs.length >= most || number >= total) return runs;
        next = number + 1;
      }
    }
    if (next < total) runs.push({ first: next, count: total - next });
    return runs;
  }
}

/** Runs for people: "0, 3–7, 9", at most `most` of them. */
export function runsText(runs: readonly NumberRun[], most = 12): string {
  const shown = runs
    .slice(0, most)
    .map(({ first, count }) => (count === 1 ? String(first) : `${first}–${first + count - 1}`));
  return runs.length > most ? `${shown.join(", ")}, …` : shown.join(", ");
}

/** Whether a number is in one of the runs, which somebody else has put together: in any order, however many. Without runs all are. */
export function finder(runs: readonly NumberRun[] | undefined): (number: number) => boolean {
  if (runs === undefined) return () => true;
  const sorted = [...runs].sort((a, b) => a.first - b.first);
  // Where the runs up to each one end.
  const ends: number[] = [];
  for (const { first, count } of sorted) ends.push(Math.max(ends.at(-1) ?? 0, first + count));
  return (number) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] as NumberRun).first <= number) low = middle + 1;
      else high = middle;
    }
    return low > 0 && number < (ends[low - 1] as number);
  };
}
