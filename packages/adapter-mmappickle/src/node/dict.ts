import {
  type AnyArray,
  type Bundle,
  CapabilityError,
  describe,
  full,
  type Header,
  isArray,
  isBundle,
  isMasqueradeError,
  type Limits,
  type LossPolicy,
  makeHeader,
  type NdArray,
  OptionError,
  type PlainValue,
  quoteText,
  refuseLosses,
  resolveDType,
  SourceError,
} from "@masquerade/core";
import { deferredLazyArray, toModel } from "@masquerade/numpy-pickle";
import type { Entry } from "../chain.ts";
import { entryPlan, valuePlan } from "../encode.ts";
import { FORMAT } from "../forms.ts";
import { mmappickleLosses } from "../losses.ts";
import { leafOf, withoutMask } from "../open.ts";
import { decodePlain } from "../plain.ts";
import { arrayPlan, canMap } from "../plan.ts";
import { readStored } from "../stored.ts";
import { readNow, Window } from "../window.ts";
import { MmapArray, type Owner } from "./array.ts";
import { PositionalFile } from "./file.ts";
import type { Locker } from "./lock.ts";
import type { EmptyArray, MmapDictOptions } from "./options.ts";
import { changed, readCommit, Store } from "./store.ts";
import { vacuumed } from "./vacuum.ts";

/** A mmapdict file while it is open. Each operation takes the file's lock, looks what others have done, and lets go. */
export class MmapDict implements AsyncDisposable {
  readonly #lock: Locker;
  readonly #limits: Limits;
  readonly #options: MmapDictOptions;
  readonly #owner: Owner;
  #file: PositionalFile;
  #store: Store;
  #turn: Promise<unknown> = Promise.resolve();

  /** Use {@link openMmapDict}. */
  constructor(file: PositionalFile, lock: Locker, limits: Limits, options: MmapDictOptions) {
    this.#file = file;
    this.#lock = lock;
    this.#limits = limits;
    this.#options = options;
    this.#store = this.#newStore();
    this.#owner = {
      check: (one, entry) => this.#check(one, entry),
      writing: (one, entry, work) =>
        this.#locked(async () => {
          if (one !== this.#file || this.#store.live.get(entry.key)?.offset !== entry.offset)
            throw changed(quoteText(entry.key));
          await work();
        }),
    };
  }

  get path(): string {
    return this.#file.path;
  }

  get writable(): boolean {
    return this.#file.writable;
  }

  /** The commit number when this handle last looked: it goes up whenever a key is set or deleted, and starts again with a vacuum. */
  get commitNumber(): number {
    return this.#store.commitNumber;
  }

  /** Looks what others have done; whether keys were set or deleted since this handle last looked. */
  async refresh(): Promise<boolean> {
    return await this.#locked(async (news) => news);
  }

  /** The keys, in the order of the file. */
  async keys(): Promise<readonly string[]> {
    return await this.#locked(async () => [...this.#store.live.keys()]);
  }

  async has(key: string): Promise<boolean> {
    return await this.#locked(async () => this.#store.live.has(key));
  }

  /**
   * The value of a key: an {@link MmapArray} for arrays whose elements can be read and written in place; anything else (plain values, records,
   * dicts of arrays) is read whole. Throws OptionError INDEX_INVALID when there is no such key; FormatError, LimitError, UnsafeContentError.
   */
  async get(key: string): Promise<MmapArray | AnyArray | Bundle | PlainValue> {
    return await this.#locked(async () => {
      const entry = this.#store.live.get(key);
      if (entry === undefined)
        throw new OptionError("INDEX_INVALID", `there is no key "${quoteText(key)}" in ${this.path}`);
      return await this.#value(entry);
    });
  }

  /** The array of a key. Throws as `get`, and OptionError DTYPE_MISMATCH when its value is no array that can be mapped. */
  async array(key: string): Promise<MmapArray> {
    const value = await this.get(key);
    if (value instanceof MmapArray) return value;
    throw new OptionError("DTYPE_MISMATCH", `"${quoteText(key)}" holds no array that is read in place; use get()`);
  }

  /**
   * Sets a key to an array, a bundle or a plain value: appended, and then what it had before is retired. Throws CapabilityError for what a
   * mmapdict cannot hold and the caller does not give up.
   */
  async set(key: string, value: AnyArray | Bundle | PlainValue, policy: LossPolicy = {}): Promise<void> {
    if (isArray(value) || isBundle(value)) {
      const header = describe(value as AnyArray | Bundle);
      const wrapped = { kind: "dict" as const, entries: new Map([["value", header]]), attrs: new Map() };
      refuseLosses(FORMAT, mmappickleLosses(wrapped), policy);
    }
    await this.#changing(async (store) => {
      await store.put(key, entryPlan(key, valuePlan(value as PlainValue, store.nextMemo)), value);
    });
  }

  /**
   * Sets a key to an array of zeros (without mask, or unmasked) that takes no memory and, where the file system has holes, no disk until it
   * is written. Throws CapabilityError for dtypes and shapes that cannot be mapped.
   */
  async create(key: string, empty: EmptyArray): Promise<MmapArray> {
    const dtype = resolveDType(empty.dtype);
    const { shape, masked = false, fillValue } = empty;
    const fill = fillValue === undefined || isArray(fillValue) ? fillValue : full([], fillValue, dtype);
    const header: Header = makeHeader({
      dtype,
      shape,
      mask: masked ? "mask" : "plain",
      fillValue: fill as NdArray | undefined,
    });
    if (!canMap(header))
      throw new CapabilityError(
        FORMAT,
        "lazy",
        `an array of ${dtype.kind} and ${shape.length} dimensions cannot be mapped`,
      );
    const wrapped = { kind: "dict" as const, entries: new Map([["value", header]]), attrs: new Map() };
    refuseLosses(FORMAT, mmappickleLosses(wrapped), {});
    return await this.#changing(async (store) => {
      const entry = await store.put(key, entryPlan(key, arrayPlan(header, store.nextMemo)), undefined);
      return (await this.#value(entry)) as MmapArray;
    });
  }

  /** Retires a key; false when it is not there. */
  async delete(key: string): Promise<boolean> {
    return await this.#changing((store) => store.remove(key));
  }

  /**
   * Gives back the room of what was replaced and deleted, by a copy that takes the file's place. Nobody else may use the file meanwhile, nor
   * go on with a handle from before: `exclusive: true` says that this is so. Arrays got before must be got again. Returns the bytes freed.
   */
  async vacuum(options: { readonly exclusive: true }): Promise<number> {
    if ((options as { readonly exclusive?: unknown } | undefined)?.exclusive !== true)
      throw new OptionError(
        "OPTION_INVALID",
        "vacuum needs the file for itself: end what else uses it and pass { exclusive: true }",
        "exclusive",
      );
    return await this.#changing(async (store) => {
      if (!store.dead) return 0;
      const before = (await this.#file.stat()).size;
      const old = this.#file;
      const { file, size } = await vacuumed(old, [...store.live.values()], store.commitNumber === 0 ? 1 : 0);
      this.#file = file;
      this.#store = this.#newStore();
      await old.close();
      return before - size;
    });
  }

  /** Lets the file go, after what is under way. */
  async close(): Promise<void> {
    await this.#turn.catch(() => {});
    await this.#file.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #newStore(): Store {
    return new Store(this.#file, this.#limits, this.#options.durable ?? true);
  }

  async #value(entry: Entry): Promise<MmapArray | AnyArray | Bundle | PlainValue> {
    const file = this.#file;
    const options = { limits: this.#limits, allow: this.#options.allow };
    const window = new Window(entry.end);
    const stored = readNow(readStored(window, entry, this.#limits), (offset, length) => file.readNow(offset, length));
    if (stored !== undefined) {
      const source = file.source(entry.end);
      const lazy = withoutMask(deferredLazyArray(source, await leafOf(stored, source, options), entry.key));
      return new MmapArray(this.#owner, file, entry, stored, lazy);
    }
    const bytes = await file.read(entry.valueAt, entry.valueEnd - entry.valueAt);
    return modelOfPlain(decodePlain(bytes, entry.valueAt, options));
  }

  async #check(file: PositionalFile, entry: Entry): Promise<void> {
    if (file !== this.#file) throw changed(quoteText(entry.key));
    if (readCommit(file) === this.#store.commitNumber) return;
    await this.#locked(async () => {
      if (file !== this.#file || !this.#store.holds(entry)) throw changed(quoteText(entry.key));
    });
  }

  async #changing<T>(work: (store: Store) => Promise<T>): Promise<T> {
    if (!this.writable) throw new OptionError("READ_ONLY", 'the dictionary was opened to read: open it with mode "r+"');
    return await this.#locked(() => work(this.#store));
  }

  /** One operation at a time, under the file's lock, after a look at what others have done. */
  async #locked<T>(work: (news: boolean) => Promise<T>): Promise<T> {
    const mine = this.#turn.catch(() => {}).then(() => this.#underLock(work));
    this.#turn = mine;
    return await mine;
  }

  async #underLock<T>(work: (news: boolean) => Promise<T>): Promise<T> {
    if (this.#file.closed) throw new SourceError("SOURCE_CLOSED", `${this.path} is closed`);
    for (;;) {
      const file = this.#file;
      await this.#lock.lock(file.handle.fd, !file.writable, this.#options.lockTimeout ?? 30_000);
      try {
        if (await file.current()) return await work(await this.#store.look());
        // Somebody has vacuumed: the path names another file now.
        this.#file = await PositionalFile.open(file.path, file.writable ? "r+" : "r", file.writable);
        this.#store = this.#newStore();
        await file.close();
      } finally {
        if (!file.closed) await this.#lock.unlock(file.handle.fd);
      }
    }
  }
}

/** Dicts, lists and tuples that hold arrays are bundles; other values are as they are. */
function modelOfPlain(value: unknown): AnyArray | Bundle | PlainValue {
  try {
    return toModel(value, FORMAT) as AnyArray | Bundle;
  } catch (error) {
    if (isMasqueradeError(error, "CAPABILITY_MISSING")) return value as PlainValue;
    throw error;
  }
}
