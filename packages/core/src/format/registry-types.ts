import type { AnyArray } from "../array/any.ts";
import type { Bundle } from "../array/bundle.ts";
import type { MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { Kind } from "../dtype/elements.ts";
import type { Choice, Requirements } from "./choose.ts";
import type { AnyFormat, DecodeOptions, EncodeOptions, FileWriter, Format, OpenFile, Timing } from "./format.ts";
import type { BundleHeader, Header } from "./header.ts";
import type { Loss } from "./losses.ts";
import type { ByteSink, ByteSource } from "./source.ts";
import type { Stranger } from "./stranger.ts";
import type { Wrapper } from "./wrapper.ts";

/** Formats of a registry, as a tuple or an array. */
export type Formats = readonly AnyFormat[];
/** The ids of some formats. */
export type IdOf<F extends Formats> = F[number]["id"];
/** The format among some that has an id. */
export type FormatById<F extends Formats, Id> = Extract<F[number], { readonly id: Id }>;

type ReadOf<One> = One extends Format<string, Timing, infer _W, infer R> ? R : never;
type WriteOf<One> = One extends Format<string, Timing, infer W, infer _R> ? W : never;
type KeyOf<U> = U extends unknown ? keyof U : never;
type ValueOf<U, K> = U extends unknown ? (K extends keyof U ? U[K] : never) : never;
/** Every option of every member of a union, each of them optional. */
type AnyOf<U> = { readonly [K in KeyOf<U>]?: ValueOf<U, K> | undefined };

/** Options that only some formats have: those of the format named, or of any. */
type Particular<F extends Formats, O, Options> = O extends { readonly format: infer Id extends string }
  ? string extends Id
    ? AnyOf<Options>
    : FormatById<F, Id>
  : AnyOf<Options>;
type ReadParticular<F extends Formats, O> =
  Particular<F, O, ReadOf<F[number]>> extends infer P ? (P extends AnyFormat ? ReadOf<P> : P) : never;
type WriteParticular<F extends Formats, O> =
  Particular<F, O, WriteOf<F[number]>> extends infer P ? (P extends AnyFormat ? WriteOf<P> : P) : never;

/** No keys but those listed: a misspelt option is an error at compile time, too. */
type Only<O, Keys extends PropertyKey> = { readonly [K in Exclude<keyof O, Keys>]: never };

/** What a caller may say about the value it expects: "array" is either class. */
export type As = "plain" | "masked" | "array" | "bundle";

/** Options of every way to read a file, whatever its format. */
export interface LoadCommon<Id extends string = string> extends DecodeOptions {
  /** Read it as this format, whatever the bytes look like. Default: recognised from the bytes, and the name where they are not enough. */
  readonly format?: Id | undefined;
  /** The class expected; another one is an OptionError DTYPE_MISMATCH. Nothing is converted. */
  readonly as?: As | undefined;
  /** The dtype expected; another one is an OptionError DTYPE_MISMATCH. */
  readonly dtype?: Kind | undefined;
  /** A file name, for telling formats apart that the bytes do not. Default: the source's own. */
  readonly name?: string | undefined;
}

/** Options of loading: common ones, and those of the format. */
export type LoadOptions<F extends Formats, Extra = object> = LoadCommon<IdOf<F>> & Extra & AnyOf<ReadOf<F[number]>>;
/** `O` as far as it is made of options that exist (for the format it names). */
export type ExactLoad<F extends Formats, O, Extra = object> = O &
  LoadOptions<F, Extra> &
  Only<O, keyof LoadCommon | keyof Extra | keyof ReadParticular<F, O>>;

type OnlyWhole = "as" | "dtype" | "out" | "select" | "copy";
/** Options of opening: those of loading that are not about the whole. */
export type OpenOptions<F extends Formats, Extra = object> = Omit<LoadCommon<IdOf<F>>, OnlyWhole> &
  Extra &
  AnyOf<ReadOf<F[number]>>;
/** Options of `open`, a misspelt one an error of the compiler. */
export type ExactOpen<F extends Formats, O, Extra = object> = O &
  OpenOptions<F, Extra> &
  Only<O, Exclude<keyof LoadCommon, OnlyWhole> | keyof Extra | keyof ReadParticular<F, O>>;

/** Options of writing, for callers that name the format in the options or leave it to the file's name. */
export type SaveOptions<F extends Formats, Extra = object> = EncodeOptions & {
  readonly format?: IdOf<F> | undefined;
} & Extra &
  AnyOf<WriteOf<F[number]>>;
/** Options of `save`, a misspelt one an error of the compiler. */
export type ExactSave<F extends Formats, O, Extra = object> = O &
  SaveOptions<F, Extra> &
  Only<O, keyof EncodeOptions | "format" | keyof Extra | keyof WriteParticular<F, O>>;

/** Options of `append`. */
export type AppendOptions<F extends Formats> = SaveOptions<F>;
/** Options of `append`, a misspelt one an error of the compiler. */
export type ExactAppend<F extends Formats, O> = ExactSave<F, O>;

type KindIn<O> = O extends { readonly dtype: infer K extends Kind } ? K : Kind;
/** What loading with options `O` gives. */
export type Loaded<O> = O extends { readonly as: infer A extends As }
  ? {
      readonly plain: NdArray<KindIn<O>>;
      readonly masked: MaskedArray<KindIn<O>>;
      readonly array: AnyArray<KindIn<O>>;
      readonly bundle: Bundle;
    }[A]
  : O extends { readonly dtype: Kind }
    ? AnyArray<KindIn<O>>
    : AnyArray | Bundle;

/** A file in memory. */
export interface Encoded {
  readonly bytes: Uint8Array;
  /** What was lost: traits, and content whose loss the caller accepted. */
  readonly losses: readonly Loss[];
}
/** A file in memory, in pieces. */
export interface EncodedParts {
  /** The file in pieces, in order; made as they are taken. */
  readonly parts: Iterable<Uint8Array>;
  readonly losses: readonly Loss[];
}

/** What became of a value that was added to a file. */
export interface Appended {
  /** Id of the file's format. */
  readonly format: string;
  readonly losses: readonly Loss[];
}

/** An open file, and the id of the format it turned out to be. */
export interface RecognisedFile<Id extends string = string> extends OpenFile {
  readonly format: Id;
}

/** Formats under one roof: recognised, chosen, read and written. A value; see {@link createRegistry}. */
export interface Registry<F extends Formats = Formats> {
  readonly formats: F;
  readonly wrappers: readonly Wrapper[];
  /** A registry that also takes off these kinds of outer compression. */
  withWrappers(...wrappers: readonly Wrapper[]): Registry<F>;
  readonly strangers: readonly Stranger[];
  /** A registry whose errors also tell these kinds of files by name, and what to do about them. */
  withStrangers(...strangers: readonly Stranger[]): Registry<F>;
  /** A format by id. Throws UnknownFormatError. */
  get<Id extends IdOf<F>>(id: Id): FormatById<F, Id>;
  /** The format to write under a file name, by its extension. Throws UnknownFormatError. */
  forName(name: string): F[number];
  /** The format of a file from its first bytes (4 KiB are enough), and its name where these do not settle it. Throws UnknownFormatError. */
  identify(head: Uint8Array, name?: string): F[number];
  /** Everything in a file. Outer compression is taken off. Throws a MasqueradeError. */
  load<const O extends LoadOptions<F> = object>(
    input: Uint8Array | ByteSource,
    options?: ExactLoad<F, O>,
  ): Promise<Loaded<O>>;
  /** A file to be read by parts; formats that cannot are decoded whole. The source stays the caller's to dispose. */
  open<const O extends OpenOptions<F> = object>(
    source: ByteSource,
    options?: ExactOpen<F, O>,
  ): Promise<RecognisedFile<IdOf<F>>>;
  /** A file in memory. Throws CapabilityError for content the format cannot hold (see `lossy` and `exact`). */
  encode<Id extends IdOf<F>>(
    id: Id,
    value: AnyArray | Bundle,
    options?: WriteOf<FormatById<F, Id>> & EncodeOptions,
  ): Promise<Encoded>;
  /** The same in pieces that are views of the arrays where possible. */
  encodeParts<Id extends IdOf<F>>(
    id: Id,
    value: AnyArray | Bundle,
    options?: WriteOf<FormatById<F, Id>> & EncodeOptions,
  ): Promise<EncodedParts>;
  /** A file written block by block. Throws CapabilityError where the format cannot, and as `encode` does. */
  create<Id extends IdOf<F>>(
    id: Id,
    sink: ByteSink,
    plan: Header | BundleHeader,
    options?: WriteOf<FormatById<F, Id>> & EncodeOptions,
  ): Promise<{ readonly writer: FileWriter; readonly losses: readonly Loss[] }>;
  /**
   * Adds to a file in place, as its format does: what the file is, is recognised unless `format` says. Throws CapabilityError where the format
   * cannot, and as `encode` does; OptionError for a source that cannot be written.
   */
  append<const O extends AppendOptions<F> = object>(
    file: ByteSource,
    value: AnyArray | Bundle,
    options?: ExactAppend<F, O>,
  ): Promise<Appended>;
  /** Every format, best first, each with its reasons. */
  choose(requirements?: Requirements): readonly Choice<F[number]>[];
}
