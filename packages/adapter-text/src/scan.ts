import { asciiText, DecimalReader, FormatError, LimitError, type Limits, quoteText } from "@masquerade/core";
import type { Flavour } from "./flavour.ts";

const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Thrown where the bytes end and the file does not: to be caught by whoever can bring more (see window.ts). */
export class NeedMore extends Error {}

/** A place in a file. */
export interface Place {
  readonly offset: number;
  /** From one on. */
  readonly line: number;
  /** Bytes of the line before it. */
  readonly column: number;
}

/** How a comment about NaNs among the rows begins. */
const NOTE = "# nan: ";

/** Goes through a table row by row and field by field. Empty lines and lines that begin with # are passed. */
export class Scanner {
  bytes: Uint8Array;
  /** Where in the file the bytes begin. */
  base: Place = { offset: 0, line: 1, column: 0 };
  /** Whether the file goes on behind the bytes. */
  goesOn = false;
  /** Where comments about NaNs are to be kept: their texts, and where they stand. */
  notes: [note: string, offset: number][] | undefined;
  readonly limits: Limits;
  readonly numbers: DecimalReader = new DecimalReader();
  readonly #flavour: Flavour;
  at: number;
  /** The field last read: from, to, and whether it stood in quotes (which are not part of it). */
  from = 0;
  to = 0;
  quoted = false;
  /** How far lines were counted: the last begins at `start`, and none ends before `until`. */
  #counted:
    | { readonly bytes: Uint8Array; readonly line: number; readonly start: number; readonly until: number }
    | undefined;
  constructor(bytes: Uint8Array, flavour: Flavour, limits: Limits, at = 0) {
    this.bytes = bytes;
    this.#flavour = flavour;
    this.limits = limits;
    this.at = at;
  }

  /** Goes to the next row. False at the end of the file. */
  nextRow(): boolean {
    const { bytes } = this;
    for (; this.at < bytes.length; ) {
      const c = bytes[this.at] as number;
      if (c === 10 || c === 13) this.at++;
      else if (c === 35) this.#comment();
      else if (this.#flavour.delimiter === undefined && (c === 32 || c === 9)) this.at++;
      else return true;
    }
    if (this.goesOn) throw new NeedMore();
    return false;
  }

  #comment(): void {
    const { bytes, at } = this;
    const line = bytes.indexOf(10, at);
    if (line < 0 && this.goesOn) throw new NeedMore();
    const end = line < 0 ? bytes.length : line;
    this.at = Math.min(end + 1, bytes.length);
    if (this.notes === undefined || bytes[at + 2] !== 110) return;
    const text = asciiText(bytes, at, Math.min(end, at + NOTE.length));
    if (text !== NOTE) return;
    for (const note of asciiText(bytes, at + NOTE.length, end)
      .trimEnd()
      .split(" "))
      this.notes.push([note, this.base.offset + at]);
  }

  /** Passes the whole row: all of a line where there are no quotes (`plain`). */
  passRow(plain: boolean): void {
    if (!plain) {
      for (let more = true; more; more = this.more()) this.field();
      return;
    }
    const line = this.bytes.indexOf(10, this.at);
    if (line < 0 && this.goesOn) throw new NeedMore();
    this.at = line < 0 ? this.bytes.length : line + 1;
  }

  /** Reads a field; the row ends with it if {@link more} is false. */
  field(): void {
    const { bytes } = this;
    let at = this.at;
    if (this.#flavour.delimiter === undefined) while (bytes[at] === 32 || bytes[at] === 9) at++;
    if (bytes[at] === 34) {
      this.#quotedField(at);
      return;
    }
    this.quoted = false;
    this.from = at;
    const delimiter = this.#flavour.delimiter?.charCodeAt(0) ?? 32;
    const other = this.#flavour.delimiter === undefined ? 9 : delimiter;
    const end = bytes.length;
    // Delimiters and line ends are no more than 44. Never past the end: reading there makes every read slower.
    for (; at < end; at++) {
      const c = bytes[at] as number;
      if (c <= 44 && (c === delimiter || c === other || c === 10 || c === 13)) break;
    }
    if (at === end && this.goesOn) throw new NeedMore();
    this.to = at;
    this.at = at;
  }

  #quotedField(start: number): void {
    const { bytes } = this;
    this.quoted = true;
    this.from = start + 1;
    for (let at = bytes.indexOf(34, start + 1); at >= 0; at = bytes.indexOf(34, at + 2)) {
      if (bytes[at + 1] === 34) continue;
      if (at + 1 === bytes.length && this.goesOn) break;
      this.to = at;
      this.at = at + 1;
      return;
    }
    if (this.goesOn) throw new NeedMore();
    throw this.fail("a quote is not closed", bytes.length);
  }

  /** Passes the delimiter after a field; false at the end of the row, which is passed. */
  more(): boolean {
    const { bytes } = this;
    const { delimiter } = this.#flavour;
    const c = bytes[this.at];
    if (delimiter === undefined) {
      let at = this.at;
      while (bytes[at] === 32 || bytes[at] === 9) at++;
      const spaced = at > this.at;
      const d = bytes[at];
      if (this.goesOn && (d === undefined || (d === 13 && at + 1 === bytes.length))) throw new NeedMore();
      this.at = at;
      if (d !== undefined && d !== 10 && d !== 13) {
        if (!spaced) throw this.fail("white space expected after a field in quotes", at);
        return true;
      }
    } else if (c === delimiter.charCodeAt(0)) {
      this.at++;
      return true;
    } else if (this.goesOn && (c === undefined || (c === 13 && this.at + 1 === bytes.length))) throw new NeedMore();
    else if (c !== undefined && c !== 10 && c !== 13)
      throw this.fail("a delimiter expected after a field in quotes", this.at);
    if (bytes[this.at] === 13) this.at++;
    if (bytes[this.at] === 10) this.at++;
    return false;
  }

  /** The text of the field. */
  text(): string {
    const text = this.textOf(this.from, this.to);
    return this.quoted ? text.replaceAll('""', '"') : text;
  }

  textOf(from: number, to: number): string {
    for (let i = from; i < to; i++) {
      if ((this.bytes[i] as number) < 0x80) continue;
      try {
        return utf8.decode(this.bytes.subarray(from, to));
      } catch {
        throw this.fail("not UTF-8", from);
      }
    }
    return asciiText(this.bytes, from, to);
  }

  /** Whether the field is this text, without quotes. */
  is(text: string): boolean {
    if (this.quoted || this.to - this.from !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (this.bytes[this.from + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  fail(message: string, at: number = this.from): FormatError {
    const cut = at >= this.bytes.length && !this.goesOn;
    return new FormatError(
      cut ? "FORMAT_TRUNCATED" : "FORMAT_MALFORMED",
      this.#flavour.id,
      `${this.#where(at)}: ${message}${cut ? ", and the file ends here" : ""}`,
      { offset: this.base.offset + at },
    );
  }

  /** An error about the field, with what it says. */
  failField(message: string): FormatError {
    return this.fail(`"${quoteText(this.text(), 40)}" is ${message}`);
  }

  tooMuch(limit: keyof Limits, message: string): LimitError {
    return new LimitError(limit, `${this.#where(this.at)}: ${message}`, {
      format: this.#flavour.id,
      offset: this.base.offset + this.at,
    });
  }

  /** The place of a byte. */
  placeOf(at: number): Place {
    const { bytes, base } = this;
    // Lines that were counted are not counted again.
    const known = this.#counted?.bytes === bytes && this.#counted.start <= at ? this.#counted : undefined;
    let line = known?.line ?? base.line;
    let start = known?.start ?? 0;
    let next = bytes.indexOf(10, Math.max(start, Math.min(at, known?.until ?? 0)));
    for (; next >= 0 && next < at; next = bytes.indexOf(10, start)) {
      line++;
      start = next + 1;
    }
    this.#counted = { bytes, line, start, until: Math.max(start, at) };
    return { offset: base.offset + at, line, column: start === 0 ? base.column + at : at - start };
  }

  #where(at: number): string {
    const { line, column } = this.placeOf(Math.min(at, this.bytes.length));
    return `line ${line}, column ${column + 1}`;
  }
}
