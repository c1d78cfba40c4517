import {
  type AnyArray,
  blocksByReading,
  type Header,
  type LazyArray,
  OptionError,
  type ReadOptions,
  type SelectionInput,
} from "@masquerade/core";
import type { Entry } from "../chain.ts";
import { overwriting } from "../overwrite.ts";
import type { StoredArray } from "../stored.ts";
import type { PositionalFile } from "./file.ts";
import { writeStrided } from "./strided-write.ts";

/** What an array in a live dictionary needs of it. */
export interface Owner {
  /** Throws SourceError SOURCE_CHANGED unless the entry, replaced or not, is still where it was. */
  check(file: PositionalFile, entry: Entry): Promise<void>;
  /** Runs under the lock, after making sure that the entry is the living one of its key. */
  writing(file: PositionalFile, entry: Entry, work: () => Promise<void>): Promise<void>;
}

/**
 * An array of a live dictionary. Its elements stay in the file; slices are read and written where they lie. It stands for the value that
 * was got: after the key has been replaced it still reads that value, and writing is SOURCE_CHANGED.
 */
export class MmapArray implements LazyArray {
  readonly key: string;
  readonly header: Header;
  readonly #owner: Owner;
  readonly #file: PositionalFile;
  readonly #entry: Entry;
  readonly #stored: StoredArray;
  readonly #lazy: LazyArray;

  constructor(owner: Owner, file: PositionalFile, entry: Entry, stored: StoredArray, lazy: LazyArray) {
    this.key = entry.key;
    this.header = lazy.header;
    this.#owner = owner;
    this.#file = file;
    this.#entry = entry;
    this.#stored = stored;
    this.#lazy = lazy;
  }

  async read(selection?: SelectionInput, options?: ReadOptions): Promise<AnyArray> {
    await this.#owner.check(this.#file, this.#entry);
    return await this.#lazy.read(selection, options);
  }

  blocks(options?: Parameters<LazyArray["blocks"]>[0]): ReturnType<LazyArray["blocks"]> {
    return blocksByReading(this, this.key, options);
  }

  /**
   * Overwrites the part selected, in place, under the lock. `value` is broadcast and has the array's dtype (byte order aside). A plain value
   * unmasks what it overwrites in a masked array, as in NumPy. Throws OptionError (READ_ONLY, DTYPE_MISMATCH, SHAPE_MISMATCH, INDEX_INVALID).
   */
  async write(selection: SelectionInput, value: AnyArray): Promise<void> {
    if (!this.#file.writable)
      throw new OptionError("READ_ONLY", 'the dictionary was opened to read: open it with mode "r+"');
    const planes = overwriting(this.#stored, selection, value);
    await this.#owner.writing(this.#file, this.#entry, async () => {
      for (const plane of planes) await writeStrided(this.#file, plane);
    });
  }
}
