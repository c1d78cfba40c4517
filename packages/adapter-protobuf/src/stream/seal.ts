import { FormatError, LimitError, type Limits } from "@masquerade/core";
import { checksum } from "../message/checksum.ts";
import { type ChecksumKind, MOST_BYTES } from "../message/tables.ts";
import { FORMAT } from "./tables.ts";

/** Tag of StreamMessage.checksum. */
const TAG = 15 * 8 + 5;
/** Bytes the checksum takes at the end of a message. */
export const SEAL_BYTES = 5;

/** A message in pieces, nothing joined, and its checksum (0 where there is none). */
export interface Sealed {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
  readonly sum: number;
}

/** Ends a message with its checksum. */
export function seal(parts: readonly Uint8Array[], kind: ChecksumKind | undefined): Sealed {
  let length = 0;
  for (const part of parts) length += part.length;
  if (kind === undefined) return { parts, length, sum: 0 };
  let sum = 0;
  for (const part of parts) sum = checksum(kind, part, sum);
  const end = new Uint8Array(SEAL_BYTES);
  end[0] = TAG;
  new DataView(end.buffer).setUint32(1, sum, true);
  return { parts: [...parts, end], length: length + SEAL_BYTES, sum };
}

/** What a message says, without its checksum, which is verified. `at`: where in the file it begins. Throws FormatError. */
export function unseal(
  message: Uint8Array,
  kind: ChecksumKind | undefined,
  at: number,
): { readonly body: Uint8Array; readonly sum: number } {
  if (kind === undefined) return { body: message, sum: 0 };
  const end = message.length - SEAL_BYTES;
  if (end < 0 || message[end] !== TAG)
    throw new FormatError("FORMAT_CHECKSUM", FORMAT, "a message has no checksum where it should be", { offset: at });
  const body = message.subarray(0, end);
  const [a, b, c, d] = [message[end + 1], message[end + 2], message[end + 3], message[end + 4]] as [
    number,
    number,
    number,
    number,
  ];
  const said = (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  const sum = checksum(kind, body);
  if (said !== sum)
    throw new FormatError("FORMAT_CHECKSUM", FORMAT, `the checksum (${kind}) of a message is wrong`, { offset: at });
  return { body, sum };
}

/** Digest of the checksums of blocks that come in the order of their numbers. */
export class Digest {
  value = 0;
  readonly #kind: ChecksumKind | undefined;
  readonly #four: Uint8Array = new Uint8Array(4);
  readonly #view: DataView = new DataView(this.#four.buffer);

  constructor(kind: ChecksumKind | undefined) {
    this.#kind = kind;
  }

  add(sum: number): void {
    if (this.#kind === undefined) return;
    this.#view.setUint32(0, sum, true);
    this.value = checksum(this.#kind, this.#four, this.value);
  }
}

/** Bytes the next message may have, and the limit that is why, where one is. */
export interface Due {
  readonly bytes: number;
  readonly limit?: keyof Limits | undefined;
}

/** The error for a message that is longer than is due: a LimitError where a limit is why. */
export function tooLong(length: number, due: Due, offset?: number): FormatError | LimitError {
  const message = `a message of ${length} bytes where ${due.bytes} are the most that is due`;
  return due.limit === undefined
    ? new FormatError("FORMAT_MALFORMED", FORMAT, message, { offset })
    : new LimitError(due.limit, message, { format: FORMAT, offset });
}

/** The length of a message as a varint, as byte streams have it before each. */
export function lengthPrefix(length: number): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/**
 * The length at byte `at` of `bytes`, and where the message begins; undefined where the bytes end before the length does. `base`: where
 * in the file `bytes` begin. Throws FormatError, and LimitError for a message that is longer than is due.
 */
export function readLength(
  bytes: Uint8Array,
  at: number,
  due: Due,
  base = 0,
): { readonly length: number; readonly start: number } | undefined {
  let length = 0;
  let scale = 1;
  for (let i = at; i < at + 5; i++) {
    if (i >= bytes.length) return undefined;
    const byte = bytes[i] as number;
    length += (byte & 127) * scale;
    scale *= 128;
    if (byte > 127) continue;
    if (length === 0) throw wrong("a message has no bytes", base + at);
    if (length > MOST_BYTES) throw wrong(`a message of ${length} bytes, but messages end at ${MOST_BYTES}`, base + at);
    if (length > due.bytes) throw tooLong(length, due, base + at);
    return { length, start: i + 1 };
  }
  throw wrong("the length of a message has more than five bytes", base + at);
}

const wrong = (message: string, offset: number): FormatError =>
  new FormatError("FORMAT_MALFORMED", FORMAT, message, { offset });
