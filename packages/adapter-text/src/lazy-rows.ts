import {
  type AnyArray,
  type AxisRange,
  concatenate,
  type Limits,
  type NdArray,
  normalizeSelection,
  OptionError,
  planeOf,
  type ReadOptions,
  type Selection,
  type SelectionInput,
  type SelectionItem,
  sizeOf,
  throwIfAborted,
} from "@masquerade/core";
import type { Flavour } from "./flavour.ts";
import { demandBytes, SMALL } from "./own-table.ts";
import { type Mark, RowReader, type Table } from "./read-rows.ts";
import { arrayOf, Run, type TableTraits } from "./run.ts";
import type { Window } from "./window.ts";

/** Bytes between two places that are remembered. */
const STRIDE = 2 ** 18;
/** Places that are remembered at most, more or less. */
const MOST_MARKS = 2 ** 15;
/** Bytes of elements that are read for a selection to take some of them. */
const GROUP = 2 ** 22;

/** Values and mask of a part. */
interface Planes {
  readonly data: NdArray;
  readonly mask: NdArray | undefined;
}

/** The rows of a file: any selection of them, in little more memory than it takes. */
export class LazyRows {
  readonly #file: Window;
  readonly #table: Table;
  readonly #traits: TableTraits;
  readonly #flavour: Flavour;
  readonly #limits: Limits;
  /** Places that were seen, in their order. */
  readonly #marks: Mark[];

  constructor(
    file: Window,
    table: Table,
    traits: TableTraits,
    marks: readonly Mark[],
    flavour: Flavour,
    limits: Limits,
  ) {
    this.#file = file;
    this.#table = table;
    this.#traits = traits;
    this.#marks = [...marks];
    this.#flavour = flavour;
    this.#limits = limits;
  }

  async read(input: SelectionInput | undefined, { plane = "both", signal }: ReadOptions): Promise<AnyArray> {
    throwIfAborted(signal);
    const { shape, dtype, mask } = this.#table;
    if (plane === "mask" && mask === "plain")
      throw new OptionError("OPTION_INVALID", "a plain array has no mask to read", "plane");
    const selection = normalizeSelection(input, shape);
    demandBytes(sizeOf(selection.shape), dtype, this.#limits, this.#flavour, "a selection");
    const { data, mask: full } = await this.#gather(selection.ranges, 0, 0, signal);
    const whole = arrayOf(this.#table, this.#traits, data, () => full as NdArray);
    const items = axesOf(selection);
    return planeOf(items === undefined ? whole : whole.slice(items), plane);
  }

  /** What the ranges of the axes from `axis` on take of the elements behind `before`; every axis is kept. */
  async #gather(
    ranges: readonly AxisRange[],
    axis: number,
    before: number,
    signal: AbortSignal | undefined,
  ): Promise<Planes> {
    const { dtype } = this.#table;
    const dims = this.#table.shape.slice(axis);
    const [range, ...inner] = ranges.slice(axis);
    const counts = ranges.slice(axis).map(({ count }) => count);
    if (range === undefined) return this.#planes(await this.#run(before, before + 1, signal), []);
    if (counts.includes(0)) return this.#planes(await this.#run(0, 0, signal), counts);
    const row = sizeOf(dims.slice(1));
    const wholeRows = inner.every((one, i) => one.step === 1 && one.count === dims[i + 1]);
    if (wholeRows && (range.step === 1 || range.count === 1)) {
      const first = before + range.start * row;
      return this.#planes(await this.#run(first, first + range.count * row, signal), counts);
    }
    // In the order of the file; turned round at the end.
    const parts: Planes[] = [];
    const step = Math.abs(range.step);
    const low = range.step > 0 ? range.start : range.start + (range.count - 1) * range.step;
    const bytes = row * Math.max(dtype.itemsize, 1);
    const walk = inner.length > 0 && bytes > GROUP;
    const most = walk ? 1 : Math.max(1, Math.floor(GROUP / bytes / step));
    for (let done = 0; done < range.count; done += most) {
      const count = Math.min(most, range.count - done);
      const at = low + done * step;
      if (walk) {
        const { data, mask } = await this.#gather(ranges, axis + 1, before + at * row, signal);
        const expanded = (one: NdArray): NdArray => one.reshape([1, ...one.shape]) as NdArray;
        parts.push({ data: expanded(data), mask: mask && expanded(mask) });
        continue;
      }
      const span = (count - 1) * step + 1;
      const read = await this.#run(before + at * row, before + (at + span) * row, signal);
      const whole = this.#planes(read, [span, ...dims.slice(1)]);
      const items: SelectionItem[] = [{ step }, ...inner.map(itemOf)];
      parts.push({ data: whole.data.slice(items).copy("C"), mask: whole.mask?.slice(items).copy("C") });
    }
    const turned: SelectionItem[] = [{ step: -1 }];
    const joined = (planes: readonly NdArray[]): NdArray => {
      const one = planes.length === 1 ? (planes[0] as NdArray) : (concatenate(planes) as NdArray);
      return range.step > 0 ? one : one.slice(turned).copy("C");
    };
    return {
      data: joined(parts.map(({ data }) => data)),
      mask: parts[0]?.mask === undefined ? undefined : joined(parts.map(({ mask }) => mask as NdArray)),
    };
  }

  #planes(run: Run, shape: readonly number[]): Planes {
    return { data: run.data(shape), mask: this.#table.mask === "missing" ? run.mask(shape) : undefined };
  }

  /** Elements (or records) one behind the other. */
  async #run(first: number, until: number, signal: AbortSignal | undefined): Promise<Run> {
    throwIfAborted(signal);
    const { dtype, ours, shape } = this.#table;
    const bytes = (until - first) * dtype.itemsize;
    demandBytes(until - first, dtype, this.#limits, this.#flavour, "a selection's span");
    const start = this.#markFor(first);
    const window = this.#file.another(start, signal);
    const reader = new RowReader(window.scanner, this.#table, this.#flavour, start);
    await this.#skip(window, reader, first);
    // More than the text may have: made when it is known to be there.
    if (bytes > SMALL && bytes > window.left * 16) {
      const probe = this.#markFor(first);
      const ahead = this.#file.another(probe, signal);
      await this.#skip(ahead, new RowReader(ahead.scanner, this.#table, this.#flavour, probe), until);
    }
    const run = new Run(this.#table, first, until, this.#limits, this.#flavour.id);
    await window.run((scanner) => run.read(reader, scanner), reader);
    if (ours && until === sizeOf(shape)) await this.#end(window, reader);
    else this.#remember(reader.mark(window.place));
    return run;
  }

  /** The nearest place at or before an element. */
  #markFor(index: number): Mark {
    const marks = this.#marks;
    let [low, high] = [0, marks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((marks[middle] as Mark).index <= index) low = middle;
      else high = middle - 1;
    }
    return marks[low] as Mark;
  }

  async #skip(window: Window, reader: RowReader, until: number): Promise<void> {
    for (let done = false; !done; ) {
      done = await window.run((scanner) => reader.skip(scanner, until, STRIDE), reader);
      if (!done) this.#remember(reader.mark(window.place));
    }
  }

  /** Keeps a place that is farther than all before. */
  #remember(mark: Mark): void {
    const marks = this.#marks;
    if (mark.index <= (marks.at(-1) as Mark).index) return;
    marks.push(mark);
    if (marks.length < MOST_MARKS) return;
    // Every second is forgotten; the first and the last are needed.
    const kept = marks.filter((_, i) => i % 2 === 0 || i === marks.length - 1);
    marks.splice(0, marks.length, ...kept);
  }

  /** Behind the last element there is nothing, and its line is finished. */
  async #end(window: Window, reader: RowReader): Promise<void> {
    const { scanner } = window;
    let last: number | undefined;
    await window.run((one) => {
      last = one.bytes[one.bytes.length - 1];
      reader.end(one);
    }, reader);
    if (last !== 10 && last !== undefined) throw scanner.fail("the last line is not finished", scanner.bytes.length);
  }
}

/** A range as an item that keeps its axis. */
function itemOf({ start, step, count }: AxisRange): SelectionItem {
  const stop = start + count * step;
  return { start, step, ...(stop >= 0 && { stop }) };
}

/** What makes the selection's axes of those of the array; undefined where they are the same. */
function axesOf({ ranges, axes }: Selection): SelectionItem[] | undefined {
  const items: SelectionItem[] = [];
  let next = 0;
  const dropped = (until: number): void => {
    for (; next < until; next++) items.push(0);
  };
  for (const axis of axes) {
    if (axis === undefined) items.push(null);
    else {
      dropped(axis);
      items.push({});
      next = axis + 1;
    }
  }
  dropped(ranges.length);
  return axes.length === ranges.length && axes.every((axis, i) => axis === i) ? undefined : items;
}
