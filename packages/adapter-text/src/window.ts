import { type ByteSource, LimitError, type Limits, SourceError, throwIfAborted } from "@masquerade/core";
import type { Flavour } from "./flavour.ts";
import { NeedMore, type Place, Scanner } from "./scan.ts";

export const fileStart: Place = { offset: 0, line: 1, column: 0 };

/** Bytes read at first; then more at a time, up to sixteen times as many. */
export const firstChunk: number = 2 ** 16;

/** A part of a file that a scanner goes through, and that moves on when the scanner comes to its end. */
export class Window {
  readonly scanner: Scanner;
  readonly #source: ByteSource;
  readonly #size: number;
  readonly #flavour: Flavour;
  readonly #limits: Limits;
  readonly #chunk: number;
  readonly #signal: AbortSignal | undefined;
  #next: number;

  constructor(
    source: ByteSource,
    size: number,
    flavour: Flavour,
    limits: Limits,
    chunk: number,
    place: Place,
    signal: AbortSignal | undefined,
  ) {
    this.#source = source;
    this.#size = size;
    this.#flavour = flavour;
    this.#limits = limits;
    this.#chunk = chunk;
    this.#next = chunk;
    this.#signal = signal;
    this.scanner = new Scanner(new Uint8Array(0), flavour, limits);
    this.scanner.base = place;
    this.scanner.goesOn = place.offset < size;
  }

  /** Another window of the same file. */
  another(place: Place, signal: AbortSignal | undefined): Window {
    return new Window(this.#source, this.#size, this.#flavour, this.#limits, this.#chunk, place, signal);
  }

  /** The place where the scanner is. */
  get place(): Place {
    return this.scanner.placeOf(this.scanner.at);
  }

  /** Bytes of the file from the scanner on. */
  get left(): number {
    return this.#size - this.scanner.base.offset - this.scanner.at;
  }

  /** Runs a step that goes on from `state.at`, where it keeps its progress, as often as it takes for the bytes to suffice. */
  async run<T>(step: (scanner: Scanner) => T, state: { at: number }): Promise<T> {
    for (;;) {
      try {
        return step(this.scanner);
      } catch (error) {
        if (!(error instanceof NeedMore)) throw error;
      }
      this.scanner.at = state.at;
      await this.more();
      state.at = this.scanner.at;
    }
  }

  /** Lets go of what is before the scanner and reads on. */
  async more(): Promise<void> {
    throwIfAborted(this.#signal);
    const { scanner } = this;
    const { place } = this;
    const kept = scanner.bytes.subarray(scanner.at);
    if (kept.length > this.#limits.maxMetadataBytes)
      throw new LimitError("maxMetadataBytes", `a field or line of more than ${this.#limits.maxMetadataBytes} bytes`, {
        format: this.#flavour.id,
        offset: place.offset,
      });
    // What does not fit: as much again.
    const wanted = Math.max(this.#next, kept.length);
    this.#next = Math.min(this.#chunk * 16, this.#next * 4);
    const from = scanner.base.offset + scanner.bytes.length;
    const length = Math.min(wanted, this.#size - from);
    const fresh = length > 0 ? await this.#source.read(from, length, this.#signal) : new Uint8Array(0);
    if (fresh.length === 0 && length > 0)
      throw new SourceError("SOURCE_SHORT", `${length} bytes wanted at ${from}, none came`, { offset: from, length });
    if (kept.length === 0) scanner.bytes = fresh;
    else {
      scanner.bytes = new Uint8Array(kept.length + fresh.length);
      scanner.bytes.set(kept);
      scanner.bytes.set(fresh, kept.length);
    }
    scanner.base = place;
    scanner.at = 0;
    scanner.goesOn = from + fresh.length < this.#size;
  }
}
