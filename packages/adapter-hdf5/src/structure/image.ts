import { type ByteSource, FormatError, LimitError, type Limits, throwIfAborted } from "@masquerade/core";
import { lookup3 } from "../write/checksum.ts";
import { Cursor, malformed, type Widths } from "./cursor.ts";

/** Bytes up to which waiting for a thread costs more than reading at once. */
const SMALL = 1 << 17;

/** What may end a reading early. */
export interface Patience {
  signal: AbortSignal | undefined;
  readonly limits: Limits;
}

/** The bytes of one HDF5 file by address, whatever they come from. Addresses count from the base address. */
export class FileImage implements Widths {
  readonly offsetSize: number;
  readonly lengthSize: number;
  /** One past the last byte, as an address. */
  readonly end: number;
  /** For large runs of data. */
  readonly source: ByteSource;
  readonly base: number;
  readonly patience: Patience;
  /** For metadata: small pieces that lie close to each other. */
  private readonly near: ByteSource;
  private until = Number.POSITIVE_INFINITY;

  constructor(
    source: ByteSource,
    near: ByteSource,
    at: Widths & { readonly base: number; readonly end: number },
    patience: Patience,
  ) {
    this.source = source;
    this.near = near;
    this.base = at.base;
    this.end = at.end - at.base;
    this.offsetSize = at.offsetSize;
    this.lengthSize = at.lengthSize;
    this.patience = patience;
  }

  /** Has all reading end after some time; undefined: no longer. */
  expire(milliseconds: number | undefined): void {
    this.until = milliseconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + milliseconds;
  }

  /** Throws AbortedError, and LimitError past `limits.maxMilliseconds`. */
  check(): void {
    throwIfAborted(this.patience.signal);
    if (this.until !== Number.POSITIVE_INFINITY && Date.now() > this.until)
      throw new LimitError("maxMilliseconds", "reading took longer than it may", {
        format: "hdf5",
      });
  }

  /** Throws FormatError unless these bytes are in the file. */
  demand(address: number, length: number): void {
    if (!(Number.isSafeInteger(address) && Number.isSafeInteger(length) && address >= 0 && length >= 0))
      throw malformed(`${length} bytes at address ${address}`);
    if (address + length > this.end)
      throw malformed(`${length} bytes at ${address} reach past the end of the file`, address + this.base);
  }

  /** Metadata: exactly these bytes. Throws FormatError for what is outside the file. */
  async read(address: number, length: number): Promise<Uint8Array> {
    const at = this.place(address, length);
    // Small pieces from a file or from memory: a thread would cost more than the reading.
    return this.near.readSync === undefined
      ? await this.near.read(at, length, this.patience.signal)
      : this.near.readSync(at, length);
  }

  /** Elements: exactly these bytes, past any cache. `signal`: of this reading, where it has one of its own. */
  async data(address: number, length: number, signal?: AbortSignal | undefined): Promise<Uint8Array> {
    return length <= SMALL && this.source.readSync !== undefined
      ? this.dataAtOnce(address, length)
      : await this.source.read(this.place(address, length), length, signal ?? this.patience.signal);
  }

  /** Whether elements need not be waited for. */
  isAtOnce(length: number): boolean {
    const { readSync, readInto } = this.source;
    return readSync !== undefined && (length <= SMALL || readInto === undefined);
  }

  /** The same where {@link isAtOnce}. */
  dataAtOnce(address: number, length: number): Uint8Array {
    return this.source.readSync?.(this.place(address, length), length) as Uint8Array;
  }

  /** Elements, as many as `target` has bytes. */
  async dataInto(address: number, target: Uint8Array, signal?: AbortSignal | undefined): Promise<void> {
    const { source } = this;
    if (source.readInto === undefined) target.set(await this.data(address, target.length, signal));
    else await source.readInto(this.place(address, target.length), target, signal ?? this.patience.signal);
  }

  /** Where bytes of the file are in the source, once it is known that they are there and that there is time. */
  private place(address: number, length: number): number {
    this.demand(address, length);
    this.check();
    return address + this.base;
  }

  /** Fields of a structure of this length. */
  async cursor(address: number, length: number): Promise<Cursor> {
    return new Cursor(await this.read(address, length), address + this.base, this);
  }

  /** Fields of a structure whose length is not known yet: as many bytes as there are, up to `most`. */
  async peek(address: number, most: number): Promise<Cursor> {
    this.demand(address, 0);
    return await this.cursor(address, Math.min(most, this.end - address));
  }

  /** Fields of a structure whose last four bytes are the checksum of the others. Throws FormatError FORMAT_CHECKSUM. */
  async checked(address: number, length: number): Promise<Cursor> {
    const bytes = await this.read(address, length);
    const at = bytes.length - 4;
    if (at < 0) throw malformed("a structure without room for its checksum", address + this.base);
    const stored = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
    if (lookup3(bytes.subarray(0, at)) !== stored)
      throw new FormatError("FORMAT_CHECKSUM", "hdf5", "a checksum of metadata does not match", {
        offset: address + this.base + at,
      });
    return new Cursor(bytes.subarray(0, at), address + this.base, this);
  }
}
