import { FormatError } from "@masquerade/core";
import type { WireReader } from "../wire/reader.ts";
import { checksum } from "./checksum.ts";
import { bufferRules, checksumRules } from "./rules.ts";
import { ALIGNMENT, type ChecksumKind, checksumKinds } from "./tables.ts";

/** One message Buffer as it was found. */
interface Found {
  readonly data: Uint8Array;
  /** Byte offset of the data in the file. */
  readonly offset: number;
  readonly sum: { readonly kind: ChecksumKind; readonly value: number } | undefined;
}

/** The buffers of a file, of which each is taken once, and counts that run over the whole content. */
export class BufferTable {
  /** Bytes that arrays and masks take so far. */
  bytes = 0;
  /** Fields of dtypes so far. */
  fields = 0;
  readonly #found: Found[] = [];
  readonly #taken: boolean[] = [];
  readonly #format: string;
  readonly #base: number;

  /** `base`: where in the file the message begins. */
  constructor(format: string, base = 0) {
    this.#format = format;
    this.#base = base;
  }

  /** Reads one more message Buffer. */
  add(reader: WireReader): void {
    let data = new Uint8Array(0);
    let offset = reader.at;
    let sum: Found["sum"];
    reader.message("a buffer", bufferRules, (field) => {
      if (field === 1) {
        const padding = reader.bytes("padding");
        if (padding.some((byte) => byte !== 0)) throw reader.fail("padding is not zero");
      } else if (field === 2) {
        data = reader.bytes("data") as Uint8Array<ArrayBuffer>;
        offset = reader.at - data.length;
      } else sum = readChecksum(reader);
    });
    this.#found.push({ data, offset, sum });
    this.#taken.push(false);
  }

  /** The bytes of a buffer, counted from 1, its checksum verified. Throws FormatError, FORMAT_CHECKSUM among them. */
  take(index: number, at: number): { readonly data: Uint8Array; readonly offset: number } {
    const found = this.#found[index - 1];
    if (found === undefined)
      throw new FormatError("FORMAT_TRUNCATED", this.#format, `buffer ${index} of ${this.#found.length} is not there`, {
        offset: this.#base + at,
      });
    if (this.#taken[index - 1] === true)
      throw new FormatError("FORMAT_MALFORMED", this.#format, `buffer ${index} is used twice`, {
        offset: this.#base + at,
      });
    this.#taken[index - 1] = true;
    const { data, offset, sum } = found;
    if (sum !== undefined && checksum(sum.kind, data) !== sum.value)
      throw new FormatError("FORMAT_CHECKSUM", this.#format, `the checksum (${sum.kind}) of buffer ${index} is wrong`, {
        offset: this.#base + offset,
      });
    return { data, offset };
  }

  /** Throws FormatError unless every buffer was taken. */
  finish(): void {
    const unused = this.#taken.indexOf(false);
    if (unused >= 0)
      throw new FormatError("FORMAT_MALFORMED", this.#format, `no array uses buffer ${unused + 1}`, {
        offset: this.#base + (this.#found[unused]?.offset ?? 0),
      });
  }
}

function readChecksum(reader: WireReader): NonNullable<Found["sum"]> {
  let kind: ChecksumKind | undefined;
  let value: number | undefined;
  reader.message("a checksum", checksumRules, (field) => {
    if (field === 1) kind = reader.enumeration("a checksum's kind", checksumKinds);
    else value = reader.fixed32();
  });
  if (kind === undefined || value === undefined) throw reader.fail("a checksum lacks its kind or its value");
  return { kind, value };
}

const varintSize = (n: number): number => {
  let size = 1;
  for (let rest = n; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
};

function putVarint(out: Uint8Array, start: number, n: number): number {
  let at = start;
  let rest = n;
  for (; rest > 127; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 128;
  out[at++] = rest;
  return at;
}

/** A message Buffer in a field (5 of a File), as what comes before the data and what comes after. */
export interface FramedBuffer {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Bytes a checksum takes: tag, length, kind, value. */
const SUM_BYTES = 9;

/** Frames data that begin to be written at byte `at` of the file, so that they lie at a multiple of 64. */
export function frameBuffer(data: Uint8Array, at: number, sum: ChecksumKind | undefined, field = 5): FramedBuffer {
  const tail = sum === undefined ? 0 : SUM_BYTES;
  const dataHead = data.length === 0 ? 0 : 1 + varintSize(data.length);
  let zeros = 0;
  let length = 0;
  let head = 0;
  for (; ; zeros++) {
    const padding = zeros === 0 ? 0 : 2 + zeros;
    length = padding + dataHead + data.length + tail;
    head = 1 + varintSize(length) + padding + dataHead;
    if (data.length === 0 || (at + head) % ALIGNMENT === 0) break;
  }
  const before = new Uint8Array(head);
  before[0] = field * 8 + 2;
  let put = putVarint(before, 1, length);
  if (zeros > 0) {
    before[put++] = 8 + 2;
    before[put++] = zeros;
    put += zeros;
  }
  if (data.length > 0) {
    before[put++] = 2 * 8 + 2;
    putVarint(before, put, data.length);
  }
  return { before, after: sum === undefined ? new Uint8Array(0) : sumBytes(sum, data) };
}

function sumBytes(kind: ChecksumKind, data: Uint8Array): Uint8Array {
  const value = checksum(kind, data);
  const out = Uint8Array.of(3 * 8 + 2, 7, 8, checksumKinds.indexOf(kind), 2 * 8 + 5, 0, 0, 0, 0);
  new DataView(out.buffer).setUint32(5, value, true);
  return out;
}
