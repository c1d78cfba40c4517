import { type DType, LimitError, type Limits, sizeOf, throwIfAborted } from "@masquerade/core";
import { type ReadColumn, readColumn } from "../read/columns.ts";
import { HiddenReader } from "../read/hidden.ts";
import { NestedReader } from "../read/nested.ts";
import { type Extent, type Mark, passValue } from "./extent.ts";
import type { Place, Window } from "./window.ts";

/** A place in the data from which reading can go on: `nulls` masked elements are before it. */
interface Resume extends Place {
  readonly index: number;
  readonly nulls: number;
  readonly state: "closed" | "after" | "comma";
  /** The same in the hidden values, where that is known. */
  readonly hidden: (Place & { readonly first: boolean; readonly open: boolean }) | undefined;
}

/** Elements passed over at once. */
const SKIPPED = 16_384;

/** The elements of one array of a file: any run of them, from the nearest mark before it, or from where the last run ended. */
export class Elements {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly size: number;
  readonly #file: Window;
  readonly #data: Extent;
  readonly #hidden: Extent | undefined;
  readonly #path: readonly (string | number)[];
  /** Whether marks can be told from masked elements: not where these are fields. */
  readonly #marked: boolean;
  #last: Resume | undefined;

  constructor(
    file: Window,
    dtype: DType,
    shape: readonly number[],
    data: Extent,
    hidden: Extent | undefined,
    path: readonly (string | number)[],
  ) {
    this.#file = file;
    this.dtype = dtype;
    this.shape = shape;
    this.size = sizeOf(shape);
    this.#data = data;
    this.#hidden = hidden;
    this.#path = path;
    this.#marked = dtype.kind !== "struct" || hidden === undefined;
  }

  /** Elements `from` to `until`; `hidden`: what is beneath the mask too. */
  async read(from: number, until: number, hidden: boolean, signal: AbortSignal | undefined): Promise<ReadColumn> {
    throwIfAborted(signal);
    const { dtype } = this;
    const bytes = (until - from) * dtype.itemsize;
    const { limits } = this.#file.cursor;
    if (bytes > limits.maxBytes) throw tooLarge(bytes, limits);
    const start = this.#startFor(from, hidden);
    const data = this.#file.another(start, signal);
    data.cursor.path.push(...this.#path, "data");
    const values = hidden && this.#hidden !== undefined ? await this.#hiddenFrom(start, signal) : undefined;
    const reader =
      start.state === "closed"
        ? new NestedReader(data.cursor, this.shape)
        : NestedReader.behind(data.cursor, this.shape, start.index, start.state);
    let { nulls } = start;
    while (reader.index < from) {
      // A round of elements that nobody wants, for what is masked among them.
      const base = reader.index;
      const end = Math.min(from, base + SKIPPED);
      const skipped = readColumn(dtype, end - base);
      await data.run((c) => reader.read(c, skipped, end, base), reader);
      nulls += skipped.masked?.(0, end - base) ?? 0;
      if (values !== undefined)
        await values.window.run((c) => values.reader.read(c, skipped, end, base), values.reader);
    }
    const column = readColumn(dtype, until - from);
    await data.run((c) => reader.read(c, column, until, from), reader);
    nulls += column.masked?.(0, until - from) ?? 0;
    if (values !== undefined) await values.window.run((c) => values.reader.read(c, column, until, from), values.reader);
    if (until === this.size) {
      await data.run((c) => reader.end(c), reader);
      await demandEnd(data, this.#data);
      if (values !== undefined) await values.window.run((c) => values.reader.end(c), values.reader);
    } else
      this.#last = {
        ...data.placeOf(data.cursor.at),
        index: until,
        nulls,
        state: until === 0 ? "closed" : "after",
        hidden:
          values === undefined
            ? undefined
            : { ...values.window.placeOf(values.window.cursor.at), first: values.reader.first, open: true },
      };
    return column;
  }

  #startFor(from: number, hidden: boolean): Resume {
    const begin: Resume = { ...this.#data.from, index: 0, nulls: 0, state: "closed", hidden: this.#hiddenBegin() };
    let best = begin;
    if (this.#marked) {
      const mark = lastBefore(this.#data.marks, (m) => m.commas <= from);
      if (mark !== undefined) best = { ...mark, index: mark.commas, state: "comma", hidden: undefined };
    }
    const last = this.#last;
    if (
      last !== undefined &&
      last.index <= from &&
      last.index >= best.index &&
      (!hidden || this.#marked || last.hidden)
    )
      best = last;
    return best;
  }

  #hiddenBegin(): Resume["hidden"] {
    return this.#hidden && { ...this.#hidden.from, first: true, open: false };
  }

  async #hiddenFrom(start: Resume, signal: AbortSignal | undefined): Promise<{ window: Window; reader: HiddenReader }> {
    const extent = this.#hidden as Extent;
    const at = start.hidden ?? this.#hiddenBegin();
    const path = [...this.#path, "hidden"];
    if (start.hidden !== undefined || start.nulls === 0) {
      const window = this.#file.another(at as Place, signal);
      window.cursor.path.push(...path);
      const known = at as NonNullable<typeof at>;
      const reader = known.open
        ? HiddenReader.within(window.cursor, start.index, known.first)
        : new HiddenReader(window.cursor, start.index);
      return { window, reader };
    }
    const mark = lastBefore(extent.marks, (m) => m.commas <= start.nulls);
    const window = this.#file.another(mark ?? extent.from, signal);
    window.cursor.path.push(...path);
    let passed = 0;
    if (mark === undefined) await window.run((c) => c.expect(0x5b, "["));
    else {
      await window.run((c) => c.expect(0x2c, "a comma"));
      passed = mark.commas;
    }
    if (passed < start.nulls) await passValue(window, { depth: 1, allNulls: false, until: start.nulls - passed });
    return { window, reader: HiddenReader.within(window.cursor, start.index, true) };
  }
}

/** Throws when there is more to a value than was read: a number, and something behind it. */
async function demandEnd(window: Window, { to }: Extent): Promise<void> {
  await window.run((c) => {
    if (c.base + c.at < to && c.peek() !== -1 && c.base + c.at < to) throw c.fail(`a comma or } expected${c.found()}`);
  });
}

const tooLarge = (bytes: number, limits: Limits): LimitError =>
  new LimitError("maxBytes", `the selection takes ${bytes} bytes, more than ${limits.maxBytes}; read it by blocks`, {
    format: "json",
  });

function lastBefore(marks: readonly Mark[], fits: (mark: Mark) => boolean): Mark | undefined {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(marks[middle] as Mark)) low = middle + 1;
    else high = middle;
  }
  return marks[low - 1];
}
