import { OptionError, quoteText } from "../errors.ts";

/** One axis of a selection: `start:stop:step` with Python's meaning; negative counts from the end. */
export interface Slice {
  readonly start?: number | undefined;
  readonly stop?: number | undefined;
  readonly step?: number | undefined;
}

/** A number drops its axis, a slice keeps it, "..." stands for as many full axes as are missing, null adds an axis of length 1. */
export type SelectionItem = number | Slice | "..." | null;

/** `"0:5, :, -1"` or the same as a list. Axes that are not named are taken whole. */
export type SelectionInput = string | readonly SelectionItem[];

/** What a selection takes from one axis of the source. */
export interface AxisRange {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  /** False where an integer index drops the axis. */
  readonly keep: boolean;
}

/** Shape, strides and offset after a selection; `axes[i]` is the source axis of result axis i (undefined: new). */
export interface SelectedView {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly axes: readonly (number | undefined)[];
}

/** A selection checked against a shape: one range per source axis, and where new axes go. */
export class Selection {
  readonly ranges: readonly AxisRange[];
  /** Result axes in order: a source axis, or undefined for a new one. */
  readonly axes: readonly (number | undefined)[];

  constructor(ranges: readonly AxisRange[], axes: readonly (number | undefined)[]) {
    this.ranges = ranges;
    this.axes = axes;
  }

  /** Shape of the result. */
  get shape(): readonly number[] {
    return this.axes.map((axis) => (axis === undefined ? 1 : (this.ranges[axis] as AxisRange).count));
  }

  /** The view this selection makes of memory with these strides (in elements). */
  applyTo(_shape: readonly number[], strides: readonly number[], offset: number): SelectedView {
    let at = offset;
    const empty = this.ranges.some((r) => r.count === 0);
    this.ranges.forEach((r, axis) => {
      if (!empty) at += r.start * (strides[axis] as number);
    });
    return {
      shape: this.shape,
      strides: this.axes.map((axis) =>
        axis === undefined ? 0 : (strides[axis] as number) * (this.ranges[axis] as AxisRange).step,
      ),
      offset: at,
      axes: this.axes,
    };
  }
}

const INTEGER = /^[+-]?\d{1,15}$/;

function parseInteger(text: string, whole: string): number | undefined {
  const t = text.trim();
  if (t === "") return undefined;
  if (!INTEGER.test(t))
    throw new OptionError("INDEX_INVALID", `"${quoteText(t)}" in selection "${quoteText(whole)}" is no integer`);
  return Number(t);
}

/** Parses `"0:5, ..., -1, None"`. Throws OptionError INDEX_INVALID. */
export function parseSelection(text: string): SelectionItem[] {
  const inner = text.trim().replace(/^\[(.*)\]$/s, "$1");
  if (inner.trim() === "") return [];
  const items = inner.split(",");
  if (items.length > 1 && (items.at(-1) as string).trim() === "") items.pop();
  return items.map((item): SelectionItem => {
    const t = item.trim();
    if (t === "...") return "...";
    if (t === "None" || t === "newaxis") return null;
    const parts = t.split(":");
    if (parts.length > 3) throw new OptionError("INDEX_INVALID", `"${quoteText(t)}" has more than two colons`);
    if (parts.length === 1) {
      const index = parseInteger(t, text);
      if (index === undefined)
        throw new OptionError("INDEX_INVALID", `selection "${quoteText(text)}" has an empty entry`);
      return index;
    }
    return {
      start: parseInteger(parts[0] as string, text),
      stop: parseInteger(parts[1] as string, text),
      step: parseInteger(parts[2] ?? "", text),
    };
  });
}

/** What a slice is made of. */
const PARTS: ReadonlySet<string> = /* @__PURE__ */ new Set(["start", "stop", "step"]);

/** Python's slice.indices. */
function resolveSlice(slice: Slice, n: number): AxisRange {
  const step = slice.step ?? 1;
  if (step === 0 || !Number.isSafeInteger(step))
    throw new OptionError("INDEX_INVALID", `a slice step is a non-zero integer, not ${step}`);
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? n : n - 1;
  const clamp = (v: number | undefined, missing: number): number => {
    if (v === undefined) return missing;
    if (!Number.isInteger(v)) throw new OptionError("INDEX_INVALID", `a slice bound is an integer, not ${v}`);
    return Math.min(Math.max(v < 0 ? v + n : v, low), high);
  };
  const start = clamp(slice.start, step > 0 ? low : high);
  const stop = clamp(slice.stop, step > 0 ? high : low);
  return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)), keep: true };
}

/** Checks a selection against a shape. Throws OptionError INDEX_INVALID for what is out of bounds or too many. */
export function normalizeSelection(selection: SelectionInput | undefined, shape: readonly number[]): Selection {
  const items = selection === undefined ? [] : typeof selection === "string" ? parseSelection(selection) : selection;
  const used = items.filter((i) => i !== "..." && i !== null).length;
  if (used > shape.length)
    throw new OptionError(
      "INDEX_INVALID",
      `${used} indices for ${shape.length} dimension${shape.length === 1 ? "" : "s"}`,
    );
  if (items.filter((i) => i === "...").length > 1)
    throw new OptionError("INDEX_INVALID", "a selection can have one ellipsis only");
  const filled = items.includes("...") ? items : [...items, "..." as const];
  const ranges: AxisRange[] = [];
  const axes: (number | undefined)[] = [];
  for (const item of filled) {
    if (item === null) axes.push(undefined);
    else if (item === "...") {
      for (let k = shape.length - used; k > 0; k--) {
        axes.push(ranges.length);
        ranges.push({ start: 0, step: 1, count: shape[ranges.length] as number, keep: true });
      }
    } else if (typeof item === "number") {
      const n = shape[ranges.length] as number;
      const at = item < 0 ? item + n : item;
      if (!Number.isInteger(item) || at < 0 || at >= n)
        throw new OptionError(
          "INDEX_INVALID",
          `index ${item} is out of bounds for axis ${ranges.length} of length ${n}`,
        );
      ranges.push({ start: at, step: 1, count: 1, keep: false });
    } else {
      if (typeof item !== "object" || Array.isArray(item) || !PARTS.has(Object.keys(item)[0] ?? "stop"))
        throw new OptionError(
          "INDEX_INVALID",
          "a selection is made of integers, slices, null and ...; for masks and lists of indices there are take() and compressed()",
        );
      axes.push(ranges.length);
      ranges.push(resolveSlice(item, shape[ranges.length] as number));
    }
  }
  return new Selection(ranges, axes);
}
