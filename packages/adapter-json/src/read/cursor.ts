import { DecimalReader, FormatError, LimitError, type Limits, quoteText } from "@masquerade/core";

/** The bytes at hand end within a value. Whoever has given them out gives more, and the value is read again. Never seen by users. */
export class NeedMore extends Error {}

/** Where a reader is in a file, with the means to say so: line, column and JSON path. */
export class Cursor {
  bytes: Uint8Array;
  end: number;
  /** Where in the file the bytes begin: the offset, the line (from one on), and the bytes of that line before them. */
  base = 0;
  line = 1;
  column = 0;
  readonly limits: Limits;
  /** How deep values other than the data may be nested. */
  readonly maxDepth: number;
  readonly numbers: DecimalReader = new DecimalReader();
  at: number;
  /** Members and entries around this place. */
  readonly path: (string | number)[];
  /** Other words for "NaN" and the infinities, where a dialect has them. */
  words: ReadonlyMap<string, string> | undefined;
  /** How many documents this one lies within. */
  depth = 0;
  /** The format that errors name. */
  format = "json";
  /** Whether the file goes on behind these bytes: then their end is no error but a {@link NeedMore}. */
  more = false;
  /** Counted for a whole file: bytes of metadata, bytes of arrays. */
  readonly shared: { metadata: number; total: number };

  constructor(
    bytes: Uint8Array,
    limits: Limits,
    maxDepth: number,
    at = 0,
    end: number = bytes.length,
    shared?: Cursor["shared"],
  ) {
    this.bytes = bytes;
    this.limits = limits;
    this.maxDepth = maxDepth;
    this.at = at;
    this.end = end;
    this.path = [];
    this.shared = shared ?? { metadata: 0, total: 0 };
  }

  /** The same file from another place on. */
  over(from: number, to: number, path: readonly (string | number)[]): Cursor {
    const other = new Cursor(this.bytes, this.limits, this.maxDepth, from, to, this.shared);
    other.depth = this.depth;
    other.format = this.format;
    other.base = this.base;
    other.line = this.line;
    other.column = this.column;
    other.path.push(...path);
    return other;
  }

  /** Passes white space and gives the byte after it; -1 at the end. */
  peek(): number {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end) {
      const c = bytes[at] as number;
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) {
        this.at = at;
        return c;
      }
      at++;
    }
    this.at = at;
    return -1;
  }

  /** Passes a byte (after white space) that must be there. */
  expect(code: number, what: string): void {
    if (this.peek() !== code) throw this.fail(`${what} expected${this.found()}`);
    this.at++;
  }

  /** Passes a byte if it is the next after white space. */
  skip(code: number): boolean {
    if (this.peek() !== code) return false;
    this.at++;
    return true;
  }

  /** Passes the rest of a word of which the first letter has been seen. */
  word(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.at + i >= this.end) throw this.fail(`${word} expected`, this.end);
      if (this.bytes[this.at + i] !== word.charCodeAt(i)) throw this.fail(`${word} expected${this.found()}`);
    }
    this.at += word.length;
  }

  /** What stands here, for messages. */
  found(): string {
    if (this.at >= this.end) return "";
    return `, found ${quoteText(JSON.stringify(String.fromCharCode(this.bytes[this.at] as number)))}`;
  }

  /** Throws unless what was just read is all there: a number at the end of the bytes may go on behind it. */
  settled(): void {
    if (this.more && this.at >= this.end) throw new NeedMore();
  }

  /** An error about this place, or another. At the end of the file it says that the file is cut. */
  fail(message: string, at: number = this.at): Error {
    if (this.more && at >= this.end) return new NeedMore();
    const cut = at >= this.end && this.end === this.bytes.length;
    return new FormatError(
      cut ? "FORMAT_TRUNCATED" : "FORMAT_MALFORMED",
      this.format,
      `${this.where(at)}: ${message}${cut ? ", and the file ends here" : ""}`,
      { offset: this.base + at },
    );
  }

  tooMuch(limit: keyof Limits, message: string, at: number = this.at): LimitError {
    return new LimitError(limit, `${this.where(at)}: ${message}`, { format: this.format, offset: this.base + at });
  }

  /** `line 3, column 7, data[0][2]`: lines and columns (in bytes) count from one. */
  where(at: number): string {
    let { line } = this;
    let start = -this.column;
    for (let next = this.bytes.indexOf(10); next >= 0 && next < at; next = this.bytes.indexOf(10, next + 1)) {
      line++;
      start = next + 1;
    }
    const path = this.pathText();
    return `line ${line}, column ${at - start + 1}${path === "" ? "" : `, ${path}`}`;
  }

  pathText(): string {
    let text = "";
    for (const step of this.path) {
      if (typeof step === "number") text += `[${step}]`;
      else if (/^[A-Za-z_]\w*$/.test(step)) text += text === "" ? step : `.${step}`;
      else text += `[${JSON.stringify(quoteText(step, 40))}]`;
    }
    return quoteText(text, 160);
  }
}
