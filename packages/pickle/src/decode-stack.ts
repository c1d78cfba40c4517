import { FormatError, LimitError, type Limits } from "@masquerade/core";

/** What an opcode that pushes nothing returns. */
export const NOTHING: unique symbol = Symbol("nothing");

/** The machine's stack with its marks, and the memo. Nothing can be taken from below the last mark. */
export class Stack {
  readonly items: unknown[] = [];
  readonly memo: Map<number, unknown> = new Map();
  private readonly marks: number[] = [];
  private fence = 0;
  private readonly format: string;
  private readonly limits: Limits;

  constructor(format: string, limits: Limits) {
    this.format = format;
    this.limits = limits;
  }

  push(value: unknown): void {
    this.items.push(value);
  }

  pop(at: number): unknown {
    if (this.items.length <= this.fence) throw this.underflow(at);
    return this.items.pop();
  }

  /** The item `depth` below the top, left where it is. */
  peek(depth: number, at: number): unknown {
    const index = this.items.length - 1 - depth;
    if (index < this.fence) throw this.underflow(at);
    return this.items[index];
  }

  /** Removes `count` items that were peeked at. */
  drop(count: number): void {
    for (let n = count; n > 0; n--) this.items.pop();
  }

  mark(): void {
    this.marks.push(this.items.length);
    this.fence = this.items.length;
  }

  /** Opcode POP: an item, or the mark when there is nothing above it. */
  popOrMark(at: number): void {
    if (this.marks.length > 0 && this.items.length === this.fence) this.popMark(at);
    else this.pop(at);
  }

  /** Removes the last mark and everything above it, which is returned. */
  popMark(at: number): unknown[] {
    const from = this.marks.pop();
    if (from === undefined) throw new FormatError("FORMAT_MALFORMED", this.format, "there is no MARK", { offset: at });
    this.fence = this.marks.at(-1) ?? 0;
    return this.items.splice(from);
  }

  /** How many items there are above the last mark. */
  get aboveMark(): number {
    return this.items.length - this.fence;
  }

  remember(index: number, at: number): void {
    this.memo.set(index, this.peek(0, at));
  }

  recall(index: number, at: number): unknown {
    const value = this.memo.get(index);
    if (value === undefined)
      throw new FormatError("FORMAT_MALFORMED", this.format, `the memo has nothing at ${index}`, { offset: at });
    return value;
  }

  /** Throws LimitError when stack, marks and memo hold too much. */
  checkSize(at: number): void {
    const held = this.items.length + this.memo.size + this.marks.length;
    if (held > this.limits.maxStack)
      throw new LimitError("maxStack", `${held} stack and memo entries`, { format: this.format, offset: at });
  }

  private underflow(at: number): FormatError {
    return new FormatError("FORMAT_MALFORMED", this.format, "the stack is empty", { offset: at });
  }
}
