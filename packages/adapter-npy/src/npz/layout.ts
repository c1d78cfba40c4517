/**
 * How members make up a value: which are masks and fill values of which, which belong into groups. By convention from the names, or by
 * the notes in the zip comment.
 */
import { type BundleKind, type DType, FormatError, maskDType, quoteText, sameDType, sameShape } from "@masquerade/core";
import type { NpzNotes } from "./comment.ts";

/** What the layout looks at in a member. */
export interface MemberShape {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Of a 0-d bool: whether it is False. */
  readonly isFalse?: boolean | undefined;
}

/** One array: the keys of its members. */
export interface Leaf {
  readonly data: string;
  /** Key of the mask; absent for plain arrays. */
  readonly mask?: string;
  /** The mask is the 0-d False that stands for nomask. */
  readonly nomask?: true;
  readonly fill?: string;
  readonly hard?: true;
  readonly dims?: readonly string[];
}

export interface Group {
  readonly kind: BundleKind;
  readonly members: ReadonlyMap<string, Layout>;
}

export type Layout = Leaf | Group;

export const isGroup = (layout: Layout): layout is Group => "members" in layout;

/** Groups within groups: names with more parts are not split. */
const DEPTH = 64;

type Members = ReadonlyMap<string, MemberShape>;

/** Names of the members of an array beside its data; "data" for the unnamed one. */
export function companions(key: string, unnamed: boolean): { readonly mask: string; readonly fill: string } {
  return unnamed ? { mask: "mask", fill: "fill_value" } : { mask: `${key}.mask`, fill: `${key}.fill_value` };
}

/** The members as np.load lists them: a dict of plain arrays. */
export function plainLayout(members: Members): Group {
  return { kind: "dict", members: new Map([...members.keys()].map((key) => [key, { data: key }])) };
}

/** The layout the members' names tell, or the notes where there are any. Throws FormatError for notes that do not fit the members. */
export function layoutOf(members: Members, notes?: NpzNotes): Layout {
  const leaves = notes === undefined ? leavesByConvention(members) : leavesByNotes(members, notes);
  const only = leaves.size === 1 ? leaves.get("data") : undefined;
  const bare = only !== undefined && (only.mask === undefined || only.mask === "mask");
  if (notes?.root === "array" || (notes === undefined && bare)) {
    if (only === undefined) throw misfit("one array without a name is announced, and there are others");
    return only;
  }
  return groupUp(leaves, notes);
}

function misfit(message: string): FormatError {
  return new FormatError("FORMAT_MALFORMED", "npz", `the zip comment does not fit the members: ${message}`);
}

/** Whether `mask` can be the mask of `data`: one bool per element, or per field. */
function isMaskOf(mask: MemberShape, data: MemberShape): boolean {
  return sameShape(mask.shape, data.shape) && sameDType(mask.dtype, maskDType(data.dtype));
}

function isNomask(mask: MemberShape): boolean {
  return mask.dtype.kind === "bool" && mask.shape.length === 0 && mask.isFalse === true;
}

function withFill(members: Members, leaf: Leaf, fill: string): Leaf {
  return members.get(fill)?.shape.length === 0 ? { ...leaf, fill } : leaf;
}

function leavesByConvention(members: Members): Map<string, Leaf> {
  const claimed = new Set<string>();
  const found = new Map<string, Leaf>();
  // Short names first, so that x.mask is the mask of x before it could have one of its own.
  for (const key of [...members.keys()].sort((a, b) => a.length - b.length)) {
    if (claimed.has(key)) continue;
    const data = members.get(key) as MemberShape;
    let leaf: Leaf = { data: key };
    const spellings: readonly (readonly [mask: string, fill: string])[] = [
      [`${key}.mask`, `${key}.fill_value`],
      [`${key}_mask`, `${key}_fill_value`],
      ...(key === "data" ? [["mask", "fill_value"] as const] : []),
    ];
    for (const [name, fill] of spellings) {
      const mask = claimed.has(name) ? undefined : members.get(name);
      if (mask === undefined) continue;
      if (isMaskOf(mask, data)) leaf = withFill(members, { data: key, mask: name }, fill);
      else if (!name.endsWith("_mask") && data.shape.length > 0 && isNomask(mask))
        leaf = withFill(members, { data: key, mask: name, nomask: true }, fill);
      else continue;
      break;
    }
    for (const name of [leaf.mask, leaf.fill]) if (name !== undefined) claimed.add(name);
    found.set(key, leaf);
  }
  // In the order of the file.
  return new Map(
    [...members.keys()].flatMap((key) => (found.has(key) && !claimed.has(key) ? [[key, found.get(key) as Leaf]] : [])),
  );
}

function leavesByNotes(members: Members, notes: NpzNotes): Map<string, Leaf> {
  const masked = new Set(notes.masked);
  const nomask = new Set(notes.nomask);
  const hard = new Set(notes.hard);
  const claimed = new Set<string>();
  const found = new Map<string, Leaf>();
  for (const key of masked) {
    const data = members.get(key);
    const names = companions(key, notes.root === "array");
    const mask = members.get(names.mask);
    if (data === undefined || mask === undefined) throw misfit(`"${quoteText(key)}" or its mask is missing`);
    const none = isNomask(mask) && (data.shape.length > 0 || nomask.has(key));
    if (!none && !isMaskOf(mask, data)) throw misfit(`the mask of "${quoteText(key)}" has another shape or dtype`);
    let leaf: Leaf = { data: key, mask: names.mask };
    if (none) leaf = { ...leaf, nomask: true };
    leaf = withFill(members, leaf, names.fill);
    if (hard.has(key)) leaf = { ...leaf, hard: true };
    claimed.add(names.mask);
    if (leaf.fill !== undefined) claimed.add(leaf.fill);
    found.set(key, leaf);
  }
  const leaves = new Map<string, Leaf>();
  for (const [key, { shape }] of members) {
    if (claimed.has(key)) continue;
    const leaf: Leaf = found.get(key) ?? { data: key };
    const dims = notes.dims?.get(key);
    if (dims !== undefined && dims.length !== shape.length) throw misfit(`"${quoteText(key)}" has other dimensions`);
    leaves.set(key, dims === undefined ? leaf : { ...leaf, dims });
  }
  return leaves;
}

interface Growing {
  readonly members: Map<string, Leaf | Growing>;
}

/** Names split at slashes into groups, unless a part would be empty or name an array already there. */
function groupUp(leaves: ReadonlyMap<string, Leaf>, notes: NpzNotes | undefined): Group {
  const root: Growing = { members: new Map() };
  for (const [key, leaf] of leaves) {
    const parts = key.split("/");
    const splits = notes?.flat !== true && parts.length <= DEPTH && !parts.includes("") && !clashes(leaves, parts);
    if (!splits) {
      root.members.set(key, leaf);
      continue;
    }
    let at = root;
    for (const part of parts.slice(0, -1)) {
      let inner = at.members.get(part);
      if (inner === undefined || !("members" in inner)) {
        inner = { members: new Map() };
        at.members.set(part, inner);
      }
      at = inner;
    }
    at.members.set(parts.at(-1) as string, leaf);
  }
  return settle(root, "", notes);
}

/** Whether a beginning of the path is itself an array. */
function clashes(leaves: ReadonlyMap<string, Leaf>, parts: readonly string[]): boolean {
  for (let n = 1; n < parts.length; n++) if (leaves.has(parts.slice(0, n).join("/"))) return true;
  return false;
}

/** Kinds of all groups: the notes', else a list where the names are 0, 1, … in order. */
function settle(group: Growing, path: string, notes: NpzNotes | undefined): Group {
  const members = new Map<string, Layout>();
  for (const [name, member] of group.members)
    members.set(name, "members" in member ? settle(member, path === "" ? name : `${path}/${name}`, notes) : member);
  const names = [...members.keys()];
  const counted = names.length > 0 && names.every((name, i) => name === String(i));
  const noted = path === "" ? (notes?.root as BundleKind | undefined) : notes?.kinds?.get(path);
  if (noted !== undefined && noted !== "dict" && names.length > 0 && !counted)
    throw misfit(`the items of ${path === "" ? "the file" : `"${quoteText(path)}"`} are not numbered`);
  return { kind: noted ?? (counted ? "list" : "dict"), members };
}
