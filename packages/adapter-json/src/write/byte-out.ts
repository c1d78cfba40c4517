const SMALLEST_CHUNK = 4096;
const LARGEST_CHUNK = 2 ** 20;

/** How text is laid out and what is left away. */
export interface Style {
  /** Spaces per level of nesting; 0: everything on one line without spaces. */
  readonly indent: number;
  /** Significant digits of floating-point numbers; undefined: as many as read back the same. */
  readonly precision: number | undefined;
  /** Whether values beneath the mask are written. */
  readonly hidden: boolean;
}

/** Text on its way out, as bytes in chunks. Column numbers are kept so that long rows can be wrapped. */
export class ByteOut {
  /** The chunk being filled. Writers that have asked for {@link room} may write here and move {@link at}. */
  bytes: Uint8Array;
  at = 0;
  readonly style: Style;
  readonly indent: number;
  /** Where the line began, relative to the chunk: may be negative. */
  #line = 0;
  #level = 0;
  #full: Uint8Array[] = [];

  /** `first`: the first chunk. */
  constructor(style: Style, first: Uint8Array = new Uint8Array(SMALLEST_CHUNK)) {
    this.style = style;
    this.indent = style.indent;
    this.bytes = first;
  }

  /** Makes sure that `count` bytes fit after {@link at}. */
  room(count: number): void {
    if (this.at + count > this.bytes.length) this.#next(count);
  }

  #next(count: number): void {
    const { length } = this.bytes;
    this.#finish();
    this.bytes = new Uint8Array(Math.max(count, SMALLEST_CHUNK, Math.min(length * 4, LARGEST_CHUNK)));
  }

  #finish(): void {
    this.#full.push(this.bytes.subarray(0, this.at));
    this.#line -= this.at;
    this.at = 0;
    this.bytes = empty;
  }

  /** Characters on the line so far. Set by who wrote lines by other means. */
  get column(): number {
    return this.at - this.#line;
  }

  set column(count: number) {
    this.#line = this.at - count;
  }

  /** How deep brackets are open. */
  get level(): number {
    return this.#level;
  }

  /** The spaces a line begins with. */
  get spaces(): number {
    return this.#level * this.indent;
  }

  /** The chunks that are full, once. */
  take(): readonly Uint8Array[] {
    if (this.#full.length === 0) return none;
    const full = this.#full;
    this.#full = [];
    return full;
  }

  /** Everything not taken yet. */
  takeAll(): readonly Uint8Array[] {
    if (this.at > 0) this.#finish();
    return this.take();
  }

  /** ASCII text. */
  text(text: string): void {
    this.room(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.at++] = text.charCodeAt(i);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  byte(code: number): void {
    this.room(1);
    this.bytes[this.at++] = code;
  }

  /** An opening bracket; what follows is one level deeper. */
  open(code: number): void {
    this.byte(code);
    this.#level++;
  }

  /** A closing bracket, on a line of its own unless nothing or a single line is within. */
  close(code: number, ownLine: boolean): void {
    this.#level--;
    if (ownLine) this.newLine();
    this.byte(code);
  }

  /** A new line with its indentation; nothing when everything is on one line. */
  newLine(): void {
    if (this.indent === 0) return;
    const { spaces } = this;
    this.room(spaces + 1);
    this.bytes[this.at++] = 10;
    this.#line = this.at;
    this.bytes.fill(32, this.at, this.at + spaces);
    this.at += spaces;
  }

  /** A comma, and a space where there are any. */
  comma(): void {
    this.room(2);
    this.bytes[this.at++] = 44;
    if (this.indent !== 0) this.bytes[this.at++] = 32;
  }
}

/** Columns after which a row goes on in the next line. */
const WIDTH = 100;

/** A comma, and a space or, where the line is long, a new line. */
export function nextInRow(out: ByteOut): void {
  if (out.indent !== 0 && out.column > WIDTH) {
    out.byte(44);
    out.newLine();
  } else out.comma();
}

const none: readonly Uint8Array[] = [];
const empty: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
