import { type AnyFormat, FormatError } from "@masquerade/core";
import { parseDType } from "@masquerade/numpy";
import type { Wishes } from "masquerade";
import { UsageError } from "./failure.ts";
import { nearest } from "./nearest.ts";
import { registry } from "./registry.ts";

type Flag = {
  [K in keyof Wishes]-?: NonNullable<Wishes[K]> extends boolean ? K : never;
}[keyof Wishes];

/** What `--for` understands besides languages: each is a requirement that is true or absent. */
export const words: ReadonlyMap<string, readonly [flag: Flag, about: string]> = new Map<
  string,
  readonly [Flag, string]
>([
  ["untrusted", ["untrusted", "reading it must not run code"]],
  ["readable", ["humanReadable", "a person can read it in an editor"]],
  ["lazy", ["lazy", "parts are read without the whole"]],
  ["streamed", ["streamed", "written without holding the whole"]],
  ["several", ["bundle", "several named arrays"]],
  ["browser", ["browser", "in browsers"]],
  ["append", ["append", "data are added later"]],
  ["in-place", ["inPlace", "elements are overwritten in the file"]],
  ["exact", ["exact", "nothing is lost, traits as little as content"]],
  ["compressed", ["compression", "the data are compressed"]],
  ["masked", ["masked", "the array is masked"]],
  ["hidden", ["hiddenValues", "values beneath the mask survive"]],
  ["fill", ["fillValue", "fill values survive"]],
  ["attrs", ["attrs", "attributes survive"]],
]);

/** Of formats that are equally good, first the one whose files are small, or that is fast. */
export const preferences: ReadonlySet<string> = new Set(["small", "fast"]);

/** Languages people ask about, whether or not any format is read there. */
const otherLanguages: ReadonlySet<string> = new Set(
  "python java go rust c c++ cpp c# r julia matlab fortran octave ruby swift kotlin scala idl perl php".split(" "),
);

/** Languages that some format names a reader for. */
export function languages(): string[] {
  return [...new Set(registry.formats.flatMap(({ readers }: AnyFormat) => Object.keys(readers ?? {})))];
}

/** Requirements from words as `python`, `untrusted`, `size=3GB`, `dtype=<f4`. Throws UsageError for one that means nothing. */
export function wishesOf(given: readonly string[]): Wishes {
  const known = new Set([...languages().map((one) => one.toLowerCase()), "javascript", "typescript", "js", "ts"]);
  const readers: string[] = [];
  const wishes: { -readonly [K in keyof Wishes]: Wishes[K] } = {};
  for (const word of given) {
    const small = word.toLowerCase();
    const flag = words.get(small)?.[0];
    const [, name, value] = /^(size|dtype)=(.*)$/is.exec(word) ?? [];
    if (flag !== undefined) wishes[flag] = true;
    else if (preferences.has(small)) wishes.prefer = small as "small" | "fast";
    else if (name?.toLowerCase() === "size") wishes.size = bytesOf(value as string);
    else if (name?.toLowerCase() === "dtype") wishes.dtype = dtypeOf(value as string);
    else if (known.has(small) || otherLanguages.has(small)) readers.push(word);
    else {
      const near = nearest(word, [...words.keys(), ...preferences, ...known, "size=…", "dtype=…"]);
      const hint = near === undefined ? "" : `; did you mean ${near}?`;
      const all = [...words.keys(), ...preferences, "size=3GB", "dtype=float32"].join(", ");
      throw new UsageError(`--for does not know "${word}"${hint} (${all}, or a language)`);
    }
  }
  return { ...wishes, ...(readers.length > 0 && { readers }) };
}

const units: { readonly [unit: string]: number } = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/** `3GB`, `200 MiB`, `1e6`. */
export function bytesOf(text: string): number {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?(?:e\d+)?)\s*((?:[kmgt]i?)?)b?\s*$/i.exec(text) ?? [];
  const factor = unit === undefined ? undefined : units[unit.toLowerCase()];
  if (number === undefined || factor === undefined)
    throw new UsageError(`"${text}" is no size; write it as 300MB or 3GB`);
  return Math.round(Number(number) * factor);
}

export function dtypeOf(text: string): NonNullable<Wishes["dtype"]> {
  try {
    return parseDType(text);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new UsageError(`"${text}" is no dtype; write it as float32, <i8 or datetime64[s]`);
  }
}
