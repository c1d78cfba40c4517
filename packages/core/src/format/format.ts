import type { AnyArray, Order } from "../array/any.ts";
import type { Bundle } from "../array/bundle.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { SelectionInput } from "../array/selection.ts";
import type { Kind } from "../dtype/elements.ts";
import type { MasqueradeError } from "../errors.ts";
import type { BundleHeader, Header } from "./header.ts";
import type { Limits } from "./limits.ts";
import type { Loss, LossPolicy } from "./losses.ts";
import type { OptionSchema } from "./options.ts";
import type { Recipe, RecipeFile } from "./recipe.ts";
import type { Scanned } from "./scan.ts";
import type { ByteSink, ByteSource } from "./source.ts";

/** Whether encoding and decoding bytes already in memory is synchronous. In the type, never "maybe". */
export type Timing = "sync" | "async";
/** A value at once or a promise of it, as a format's `timing` says. */
export type Timed<T extends Timing, V> = T extends "sync" ? V : Promise<V>;

/** Each flag is a promise: the conformance suite tests it true and false. */
export interface Capabilities {
  /** dtypes the format can hold. */
  readonly kinds: readonly Kind[];
  /** A mask survives. */
  readonly mask: boolean;
  /** Masks per field of structured arrays survive. */
  readonly fieldMasks: boolean;
  /** Values beneath the mask survive. */
  readonly hiddenValues: boolean;
  /** nomask and a mask that is all false stay apart. */
  readonly nomask: boolean;
  /** A fill value survives, with its own dtype, set or unset. */
  readonly fillValue: boolean;
  readonly hardMask: boolean;
  /** Fortran order survives. */
  readonly memoryOrder: boolean;
  readonly byteOrder: boolean;
  readonly attrs: boolean;
  readonly dims: boolean;
  /** Several named arrays in one file. */
  readonly bundle: boolean;
  /** Bundles within bundles. */
  readonly nested: boolean;
  /** `open` reads parts without the whole. */
  readonly lazy: boolean;
  /** `create` writes without holding the whole. */
  readonly streamed: boolean;
  /** Data can be added to an existing file. */
  readonly appendable: boolean;
  /** Elements of an existing file can be overwritten. */
  readonly inPlace: boolean;
  /** A person can read it in an editor. */
  readonly text: boolean;
  /** The file says what is in it (dtype and shape need not be given). */
  readonly selfDescribing: boolean;
  /** The data can be stored compressed. */
  readonly compressed: boolean;
  /** A decoded array may share memory with the input bytes (unless `copy: true`). */
  readonly aliasing: boolean;
}

/** Called now and then with what is done and what there is in all: bytes, unless the option says otherwise. */
export type Progress = (done: number, total: number | undefined) => void;

/** What every format takes when it writes. */
export interface EncodeOptions extends LossPolicy {
  /** Ends the work with an AbortedError. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Progress | undefined;
}

/** What every format takes when it reads. */
export interface DecodeOptions {
  /** Budgets other than {@link defaultLimits}. */
  readonly limits?: Partial<Limits> | undefined;
  /** Ends the work with an AbortedError. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Progress | undefined;
  /** Decode only this member of a bundle (names joined by "/"). */
  readonly select?: string | undefined;
  /** Never share memory with the input. */
  readonly copy?: boolean | undefined;
  /** Fill this array instead of allocating one: same dtype kind and shape, contiguous in the file's order. */
  readonly out?: NdArray | undefined;
}

/** The data of an array, its mask, or both. */
export type Plane = "data" | "mask" | "both";

/** What reading a part takes. */
export interface ReadOptions {
  /** "data": an NdArray of the values; "mask": an NdArray of bools; "both" (default): the array as it is. */
  readonly plane?: Plane | undefined;
  /** Fill this array instead of allocating one: same dtype kind, and the shape of the part. */
  readonly out?: NdArray | undefined;
  /** Ends the reading with an AbortedError. */
  readonly signal?: AbortSignal | undefined;
}

/** A run of an array along its slowest axis (axis 0 in C order, the last one in Fortran order). */
export interface Block {
  /** Path of the array; "" for a single unnamed one. */
  readonly array: string;
  readonly plane: Plane;
  /** Index along the slowest axis at which the block starts. 0-d arrays are one block. */
  readonly start: number;
  readonly value: AnyArray;
  /**
   * Where the block is a part of one index only (see `pieces` of {@link FileWriter}): how many elements of the array, in the order of the blocks,
   * come before it. Its value keeps every axis.
   */
  readonly position?: number | undefined;
}

/** An array in a file, read by parts. */
export interface LazyArray {
  readonly header: Header;
  /** The part selected (default: all of it). */
  read(selection?: SelectionInput, options?: ReadOptions): Promise<AnyArray>;
  /** The whole array, block by block, each of at most `maxBytes` bytes of data (but at least one index of the slowest axis). */
  blocks(options?: {
    readonly maxBytes?: number;
    readonly plane?: Plane;
    readonly signal?: AbortSignal;
  }): AsyncIterable<Block>;
  /** Overwrites the part selected, in place. */
  write?(selection: SelectionInput, value: AnyArray): Promise<void>;
}

/** A file whose header has been read: its arrays are read by parts. It is the caller's to dispose of. */
export interface OpenFile extends AsyncDisposable {
  readonly header: Header | BundleHeader;
  /** Paths of the arrays in the file; [""] for a single unnamed one. */
  readonly names: readonly string[];
  /**
   * Members that are no arrays here, by path, with what each is refused for: in neither the header nor `names`. `array` throws that, and so does
   * everything that takes a file as a whole ({@link demandReadable}).
   */
  readonly unreadable?: ReadonlyMap<string, MasqueradeError>;
  /** An array by path; may be left out when there is one only. Throws OptionError INDEX_INVALID, and what is told in `unreadable`. */
  array(name?: string): LazyArray;
}

/** Writes blocks as they come. */
export interface FileWriter {
  /**
   * "together": blocks of plane "both". "data-first": for each array all blocks of plane "data", then, if the plan says it has a
   * full mask, all of plane "mask".
   */
  readonly planes: "together" | "data-first";
  /** The order whose slowest axis the blocks must run along, where it is not the plan's: a format that knows one order only. */
  readonly order?: Order;
  /**
   * Takes blocks that are a run of elements within one index of the slowest axis, so that an array whose first axis is short is written in bounded
   * memory too. Default false: one index is the least.
   */
  readonly pieces?: boolean;
  /** Arrays are written in the order of the plan, blocks in the order of the slowest axis. */
  write(block: Block): Promise<void>;
  /** Writes what comes last and commits the sink. Throws FormatError when blocks are missing. */
  finish(): Promise<void>;
  /** Leaves no trace in the sink. */
  abort(): Promise<void>;
}

/** The heavy part of a format, brought in on first use. */
export interface Codec<T extends Timing = Timing, W = object, R = object> {
  encode(value: AnyArray | Bundle, options?: W & EncodeOptions): Timed<T, Uint8Array>;
  /** The same bytes in pieces, views where possible, nothing joined. */
  encodeParts?(value: AnyArray | Bundle, options?: W & EncodeOptions): Iterable<Uint8Array>;
  decode(bytes: Uint8Array, options?: R & DecodeOptions): Timed<T, AnyArray | Bundle>;
  /** The source stays the caller's: disposing the file does not dispose it. */
  open?(source: ByteSource, options?: R & DecodeOptions): Promise<OpenFile>;
  /**
   * Adds to a file in place: arrays it has grow, others are added. What is there is not written anew. The file is a source that can be
   * written; each format states what a crash in the middle leaves.
   */
  append?(file: ByteSource, value: AnyArray | Bundle, options?: W & EncodeOptions): Promise<void>;
  create?(sink: ByteSink, plan: Header | BundleHeader, options?: W & EncodeOptions): Promise<FileWriter>;
  /**
   * For formats whose files do not say what they hold: the read options that tell it, for a file of this header written with these options.
   */
  readOptionsFor?(header: Header | BundleHeader, options?: W): object;
}

/** What a format says to the first bytes of a file. */
export type Sniff = "yes" | "maybe" | "no";

/** A format: a small constant that is always loaded. */
export interface Format<Id extends string = string, T extends Timing = Timing, W = object, R = object> {
  readonly id: Id;
  readonly title: string;
  readonly extensions: readonly `.${string}`[];
  readonly mediaTypes: readonly string[];
  readonly timing: T;
  readonly capabilities: Capabilities;
  readonly options: { readonly read: OptionSchema; readonly write: OptionSchema };
  /** What writing an array with this header would lose, before a byte is written. `encode` refuses exactly the "content" ones. */
  losses(header: Header | BundleHeader, options?: W): readonly Loss[];
  /** The lines of Python that read a typical FILE, for people: tables and documentation. */
  readonly recipe?: string;
  /** The lines that read this very file, the most useful first. What they do not restore (a fill value, an order) is in their notes. */
  recipes?(file: RecipeFile): Promise<readonly Recipe[]>;
  /** Who reads such files without this library: language ("python", "java", …) to the tool, e.g. "numpy.load". For `choose`. */
  readonly readers?: Readonly<Record<string, string>>;
  /** Its readers are programs of this project: where something usual reads another format as well, that one is the better choice. */
  readonly own?: boolean;
  /** The usual readers run code that such a file names (as Python's pickle does): not for exchange with people one does not trust. */
  readonly runsCode?: boolean;
  /**
   * `open` goes through the file once, since such files have no index: few bytes are in memory, but all are fetched. A large file is loaded this way, so
   * that its text is not held beside the arrays. Default false.
   */
  readonly sequential?: boolean;
  /** False for a format whose codec needs Node. Default true. */
  readonly browser?: boolean;
  /** Looks at the first 4 KiB at most; never throws. "yes": no other format may claim it. */
  sniff(head: Uint8Array): Sniff;
  /**
   * For formats that may hold pickles: what the usual reader would import and call, without building anything. Throws FormatError FORMAT_OTHER
   * for another format's content, LimitError; damage is a finding, not an error. Absent: the format holds none.
   */
  scan?(
    bytes: Uint8Array,
    options: { readonly limits?: Partial<Limits> | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<Scanned>;
  codec(): Promise<Codec<T, W, R>>;
}

/** Any format, whatever its options. */
export type AnyFormat = Format<string, Timing, never, never>;
