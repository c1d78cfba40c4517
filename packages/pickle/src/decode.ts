import { type DecodeOptions, FormatError, type Limits, resolveLimits } from "@masquerade/core";
import { finishValue } from "./decode-finish.ts";
import { PickleMachine } from "./decode-machine.ts";
import { NeedBytes, PickleReader } from "./decode-reader.ts";
import type { EmulatorTable } from "./decode-values.ts";

export interface PickleDecodeOptions {
  /** The exact names the pickle may use. */
  readonly globals: EmulatorTable;
  /** Format id for errors; default "pickle". */
  readonly format?: string | undefined;
  readonly limits?: DecodeOptions["limits"];
  /** Out-of-band buffers (protocol 5), in order. */
  readonly buffers?: Iterable<Uint8Array> | undefined;
  /** Nothing in the result shares memory with `bytes`. */
  readonly copy?: boolean | undefined;
  /** Offset in the file of the first byte, for errors. */
  readonly base?: number | undefined;
}

/** One pickle of a file. */
export interface DecodedPickle {
  /** Finished: plain values, and what the emulators made. */
  readonly value: unknown;
  /** Offsets, in the bytes given, of its first byte and of the byte behind its STOP. */
  readonly start: number;
  readonly end: number;
  /** The protocol it declares (0 where it declares none). */
  readonly protocol: number;
}

/** The pickle that begins at `start`. Bytes behind its STOP are not looked at. Throws FormatError, LimitError, UnsafeContentError. */
export function decodePickleAt(bytes: Uint8Array, start: number, options: PickleDecodeOptions): DecodedPickle {
  const limits: Limits = resolveLimits(options.limits);
  const reader = new PickleReader(bytes, { format: options.format, base: options.base });
  reader.pos = start;
  const machine = new PickleMachine(reader, { globals: options.globals, limits, buffers: options.buffers });
  try {
    const raw = machine.run();
    const value = finishValue(raw, limits, { format: machine.format, copy: options.copy });
    return { value, start, end: reader.pos, protocol: machine.protocol };
  } catch (e) {
    // Cannot be had: the window is the whole file.
    if (e instanceof NeedBytes)
      throw new FormatError("FORMAT_TRUNCATED", machine.format, "the file ends too early", {
        offset: e.from,
        cause: e,
      });
    throw e;
  }
}

/** The only pickle in these bytes. Throws FormatError when something follows it. */
export function decodePickle(bytes: Uint8Array, options: PickleDecodeOptions): unknown {
  const { value, end } = decodePickleAt(bytes, 0, options);
  if (end !== bytes.length)
    throw new FormatError(
      "FORMAT_MALFORMED",
      options.format ?? "pickle",
      `${bytes.length - end} bytes follow the pickle`,
      {
        offset: (options.base ?? 0) + end,
      },
    );
  return value;
}

/** Pickle after pickle, as repeated `pickle.dump` into one file leaves them. Out-of-band buffers go to the first. */
export function* decodePickles(bytes: Uint8Array, options: PickleDecodeOptions): Generator<DecodedPickle> {
  let start = 0;
  do {
    const one = decodePickleAt(bytes, start, start === 0 ? options : { ...options, buffers: undefined });
    yield one;
    start = one.end;
  } while (start < bytes.length);
}
