import { type BundleKind, CapabilityError, FormatError } from "@masquerade/core";

/**
 * What the zip comment says. np.load ignores it; it is written only where the members' names alone would be read as something else.
 * JSON with the key "masquerade" (the version, 1) first.
 */
export interface NpzNotes {
  /** What the file is as a whole: one array without a name, or a bundle of this kind. */
  readonly root: "array" | BundleKind;
  /** Kinds of groups whose names do not tell: group path to kind. */
  readonly kinds?: ReadonlyMap<string, BundleKind>;
  /** Arrays that are masked, by path: no others are. */
  readonly masked?: readonly string[];
  /** Masked 0-d arrays without a mask. */
  readonly nomask?: readonly string[];
  /** Masked arrays with a hard mask. */
  readonly hard?: readonly string[];
  /** Names of dimensions, by path. */
  readonly dims?: ReadonlyMap<string, readonly string[]>;
  /** Slashes in names are part of the name. */
  readonly flat?: boolean;
}

/** Longest comment a zip archive can have. */
export const COMMENT_LIMIT = 65_535;

/** The comment's bytes. */
export function encodeNotes(notes: NpzNotes): Uint8Array {
  const json: Record<string, unknown> = { masquerade: 1, root: notes.root };
  if (notes.kinds?.size) json["kinds"] = Object.fromEntries(notes.kinds);
  if (notes.masked?.length) json["masked"] = notes.masked;
  if (notes.nomask?.length) json["nomask"] = notes.nomask;
  if (notes.hard?.length) json["hard"] = notes.hard;
  if (notes.dims?.size) json["dims"] = Object.fromEntries(notes.dims);
  if (notes.flat) json["flat"] = true;
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  if (bytes.length > COMMENT_LIMIT)
    throw new CapabilityError(
      "npz",
      "names",
      `the zip comment would take ${bytes.length} bytes and can have ${COMMENT_LIMIT}; save fewer arrays in one file`,
    );
  return bytes;
}

const BEGIN = '{"masquerade":';

/** The notes in a comment; undefined for a comment of somebody else's. Throws FormatError for ones of ours that make no sense. */
export function decodeNotes(comment: Uint8Array, offset: number): NpzNotes | undefined {
  const text = new TextDecoder().decode(comment);
  if (!text.startsWith(BEGIN)) return undefined;
  const fail = (message: string, code: "FORMAT_MALFORMED" | "FORMAT_VERSION" = "FORMAT_MALFORMED"): FormatError =>
    new FormatError(code, "npz", message, { offset });
  let parsed: Map<string, unknown>;
  try {
    parsed = new Map(Object.entries(JSON.parse(text) as object));
  } catch {
    throw fail("the zip comment begins as masquerade's and is no JSON");
  }
  if (parsed.get("masquerade") !== 1) throw fail("the zip comment is of a newer masquerade", "FORMAT_VERSION");
  const known = new Set(["masquerade", "root", "kinds", "masked", "nomask", "hard", "dims", "flat"]);
  for (const key of parsed.keys())
    if (!known.has(key)) throw fail("the zip comment has an entry this version does not know", "FORMAT_VERSION");
  const root = parsed.get("root");
  if (root !== "array" && !isKind(root)) throw fail("the zip comment does not say what the file is");
  const names = (key: string): readonly string[] => {
    const value = parsed.get(key) ?? [];
    if (!isNames(value)) throw fail(`"${key}" in the zip comment is no list of names`);
    return value;
  };
  const table = <T>(key: string, fits: (value: unknown) => value is T): ReadonlyMap<string, T> => {
    const value = parsed.get(key) ?? {};
    const entries = typeof value === "object" && !Array.isArray(value) ? Object.entries(value as object) : undefined;
    if (entries === undefined || !entries.every(([, v]) => fits(v)))
      throw fail(`"${key}" in the zip comment is not what it should be`);
    return new Map(entries);
  };
  return {
    root,
    kinds: table("kinds", isKind),
    masked: names("masked"),
    nomask: names("nomask"),
    hard: names("hard"),
    dims: table("dims", isNames),
    flat: parsed.get("flat") === true,
  };
}

function isKind(value: unknown): value is BundleKind {
  return value === "dict" || value === "list" || value === "tuple";
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}
