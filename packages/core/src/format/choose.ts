import { type AnyArray, isArray } from "../array/any.ts";
import { type Bundle, isBundle } from "../array/bundle.ts";
import type { DType } from "../dtype/dtype.ts";
import { type DTypeInput, resolveDType } from "../dtype/names.ts";
import { OptionError, quoteText } from "../errors.ts";
import type { AnyFormat, Capabilities } from "./format.ts";
import { type BundleHeader, describe, eachHeader, type Header, makeHeader } from "./header.ts";
import { defaultLimits } from "./limits.ts";
import type { Loss } from "./losses.ts";

/** What a file is wanted for. All of it is optional; what is false is not required. */
export interface Requirements {
  /** What is to be stored: content it cannot hold rules a format out, traits it loses put it lower. */
  readonly for?: AnyArray | Bundle | Header | BundleHeader | undefined;
  /** Languages whose usual tools must read it: "python", "java", "go", "c++", "rust", …. */
  readonly readers?: readonly string[] | undefined;
  /** Goes between people who do not trust each other: reading it must not run code. */
  readonly untrusted?: boolean | undefined;
  /** A person can read it in an editor. */
  readonly humanReadable?: boolean | undefined;
  /** Parts are read without the whole. */
  readonly lazy?: boolean | undefined;
  /** Written without holding the whole in memory. */
  readonly streamed?: boolean | undefined;
  /** Several named arrays. */
  readonly bundle?: boolean | undefined;
  /** Read and written in browsers. */
  readonly browser?: boolean | undefined;
  /** Data are added later. */
  readonly append?: boolean | undefined;
  /** Elements are overwritten in the file. */
  readonly inPlace?: boolean | undefined;
  /** Traits count as much as content: memory order, nomask, values beneath the mask, …. */
  readonly exact?: boolean | undefined;
  /** The data can be stored compressed. */
  readonly compression?: boolean | undefined;
  /** Where there is no `for`: the dtype of what is to be stored (default float64). */
  readonly dtype?: DTypeInput | undefined;
  /** Where there is no `for`: whether it is masked. */
  readonly masked?: boolean | undefined;
  /** Where there is no `for`: bytes of its data, mask not counted. */
  readonly size?: number | undefined;
  /** Values beneath the mask survive. */
  readonly hiddenValues?: boolean | undefined;
  readonly fillValue?: boolean | undefined;
  readonly attrs?: boolean | undefined;
  /** Only these formats, by id. */
  readonly formats?: readonly string[] | undefined;
}

/** One sentence about a format, and the requirement (or the loss) it is about. */
export interface Reason {
  readonly about: string;
  readonly text: string;
}

/** A format as an answer: whether it fits, and every reason for and against. */
export interface Choice<F = AnyFormat> {
  readonly format: F;
  /** Whether it meets every requirement: then `lacks` is empty. */
  readonly fits: boolean;
  readonly lacks: readonly Reason[];
  readonly gives: readonly Reason[];
  /** Everything that storing `for` in it would lose. */
  readonly losses: readonly Loss[];
}

/** Requirements that are one capability flag: what to say when it is there, and when it is not. */
const flags: readonly (readonly [keyof Requirements, keyof Capabilities, yes: string, no: string])[] = [
  ["humanReadable", "text", "a person can read it in an editor", "it is binary"],
  ["lazy", "lazy", "parts are read without the whole", "it is read whole"],
  ["streamed", "streamed", "it is written block by block", "the whole must be in memory to write it"],
  ["bundle", "bundle", "it holds several named arrays", "it holds one array"],
  ["append", "appendable", "data can be added later", "nothing can be added later"],
  ["inPlace", "inPlace", "elements can be overwritten in the file", "changing an element means writing it anew"],
  ["compression", "compressed", "the data can be compressed", "the data are not compressed"],
];
/** Flags that are worth a sentence also where nobody asks for them; the second one where they are asked for and missing. */
const merits: readonly (readonly [
  keyof Capabilities & (keyof Requirements | "mask" | "selfDescribing"),
  string,
  string,
])[] = [
  ["mask", "masks survive", "masks do not survive"],
  ["hiddenValues", "so do the values beneath them", "values beneath the mask do not survive"],
  ["fillValue", "fill values survive", "fill values do not survive"],
  ["attrs", "attributes survive", "attributes do not survive"],
  ["selfDescribing", "the file says what is in it", ""],
];

const known: ReadonlySet<string> = new Set([
  ...flags.map(([name]) => name),
  ...["for", "readers", "untrusted", "browser", "exact", "formats", "dtype", "masked", "size"],
  ...["hiddenValues", "fillValue", "attrs"],
]);

/** Every format (or those listed), best first: those that fit, by what they lose and what they give; then the others, with what they lack. */
export function choose<F extends AnyFormat>(formats: readonly F[], wanted: Requirements): readonly Choice<F>[] {
  for (const name of Object.keys(wanted))
    if (!known.has(name))
      throw new OptionError(
        "OPTION_UNKNOWN",
        `"${quoteText(name)}" is no requirement; there are ${[...known].join(", ")}`,
        name,
      );
  const target = wanted.for;
  const header =
    target === undefined ? imagined(wanted) : isArray(target) || isBundle(target) ? describe(target) : target;
  for (const id of wanted.formats ?? [])
    if (!formats.some((format) => format.id === id))
      throw new OptionError("OPTION_INVALID", `there is no format "${quoteText(id)}"`, "formats");
  return formats
    .filter((format) => wanted.formats === undefined || wanted.formats.includes(format.id))
    .map((format) => judge(format, wanted, header))
    .sort(better);
}

/** The header of an array that was only described; undefined when it was not even that. */
function imagined({ dtype, masked, size }: Requirements): Header | undefined {
  if (dtype === undefined && masked === undefined && size === undefined) return undefined;
  if (size !== undefined && !(size >= 0 && size <= Number.MAX_SAFE_INTEGER))
    throw new OptionError("OPTION_INVALID", `size is a number of bytes, not ${size}`, "size");
  const resolved = resolveDType(dtype ?? "float64") as DType;
  const count = Math.ceil((size ?? 0) / Math.max(1, resolved.itemsize));
  return makeHeader({ dtype: resolved, shape: [count], mask: masked === true ? "mask" : "plain" });
}

/** Bytes of the data of the largest array. */
function largest(header: Header | BundleHeader): number {
  let most = 0;
  for (const [, { shape, dtype }] of eachHeader(header))
    most = Math.max(
      most,
      shape.reduce((n, dim) => n * dim, dtype.itemsize),
    );
  return most;
}

function judge<F extends AnyFormat>(
  format: F,
  wanted: Requirements,
  header: Header | BundleHeader | undefined,
): Choice<F> {
  const lacks: Reason[] = [];
  const gives: Reason[] = [];
  const { capabilities } = format;
  for (const [name, flag, yes, no] of flags) {
    if (flag === "lazy" && format.sequential === true) {
      if (wanted.lazy === true)
        lacks.push({ about: name, text: "it has no index: finding a part means going through it" });
    } else if (capabilities[flag] === true) gives.push({ about: name, text: yes });
    else if (wanted[name] === true) lacks.push({ about: name, text: no });
  }
  const readers = new Map(Object.entries(format.readers ?? {}).map(([name, tool]) => [name.toLowerCase(), tool]));
  for (const language of wanted.readers ?? []) {
    const tool = readers.get(language.toLowerCase()) ?? (isOurs(language) ? "this library" : undefined);
    if (tool !== undefined) gives.push({ about: "readers", text: `${language} reads it with ${tool}` });
    else lacks.push({ about: "readers", text: `nothing usual reads it in ${language}` });
  }
  if (wanted.untrusted === true) {
    if (format.runsCode === true)
      lacks.push({ about: "untrusted", text: "its usual readers run code that a file names" });
    else gives.push({ about: "untrusted", text: "reading it runs no code" });
  }
  if (wanted.browser === true) {
    if (format.browser === false) lacks.push({ about: "browser", text: "it needs Node" });
    else gives.push({ about: "browser", text: "it works in browsers" });
  }
  for (const [flag, text, missing] of merits)
    if (capabilities[flag] === true) {
      if (flag !== "hiddenValues" || capabilities.mask) gives.push({ about: flag, text });
    } else if (flag in wanted && wanted[flag as keyof Requirements] === true)
      lacks.push({ about: flag, text: missing });
  if (header !== undefined && largest(header) > defaultLimits.maxBytes && !capabilities.lazy)
    lacks.push({ about: "size", text: "it is read whole, and arrays of more than 4 GiB are not" });
  const losses = header === undefined ? [] : format.losses(header);
  for (const one of losses)
    if (one.grade === "content" || wanted.exact === true)
      lacks.push({ about: one.id, text: `it does not keep ${one.what}: ${one.why}` });
  return { format, fits: lacks.length === 0, lacks, gives, losses };
}

const isOurs = (language: string): boolean => /^(java|type)script$|^[jt]s$/i.test(language);

function better(a: Choice, b: Choice): number {
  return (
    Number(b.fits) - Number(a.fits) ||
    a.lacks.length - b.lacks.length ||
    a.losses.length - b.losses.length ||
    Number(a.format.own ?? false) - Number(b.format.own ?? false) ||
    b.gives.length - a.gives.length
  );
}
