import {
  type AnyArray,
  blocksByReading,
  broadcastTo,
  CapabilityError,
  type Header,
  hasObjects,
  isMaskedArray,
  type LazyArray,
  type NdArray,
  normalizeSelection,
  OptionError,
  type ReadOptions,
  type SelectionInput,
  sameDType,
  sameShape,
  withByteOrder,
  zeros,
} from "@masquerade/core";
import type { Entry } from "../chain.ts";
import { FORMAT } from "../forms.ts";
import type { StoredArray, StoredPlane } from "../stored.ts";
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
    const chosen = normalizeSelection(selection, this.header.shape);
    const { data, mask } = this.#stored;
    const values = planeBytes(data, isMaskedArray(value) ? value.data : value, chosen.shape);
    const hidden = this.#maskBytes(value, chosen.shape);
    await this.#owner.writing(this.#file, this.#entry, async () => {
      const put = async (plane: StoredPlane, bytes: Uint8Array): Promise<void> =>
        await writeStrided(this.#file, plane.at, plane.shape, plane.dtype.itemsize, chosen, bytes);
      await put(data, values);
      if (hidden !== undefined) await put(mask as StoredPlane, hidden);
    });
  }

  #maskBytes(value: AnyArray, shape: readonly number[]): Uint8Array | undefined {
    const { mask } = this.#stored;
    const hidden = isMaskedArray(value) ? (value.maskArray() as NdArray) : undefined;
    if (mask === undefined || mask === "nomask") {
      if (mask === undefined && hidden !== undefined)
        throw new OptionError(
          "DTYPE_MISMATCH",
          "the array is plain: write the data of the masked one, or set() the key",
        );
      if (hidden?.toBytes().some((byte) => byte !== 0))
        throw new CapabilityError(FORMAT, "mask", "the array was written without room for a mask: set() the key anew");
      return undefined;
    }
    return planeBytes(mask, hidden ?? (zeros("bool", []) as NdArray), shape);
  }
}

/** The bytes of `value` as the plane has them, in C order, broadcast to `shape`. */
function planeBytes(plane: StoredPlane, value: NdArray, shape: readonly number[]): Uint8Array {
  const { dtype } = plane;
  const same = sameDType(withByteOrder(value.dtype, "little"), withByteOrder(dtype, "little"));
  if (!same || hasObjects(value.dtype))
    throw new OptionError(
      "DTYPE_MISMATCH",
      `the array holds ${dtype.kind} of ${dtype.itemsize} bytes, the value ${value.dtype.kind} of ${value.dtype.itemsize}; convert it with astype()`,
    );
  const whole = sameShape(value.shape, shape) ? value : broadcastTo(value, shape);
  return whole.with({ dtype, dims: undefined }).toBytes("C");
}
