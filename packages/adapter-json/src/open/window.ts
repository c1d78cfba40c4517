import { type ByteSource, type Limits, throwIfAborted } from "@masquerade/core";
import { Cursor, NeedMore } from "../read/cursor.ts";

/** A place in a file. */
export interface Place {
  readonly offset: number;
  /** From one on. */
  readonly line: number;
  /** Bytes of the line before it. */
  readonly column: number;
}

export const fileStart: Place = { offset: 0, line: 1, column: 0 };

/** Bytes read at first; then more at a time, up to sixteen times as many. */
export const firstChunk: number = 2 ** 16;

/** A part of a file that a cursor reads, and that moves on when the cursor comes to its end. */
export class Window {
  readonly cursor: Cursor;
  readonly #source: ByteSource;
  readonly #size: number;
  readonly #signal: AbortSignal | undefined;
  /** Bytes read at first. */
  readonly chunk: number;
  #next: number;

  constructor(
    source: ByteSource,
    size: number,
    limits: Limits,
    maxDepth: number,
    signal: AbortSignal | undefined,
    place: Place = fileStart,
    chunk: number = firstChunk,
  ) {
    this.chunk = chunk;
    this.#next = chunk;
    this.#source = source;
    this.#size = size;
    this.#signal = signal;
    this.cursor = new Cursor(new Uint8Array(0), limits, maxDepth);
    this.cursor.base = place.offset;
    this.cursor.line = place.line;
    this.cursor.column = place.column;
    this.cursor.more = place.offset < size;
  }

  /** Another window of the same file. */
  another(place: Place, signal: AbortSignal | undefined): Window {
    const { limits, maxDepth } = this.cursor;
    return new Window(this.#source, this.#size, limits, maxDepth, signal, place, this.chunk);
  }

  /** The place of a byte of the window. */
  placeOf(at: number): Place {
    const { bytes, base } = this.cursor;
    let { line, column } = this.cursor;
    let from = 0;
    for (let next = bytes.indexOf(10); next >= 0 && next < at; next = bytes.indexOf(10, from)) {
      line++;
      from = next + 1;
      column = 0;
    }
    return { offset: base + at, line, column: column + at - from };
  }

  /**
   * Runs a step that reads on from the cursor. Where the bytes do not suffice it is run again, with more of them, from where it began; or from
   * `resume.at`, if it keeps its progress there.
   */
  async run<T>(step: (cursor: Cursor) => T, resume?: { at: number }): Promise<T> {
    const { cursor } = this;
    const depth = cursor.path.length;
    for (;;) {
      const from = cursor.at;
      const { metadata, total } = cursor.shared;
      try {
        return step(cursor);
      } catch (error) {
        if (!(error instanceof NeedMore)) throw error;
      }
      cursor.at = resume === undefined ? from : resume.at;
      cursor.path.length = depth;
      Object.assign(cursor.shared, { metadata, total });
      await this.more();
      if (resume !== undefined) resume.at = cursor.at;
    }
  }

  /** Lets go of what is before the cursor and reads on. */
  async more(): Promise<void> {
    throwIfAborted(this.#signal);
    const { cursor } = this;
    const place = this.placeOf(cursor.at);
    const kept = cursor.bytes.subarray(cursor.at);
    // One value that does not fit: as much again.
    if (kept.length > cursor.limits.maxMetadataBytes)
      throw cursor.tooMuch("maxMetadataBytes", `a value of more than ${cursor.limits.maxMetadataBytes} bytes`);
    const wanted = Math.max(this.#next, kept.length);
    this.#next = Math.min(this.chunk * 16, this.#next * 4);
    const from = cursor.base + cursor.bytes.length;
    const length = Math.min(wanted, this.#size - from);
    const fresh = length > 0 ? await this.#source.read(from, length, this.#signal) : new Uint8Array(0);
    if (kept.length === 0) cursor.bytes = fresh;
    else {
      cursor.bytes = new Uint8Array(kept.length + fresh.length);
      cursor.bytes.set(kept);
      cursor.bytes.set(fresh, kept.length);
    }
    cursor.base = place.offset;
    cursor.line = place.line;
    cursor.column = place.column;
    cursor.at = 0;
    cursor.end = cursor.bytes.length;
    cursor.more = from + length < this.#size;
  }

  /** A cursor over a copy of some bytes of the window, which stays when the window moves on. */
  copyOf(from: number, to: number, path: readonly (string | number)[]): Cursor {
    const { bytes, limits, maxDepth, shared, depth } = this.cursor;
    // One byte more than it may read: its end is not the file's.
    const copy = new Uint8Array(to - from + 1);
    copy.set(bytes.subarray(from, to));
    const piece = new Cursor(copy, limits, maxDepth, 0, to - from, shared);
    const { offset, line, column } = this.placeOf(from);
    piece.base = offset;
    piece.line = line;
    piece.column = column;
    piece.format = this.cursor.format;
    piece.depth = depth;
    piece.path.push(...path);
    return piece;
  }
}
