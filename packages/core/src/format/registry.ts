import type { AnyArray } from "../array/any.ts";
import type { Bundle } from "../array/bundle.ts";
import { CapabilityError, isMasqueradeError, OptionError, quoteText, UnknownFormatError } from "../errors.ts";
import { choose } from "./choose.ts";
import { checkExpectation, demandExpected } from "./expect.ts";
import type { AnyFormat, Codec, DecodeOptions, EncodeOptions, OpenFile } from "./format.ts";
import { type BundleHeader, describe, type Header } from "./header.ts";
import { demandDistinct, formatForName, settle, sniffAll } from "./identify.ts";
import { openDecoded, readFile } from "./lazy.ts";
import { type Limits, resolveLimits } from "./limits.ts";
import { type Loss, refuseLosses } from "./losses.ts";
import { checkOptions, isCommonOption } from "./options.ts";
import { peel, wrapperOf } from "./peel.ts";
import { readHead, readWhole } from "./read-whole.ts";
import type {
  Appended,
  Encoded,
  EncodedParts,
  Formats,
  LoadCommon,
  RecognisedFile,
  Registry,
} from "./registry-types.ts";
import { type ByteSource, fromBytes, plainBytes } from "./source.ts";
import type { Stranger } from "./stranger.ts";
import type { Wrapper } from "./wrapper.ts";

/** Bytes from which on a file of a sequential format is loaded by parts. */
const LARGE = 2 ** 26;
/** How often one format may pass a file on to another. */
const MOST_REDIRECTS = 4;

type AnyCodec = Codec<"sync" | "async", object, object>;
type AnyLoadOptions = LoadCommon & Readonly<Record<string, unknown>>;

/**
 * A registry of formats: a value, of which there may be many. Ids and option types are inferred from the formats given. No codec is
 * loaded before it is needed. Throws OptionError when an id occurs twice.
 */
export function createRegistry<const F extends Formats>(...formats: F): Registry<F> {
  return makeRegistry(formats, [], []);
}

function makeRegistry<const F extends Formats>(
  formats: F,
  wrappers: readonly Wrapper[],
  strangers: readonly Stranger[],
): Registry<F> {
  demandDistinct(formats);
  demandDistinct(wrappers);
  demandDistinct(strangers);
  const codecs = new Map<AnyFormat, Promise<AnyCodec>>();

  const get = (id: string): AnyFormat => {
    const format = formats.find((one) => one.id === id);
    if (format !== undefined) return format;
    const ids = formats.map((one) => one.id);
    throw new UnknownFormatError(
      "FORMAT_UNKNOWN",
      `no format "${quoteText(String(id), 40)}"; there are ${ids.join(", ")}`,
      ids,
    );
  };
  const codecOf = (format: AnyFormat): Promise<AnyCodec> => {
    const known = codecs.get(format);
    if (known !== undefined) return known;
    const codec = format.codec() as unknown as Promise<AnyCodec>;
    codecs.set(format, codec);
    // A failed load (a network that was away) may be tried again.
    codec.catch(() => codecs.delete(format));
    return codec;
  };

  /** Throws, before anything is read, for options that no format has. */
  const demandKnown = (options: AnyLoadOptions): void => {
    if (options.format !== undefined) {
      checkOptions(options.format, get(options.format).options.read, given(options));
      return;
    }
    for (const key of Object.keys(given(options)))
      if (!isCommonOption(key) && !formats.some((one) => Object.hasOwn(one.options.read, key)))
        throw new OptionError("OPTION_UNKNOWN", `no format has a reading option "${quoteText(key)}"`, key);
  };
  /** The options for one format's codec. Without a format named, options of other formats are put up with. */
  const readOptions = (format: AnyFormat, options: AnyLoadOptions): DecodeOptions => {
    const entries = Object.entries(given(options));
    const own = entries.filter(([key]) => isCommonOption(key) || Object.hasOwn(format.options.read, key));
    const kept = Object.fromEntries(own);
    checkOptions(format.id, format.options.read, kept);
    return kept;
  };

  /** Runs `use` with a format, and with the one it redirects to when it finds another format's content. */
  const following = async <V>(
    first: AnyFormat,
    options: AnyLoadOptions,
    use: (codec: AnyCodec, options: DecodeOptions, format: AnyFormat) => Promise<V>,
  ): Promise<V> => {
    const tried = [first];
    for (let format = first; ; ) {
      try {
        return await use(await codecOf(format), readOptions(format, options), format);
      } catch (error) {
        if (options.format !== undefined || !isMasqueradeError(error, "FORMAT_OTHER")) throw error;
        const next = formats.find((one) => one.id === error.redirect);
        if (next === undefined || tried.includes(next) || tried.length > MOST_REDIRECTS) throw error;
        tried.push(next);
        format = next;
      }
    }
  };

  const decode = async (
    bytes: Uint8Array,
    name: string | undefined,
    limits: Limits,
    options: AnyLoadOptions,
  ): Promise<AnyArray | Bundle> => {
    const fixed = options.format === undefined ? undefined : get(options.format);
    const inner = await peel(formats, wrappers, bytes, name, { limits, signal: options.signal, fixed, strangers });
    return await following(inner.format, options, async (codec, given) => await codec.decode(inner.bytes, given));
  };

  /** Everything in a large file of a sequential format, its bytes never in memory together; undefined for other files. */
  const loadByParts = async (source: ByteSource, options: AnyLoadOptions): Promise<AnyArray | Bundle | undefined> => {
    if (source.size === undefined || source.size < LARGE || options.select !== undefined || options.out !== undefined)
      return undefined;
    const head = await readHead(source, options.signal);
    const fixed = options.format === undefined ? undefined : get(options.format);
    const sniffed = sniffAll(formats, head, strangers);
    const format = fixed ?? [...sniffed.yes, ...sniffed.maybe][0];
    if (format?.sequential !== true || wrapperOf(formats, wrappers, head) !== undefined) return undefined;
    const settled = fixed ?? settle(formats, sniffed, options.name ?? source.name);
    return await following(settled, options, async (codec, given) => {
      if (codec.open === undefined) return undefined;
      const file = await codec.open(source, given);
      try {
        return await readFile(file, { signal: options.signal });
      } finally {
        await file[Symbol.asyncDispose]();
      }
    });
  };

  const load = async (input: Uint8Array | ByteSource, options: AnyLoadOptions = {}): Promise<AnyArray | Bundle> => {
    checkExpectation(options.as, options.dtype);
    demandKnown(options);
    const limits = resolveLimits(options.limits);
    // Not instanceof: the bytes may come from another realm.
    const inMemory = ArrayBuffer.isView(input);
    if (!inMemory) {
      const streamed = await loadByParts(input, options);
      if (streamed !== undefined) {
        demandExpected(streamed, options.as, options.dtype);
        return streamed;
      }
    }
    const bytes = inMemory ? plainBytes(input) : await readWhole(input, limits.maxBytes, options);
    const name = options.name ?? (inMemory ? undefined : input.name);
    // Of a source, progress is the bytes read: one scale, not two.
    const value = await decode(bytes, name, limits, inMemory ? options : withoutProgress(options));
    demandExpected(value, options.as, options.dtype);
    return value;
  };

  const open = async (source: ByteSource, options: AnyLoadOptions = {}): Promise<RecognisedFile> => {
    demandKnown(options);
    const limits = resolveLimits(options.limits);
    const name = options.name ?? source.name;
    const head = await readHead(source, options.signal);
    const fixed = options.format === undefined ? undefined : get(options.format);
    const rivals = fixed === undefined ? formats : [fixed];
    const sniffed = sniffAll(rivals, head, strangers);
    if ((fixed === undefined || sniffed.maybe.length === 0) && wrapperOf(rivals, wrappers, head) !== undefined) {
      const bytes = await readWhole(source, limits.maxBytes, options);
      const inner = await peel(formats, wrappers, bytes, name, { limits, signal: options.signal, fixed, strangers });
      // Nothing was taken off: it only looked compressed.
      if (inner.wrappers.length > 0) return await openWith(inner.format, fromBytes(inner.bytes, name), limits, options);
    }
    return await openWith(fixed ?? settle(formats, sniffed, name), source, limits, options);
  };
  const openWith = (
    format: AnyFormat,
    source: ByteSource,
    limits: Limits,
    options: AnyLoadOptions,
  ): Promise<RecognisedFile> =>
    following(format, options, async (codec, given, { id }) => {
      if (codec.open !== undefined) return recognised(id, await codec.open(source, given));
      return recognised(
        id,
        openDecoded(await codec.decode(await readWhole(source, limits.maxBytes, options), withoutProgress(given))),
      );
    });

  /** Everything that is settled before a byte is written: the options hold, the losses are accepted. */
  const prepare = async (
    id: string,
    header: Header | BundleHeader,
    options: EncodeOptions | undefined,
  ): Promise<{ format: AnyFormat; codec: AnyCodec; losses: readonly Loss[] }> => {
    const format = get(id);
    checkOptions(format.id, format.options.write, options);
    const losses = refuseLosses(format.id, format.losses(header, options as never), options ?? {});
    return { format, codec: await codecOf(format), losses };
  };

  /** Id of the format of a file that is to be added to. */
  const formatOf = async (file: ByteSource, { signal }: EncodeOptions): Promise<string> => {
    const head = await readHead(file, signal);
    const wrapper = wrapperOf(formats, wrappers, head);
    if (wrapper === undefined) return settle(formats, sniffAll(formats, head, strangers), file.name).id;
    throw new CapabilityError(wrapper.id, "append", "a compressed file is not added to in place; write it anew");
  };

  const registry = {
    formats,
    wrappers,
    withWrappers: (...more: readonly Wrapper[]) => makeRegistry(formats, [...wrappers, ...more], strangers),
    strangers,
    withStrangers: (...more: readonly Stranger[]) => makeRegistry(formats, wrappers, [...strangers, ...more]),
    get,
    forName: (name: string) => formatForName(formats, wrappers, name),
    identify: (head: Uint8Array, name?: string) => settle(formats, sniffAll(formats, head, strangers), name),
    load,
    open,
    async encode(id: string, value: AnyArray | Bundle, options?: EncodeOptions): Promise<Encoded> {
      const { codec, losses } = await prepare(id, describe(value), options);
      return { bytes: await codec.encode(value, options), losses };
    },
    async encodeParts(id: string, value: AnyArray | Bundle, options?: EncodeOptions): Promise<EncodedParts> {
      const { codec, losses } = await prepare(id, describe(value), options);
      const parts = codec.encodeParts?.(value, options) ?? [await codec.encode(value, options)];
      return { parts, losses };
    },
    async create(
      id: string,
      sink: Parameters<Registry["create"]>[1],
      plan: Header | BundleHeader,
      options?: EncodeOptions,
    ) {
      const { format, codec, losses } = await prepare(id, plan, options);
      if (codec.create === undefined)
        throw new CapabilityError(format.id, "streamed", "cannot be written block by block; encode it whole");
      return { writer: await codec.create(sink, plan, options), losses };
    },
    async append(
      file: ByteSource,
      value: AnyArray | Bundle,
      { format: id, ...options }: EncodeOptions & { readonly format?: string } = {},
    ): Promise<Appended> {
      if (file.write === undefined)
        throw new OptionError("OPTION_INVALID", 'what is added to must be open to be written: mode "r+"', "mode");
      const { codec, format, losses } = await prepare(id ?? (await formatOf(file, options)), describe(value), options);
      if (codec.append === undefined)
        throw new CapabilityError(format.id, "append", "a file of this format is not added to in place; write it anew");
      await codec.append(file, value, options);
      return { format: format.id, losses };
    },
    choose: (requirements: Parameters<Registry["choose"]>[0]) => choose(formats, requirements ?? {}),
  };
  // The one cast: ids are checked by get(), options by checkOptions(), classes and dtypes by demandExpected().
  return registry as unknown as Registry<F>;
}

const withoutProgress = <O extends DecodeOptions>(options: O): O => ({ ...options, onProgress: undefined });

/** Reading options without those that the registry itself heeds. */
const given = ({ format: _format, as: _as, dtype: _dtype, name: _name, ...rest }: AnyLoadOptions): object => rest;

const recognised = (format: string, file: OpenFile): RecognisedFile => ({
  format,
  header: file.header,
  names: file.names,
  ...(file.unreadable && { unreadable: file.unreadable }),
  array: (name) => file.array(name),
  [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
});
