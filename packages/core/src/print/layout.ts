/** Words of an array laid out in brackets and lines (numpy.core.arrayprint `_formatArray`). */
import type { Resolved } from "./options.ts";

const SURROGATE = /[\ud800-\udfff]/;

/** Characters as Python counts them: code points. */
export function textWidth(text: string): number {
  return SURROGATE.test(text) ? Array.from(text).length : text.length;
}

/** What the layout has to know. */
export interface LayoutPlan {
  readonly shape: readonly number[];
  readonly options: Resolved;
  /** Between the elements: ", " or " ". */
  readonly separator: string;
  /** Columns before the text in its first line; following lines are indented as far. */
  readonly prefix: number;
  /** Columns to keep free after the text. */
  readonly suffix: number;
  /** The element at an index, as text. */
  readonly word: (index: readonly number[]) => string;
}

/** Whether an array of this shape is summarised. */
export const isSummarised = (size: number, options: Resolved): boolean => size > options.threshold;

/** The positions along an axis that a summary shows. */
export function shownIndices(length: number, summarised: boolean, edge: number): readonly number[] {
  // A NumPy slice from -0 is everything, so edgeitems 0 looks at all.
  if (!summarised || length <= 2 * edge || edge === 0) return Array.from({ length }, (_, i) => i);
  const first = Array.from({ length: edge }, (_, i) => i);
  return [...first, ...first.map((i) => length - edge + i)];
}

/** The elements of a non-empty array in brackets, wrapped at the line width. */
export function layout(plan: LayoutPlan): string {
  const { options } = plan;
  const size = plan.shape.reduce((n, dim) => n * dim, 1);
  return block(plan, [], " ".repeat(1 + plan.prefix), options.linewidth - plan.suffix, isSummarised(size, options));
}

function block(plan: LayoutPlan, index: readonly number[], indent: string, width: number, summarised: boolean): string {
  const axis = index.length;
  const axesLeft = plan.shape.length - axis;
  if (axesLeft === 0) return plan.word(index);
  const length = plan.shape[axis] as number;
  const { edgeitems } = plan.options;
  const cut = summarised && length > 2 * edgeitems;
  const lead = cut ? edgeitems : 0;
  const tail = cut ? edgeitems : length;
  const item = (i: number): string => block(plan, [...index, i], `${indent} `, width - 1, summarised);
  if (axesLeft === 1) return row(plan, item, lead, tail, length, indent, width, cut);
  const gap = plan.separator.trimEnd() + "\n".repeat(axesLeft - 1);
  const parts: string[] = [];
  for (let i = 0; i < lead; i++) parts.push(item(i));
  if (cut) parts.push("...");
  // NumPy writes the last element even where edgeitems is 0.
  for (let i = Math.max(tail, 1); i >= 1; i--) parts.push(item(length - i));
  return `[${parts.join(gap + indent)}]`;
}

function row(
  plan: LayoutPlan,
  item: (i: number) => string,
  lead: number,
  tail: number,
  length: number,
  indent: string,
  width: number,
  cut: boolean,
): string {
  const { separator } = plan;
  const lines = new Lines(indent, width - Math.max(separator.trimEnd().length, 1));
  for (let i = 0; i < lead; i++) {
    lines.add(item(i));
    lines.append(separator);
  }
  if (cut) {
    lines.addWord("...");
    lines.append(separator);
  }
  for (let i = tail; i > 1; i--) {
    lines.add(item(length - i));
    lines.append(separator);
  }
  lines.add(item(length - 1));
  return `[${lines.text().slice(indent.length)}]`;
}

/** Lines filled with words, each line beginning with the indent. */
class Lines {
  private readonly done: string[] = [];
  private line: string;
  private columns: number;
  private readonly indent: string;
  private readonly width: number;

  constructor(indent: string, width: number) {
    this.line = indent;
    this.columns = indent.length;
    this.indent = indent;
    this.width = width;
  }

  append(text: string): void {
    this.line += text;
    this.columns += textWidth(text);
  }

  private breakLine(next: string): void {
    this.done.push(this.line.trimEnd());
    this.line = next;
    this.columns = textWidth(next);
  }

  /** A word of one line, on a new line where it does not fit (and a new line helps). */
  addWord(word: string): void {
    if (this.columns + textWidth(word) > this.width && this.columns > this.indent.length) this.breakLine(this.indent);
    this.append(word);
  }

  /** A word of perhaps several lines, kept together as a block. */
  add(word: string): void {
    const rows = word.split("\n");
    if (rows.length === 1) {
      this.addWord(word);
      return;
    }
    const widest = Math.max(...rows.map(textWidth));
    let indent = this.indent;
    if (this.columns + widest > this.width && this.columns > this.indent.length)
      this.breakLine(this.indent + (rows[0] as string));
    else {
      indent = " ".repeat(this.columns);
      this.append(rows[0] as string);
    }
    for (const text of rows.slice(1)) this.breakLine(indent + text);
    this.append(" ".repeat(widest - textWidth(rows.at(-1) as string)));
  }

  text(): string {
    return [...this.done, this.line].join("\n");
  }
}
