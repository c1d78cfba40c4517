import { type Progress, quoteText } from "@masquerade/core";
import type { Io, Output } from "./io.ts";

/** What is counted, which says how amounts are written: `1.2 GB`, `31.5 M elements`, `3 files`. */
export type Unit = "bytes" | "elements" | "files" | "blocks";

export interface MeterOptions {
  /** In front of the bar, as the name of a file. */
  readonly label: string;
  readonly unit?: Unit;
  /** Under --quiet nothing is drawn. */
  readonly quiet?: boolean | undefined;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

/**
 * A line on stderr that says how far long work is, how fast, and how long it will still take. It is there only where stderr is a terminal,
 * only after a moment (quick work shows nothing), and leaves nothing behind.
 */
export interface Meter extends Disposable {
  /** What the library's `onProgress` takes: done, and in all where that is known. */
  readonly update: Progress;
  /** Other work from here on: the rate starts anew. */
  restart(label: string, unit?: Unit): void;
  /** Takes the line away. */
  [Symbol.dispose](): void;
}

/** Work that is done sooner shows nothing. */
const SILENT_MS = 400;
const REDRAW_MS = 100;
/** The rate is that of about the last so many milliseconds. */
const MEMORY_MS = 3000;
const BAR_CELLS = 24;
const USUAL_COLUMNS = 80;
const CLEAR = "\r\u001b[K";

export function meter({ stderr, env }: Pick<Io, "stderr" | "env">, options: MeterOptions): Meter {
  const shown = stderr.isTTY === true && options.quiet !== true && env["TERM"] !== "dumb";
  return shown ? new LineMeter(stderr, options) : hidden;
}

const hidden: Meter = { update() {}, restart() {}, [Symbol.dispose]() {} };

class LineMeter implements Meter {
  readonly #stream: Output;
  readonly #now: () => number;
  #label: string;
  #unit: Unit;
  #began: number;
  #drawn = Number.NEGATIVE_INFINITY;
  #visible = false;
  /** Where the rate is measured from: a moment, and what was done by then. */
  #mark: { readonly at: number; readonly done: number };
  #rate: number | undefined;

  constructor(stream: Output, { label, unit = "bytes", now = () => performance.now() }: MeterOptions) {
    this.#stream = stream;
    this.#now = now;
    this.#label = label;
    this.#unit = unit;
    this.#began = now();
    this.#mark = { at: this.#began, done: 0 };
  }

  readonly update: Progress = (done, total) => {
    const now = this.#now();
    if (now - this.#began < SILENT_MS || now - this.#drawn < REDRAW_MS) return;
    this.#measure(now, done);
    this.#drawn = now;
    this.#visible = true;
    const columns = (this.#stream.columns ?? USUAL_COLUMNS) - 1;
    const line = progressLine({ label: this.#label, unit: this.#unit, done, total, rate: this.#rate }, columns);
    this.#stream.write(CLEAR + line, () => {});
  };

  #measure(now: number, done: number): void {
    const span = now - this.#mark.at;
    if (span <= 0 || done < this.#mark.done) return;
    const recent = (done - this.#mark.done) / (span / 1000);
    // The longer the span, the more it counts.
    const weight = this.#rate === undefined ? 1 : 1 - Math.exp(-span / MEMORY_MS);
    this.#rate = (this.#rate ?? 0) * (1 - weight) + recent * weight;
    this.#mark = { at: now, done };
  }

  restart(label: string, unit: Unit = this.#unit): void {
    [this.#label, this.#unit, this.#rate] = [label, unit, undefined];
    this.#mark = { at: this.#now(), done: 0 };
  }

  [Symbol.dispose](): void {
    if (this.#visible) this.#stream.write(CLEAR, () => {});
    this.#visible = false;
  }
}

export interface ProgressState {
  readonly label: string;
  readonly unit: Unit;
  readonly done: number;
  readonly total: number | undefined;
  /** Per second; undefined when it is not known yet. */
  readonly rate: number | undefined;
}

/** `sst.npy [=======>        ]  45 %  120 MB of 266 MB  60.1 MB/s  0:03 left`, in no more than `columns` characters. */
export function progressLine({ label, unit, done, total, rate }: ProgressState, columns: number): string {
  const known = total !== undefined && total > 0;
  const part = known ? Math.min(1, done / total) : 0;
  const pieces = [
    known ? `${String(Math.floor(part * 100)).padStart(3)} %` : "",
    known ? `${brief(done, unit)} of ${amount(total, unit)}` : amount(done, unit),
    rate === undefined ? "" : `${brief(rate, unit)}/s`,
    known && rate !== undefined && rate > 0 ? `${clock((total - Math.min(done, total)) / rate)} left` : "",
  ].filter((piece) => piece !== "");
  const name = shortened(quoteText(label, Number.POSITIVE_INFINITY), Math.max(8, Math.floor(columns / 4)));
  const whole = known ? [name, bar(part), ...pieces] : [name, ...pieces];
  // What a narrow terminal can do without goes first: the bar, then the name.
  for (const line of [whole, [name, ...pieces], pieces]) {
    const text = line.join("  ");
    if (text.length <= columns) return text;
  }
  return pieces.join("  ").slice(0, Math.max(0, columns));
}

function bar(part: number): string {
  const full = Math.round(part * BAR_CELLS);
  const done = full === 0 ? "" : full === BAR_CELLS ? "=".repeat(full) : `${"=".repeat(full - 1)}>`;
  return `[${done.padEnd(BAR_CELLS)}]`;
}

const prefixes = ["", "k", "M", "G", "T", "P"] as const;

/** An amount in three digits: `999 B`, `1.23 MB`, `31.5 M elements`. Powers of 1000. */
export function amount(value: number, unit: Unit): string {
  return unit === "bytes" ? brief(value, unit) : `${brief(value, unit)} ${unit}`;
}

/** The same without the word. */
function brief(value: number, unit: Unit): string {
  let [scaled, power] = [value, 0];
  while (scaled >= 999.5 && power < prefixes.length - 1) [scaled, power] = [scaled / 1000, power + 1];
  const digits = power === 0 ? Math.round(scaled) : scaled.toPrecision(3);
  return `${digits} ${prefixes[power]}${unit === "bytes" ? "B" : ""}`.trim();
}

/** Seconds as `0:07`, `12:34`, `3:00:00`. */
export function clock(seconds: number): string {
  const whole = Math.ceil(Math.min(seconds, 359_999));
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** The end of a long name says more than its beginning. */
const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `…${text.slice(text.length - length + 1)}`;
