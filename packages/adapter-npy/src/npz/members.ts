/** What a value becomes in an archive: members with keys, and the notes where the keys alone would be read as something else. */
import {
  type BundleHeader,
  type BundleKind,
  CapabilityError,
  dtypes,
  type Header,
  isBundleHeader,
  makeHeader,
  maskDType,
  quoteText,
} from "@masquerade/core";
import { encodeNotes, type NpzNotes } from "./comment.ts";
import { companions, type Group, type Layout, type Leaf, layoutOf, type MemberShape } from "./layout.ts";

/** One member: which plane of which array. */
export interface Member {
  readonly key: string;
  /** Path of the array it belongs to, as {@link eachHeader} names it. */
  readonly path: string;
  readonly plane: "data" | "mask" | "fill";
  readonly header: Pick<Header, "dtype" | "shape" | "order">;
  /** A mask that is not there: written as a 0-d False. */
  readonly nomask?: true;
}

export interface Members {
  readonly members: readonly Member[];
  readonly comment: Uint8Array;
}

/** Members in file order, and the comment. Throws CapabilityError for names an archive cannot hold side by side. */
export function membersOf(value: Header | BundleHeader): Members {
  const members: Member[] = [];
  const keys = new Set<string>();
  const add = (member: Member): void => {
    if (keys.has(member.key))
      throw new CapabilityError(
        "npz",
        "names",
        `two members would be called "${quoteText(member.key)}"; rename one of them`,
      );
    keys.add(member.key);
    members.push(member);
  };
  const unnamed = !isBundleHeader(value);
  const layout = place(value, "", "", unnamed, add);
  return { members, comment: commentFor(members, layout, value) };
}

function place(
  value: Header | BundleHeader,
  path: string,
  name: string,
  unnamed: boolean,
  add: (m: Member) => void,
): Layout {
  if (isBundleHeader(value)) {
    const inner = new Map<string, Layout>();
    for (const [child, member] of value.entries) {
      const at = path === "" ? child : `${path}/${child}`;
      inner.set(child, place(member, at, child, false, add));
    }
    return { kind: value.kind, members: inner };
  }
  const key = unnamed ? "data" : path === "" ? name : path;
  const names = companions(key, unnamed);
  const own = { path: unnamed ? "" : key };
  add({ ...own, key, plane: "data", header: value });
  let leaf: Leaf = { data: key };
  if (value.mask !== "plain") {
    const none = value.mask === "nomask";
    const header = none
      ? makeHeader({ dtype: dtypes.simple("bool"), shape: [] })
      : makeHeader({ dtype: maskDType(value.dtype), shape: value.shape, order: value.order });
    add({ ...own, key: names.mask, plane: "mask", header, ...(none && { nomask: true as const }) });
    leaf = { ...leaf, mask: names.mask, ...(none && { nomask: true as const }) };
    if (value.fillValue !== undefined) {
      add({ ...own, key: names.fill, plane: "fill", header: value.fillValue });
      leaf = { ...leaf, fill: names.fill };
    }
    if (value.hardMask) leaf = { ...leaf, hard: true };
  }
  return value.dims === undefined ? leaf : { ...leaf, dims: value.dims };
}

/** Nothing where the names alone give the same layout, so that what np.savez would write stays byte for byte the same. */
function commentFor(members: readonly Member[], layout: Layout, value: Header | BundleHeader): Uint8Array {
  const shapes = new Map(
    members.map((m): [string, MemberShape] => [
      m.key,
      // A 0-d bool that is not ours may be False too: taken so, it calls for notes rather than for luck.
      { dtype: m.header.dtype, shape: m.header.shape, isFalse: m.header.shape.length === 0 },
    ]),
  );
  const told = (notes?: NpzNotes): string => canonical(layoutOf(shapes, notes));
  const want = canonical(layout);
  if (told() === want) return new Uint8Array();
  const notes = notesFor(layout, isBundleHeader(value) ? value.kind : "array");
  for (const flat of [false, true]) {
    const tried = { ...notes, flat };
    if (told(tried) === want) return encodeNotes(tried);
  }
  throw new CapabilityError("npz", "names", "names with slashes beside groups of the same beginning; rename them");
}

function notesFor(layout: Layout, root: "array" | BundleKind): NpzNotes {
  const masked: string[] = [];
  const nomask: string[] = [];
  const hard: string[] = [];
  const dims = new Map<string, readonly string[]>();
  const kinds = new Map<string, BundleKind>();
  const walk = (one: Layout, path: string): void => {
    if ("members" in one) {
      const names = [...one.members.keys()];
      const counted = names.length > 0 && names.every((name, i) => name === String(i));
      if (path !== "" && one.kind !== (counted ? "list" : "dict")) kinds.set(path, one.kind);
      for (const [name, member] of one.members) walk(member, path === "" ? name : `${path}/${name}`);
      return;
    }
    if (one.mask !== undefined) masked.push(one.data);
    if (one.nomask) nomask.push(one.data);
    if (one.hard) hard.push(one.data);
    if (one.dims !== undefined) dims.set(one.data, one.dims);
  };
  walk(layout, "");
  return { root, kinds, masked, nomask, hard, dims };
}

/** A layout as text, for comparison. */
function canonical(layout: Layout): string {
  if (!("members" in layout))
    return JSON.stringify([layout.data, layout.mask, layout.nomask, layout.fill, layout.hard, layout.dims]);
  return `${layout.kind}{${[...(layout as Group).members].map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join()}}`;
}
