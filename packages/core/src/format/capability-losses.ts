import type { Subclass } from "../array/any.ts";
import { type DType, fieldCount, type StructDType } from "../dtype/dtype.ts";
import type { Capabilities } from "./format.ts";
import { type BundleHeader, type Header, isBundleHeader } from "./header.ts";
import { type Loss, type LossId, loss } from "./losses.ts";

/** What a format's flags do not say. */
export interface LossRules {
  /** Losses that do not happen though no flag says so; all of these do unless listed. */
  readonly keeps?: readonly ("titles" | "layout" | "metadata" | "bundle-kind" | "keys" | "names")[] | undefined;
  /** Subclasses that come back. Default: none. */
  readonly subclasses?: readonly Subclass[] | undefined;
  /** Better sentences than the usual ones: why this format loses it and what to do. */
  readonly why?: { readonly [I in LossId]?: string } | undefined;
}

const usual: { readonly [I in LossId]?: string } = {
  mask: "the format has no place for a mask; save filled() values, or use a format with masks",
  "field-masks": "its masks cover whole elements; save the fields one by one",
  "fill-value": "it would come back unset",
  attrs: "the format has no place for attributes",
  arrays: "the format holds one array; save them one by one",
  names: "the format holds a single array without a name",
  titles: "fields keep their names only",
  nomask: "it would come back as a full mask of False",
  "hard-mask": "it would come back soft",
  "memory-order": "it would come back in C order, with the same values",
  "byte-order": "it would come back little-endian, with the same values",
  "hidden-values": "only the values that are not masked are written",
  subclass: "it would come back as a plain ndarray or MaskedArray",
  layout: "fields would come back packed, one after another",
  metadata: "the dtype would come back without its metadata",
  "bundle-kind": "it would come back as a dict",
  keys: "names are text there, and come back as such",
  dims: "axes come back without names",
};

/**
 * The losses that follow from a format's flags, for a descriptor's `losses`. Loss of a dtype, a mask or the like is found at every array
 * of a bundle. What no flag tells (an unset fill value, precision, names a format cannot spell) is the adapter's to add.
 */
export function lossesFromCapabilities(
  capabilities: Capabilities,
  header: Header | BundleHeader,
  rules: LossRules = {},
): Loss[] {
  const found: Loss[] = [];
  const say = (id: LossId, path: string, why?: string): void => {
    found.push(loss(id, rules.why?.[id] ?? why ?? usual[id] ?? "the format does not keep it", path));
  };
  const keeps = new Set<LossId>(rules.keeps ?? []);
  if (isBundleHeader(header)) bundleLosses(capabilities, header, keeps, say);
  // Not recursion: a header may come from a file, and its depth with it.
  const pending: (readonly [path: string, header: Header | BundleHeader])[] = [["", header]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, one] = next;
    if (!isBundleHeader(one)) {
      arrayLosses(capabilities, one, path, keeps, rules, say);
      continue;
    }
    const inner = [...one.entries].map(([name, member]) => [path === "" ? name : `${path}/${name}`, member] as const);
    if (one.attrs.size > 0 && !capabilities.attrs) say("attrs", path);
    if (one.kind !== "dict" && capabilities.bundle && !keeps.has("bundle-kind")) say("bundle-kind", path);
    if (one.keys !== undefined && one.keys.size > 0 && !keeps.has("keys")) say("keys", path);
    for (const [below, member] of inner)
      if (isBundleHeader(member) && capabilities.bundle && !capabilities.nested)
        say("names", below, "the format holds arrays side by side, not in groups");
    pending.push(...inner.reverse());
  }
  return found;
}

type Say = (id: LossId, path: string, why?: string) => void;

function bundleLosses(capabilities: Capabilities, header: BundleHeader, keeps: ReadonlySet<LossId>, say: Say): void {
  if (capabilities.bundle) return;
  if (header.entries.size !== 1) say("arrays", "");
  else if (!keeps.has("names")) say("names", "");
}

function arrayLosses(
  capabilities: Capabilities,
  header: Header,
  path: string,
  keeps: ReadonlySet<LossId>,
  rules: LossRules,
  say: Say,
): void {
  const dtype = dtypeFacts(header.dtype);
  const foreign = [...dtype.kinds].find((kind) => !(capabilities.kinds as readonly string[]).includes(kind));
  if (foreign !== undefined) say("dtype", path, `the format has no ${foreign}; convert with astype()`);
  if (header.mask !== "plain") {
    if (!capabilities.mask)
      say("mask", path, header.mask === "nomask" ? "it would come back as a plain array; save its data" : undefined);
    else if (header.mask === "nomask" && !capabilities.nomask) say("nomask", path);
    if (header.mask === "mask" && capabilities.mask) {
      if (header.dtype.kind === "struct" && !capabilities.fieldMasks) say("field-masks", path);
      if (!capabilities.hiddenValues) say("hidden-values", path);
    }
    if (header.fillValue !== undefined && !capabilities.fillValue) say("fill-value", path);
    if (header.hardMask && !capabilities.hardMask) say("hard-mask", path);
  }
  if (header.order === "F" && !capabilities.memoryOrder) say("memory-order", path);
  if (dtype.big && !capabilities.byteOrder) say("byte-order", path);
  if (header.attrs.size > 0 && !capabilities.attrs) say("attrs", path);
  if (header.dims !== undefined && !capabilities.dims) say("dims", path);
  if (header.subclass !== undefined && !(rules.subclasses ?? []).includes(header.subclass)) say("subclass", path);
  if (dtype.titles && !keeps.has("titles")) say("titles", path);
  if (dtype.layout && !keeps.has("layout")) say("layout", path);
  if (dtype.metadata && !keeps.has("metadata")) say("metadata", path);
}

/** What of a dtype a format may lose, fields within fields included. */
interface DTypeFacts {
  readonly kinds: ReadonlySet<string>;
  readonly big: boolean;
  readonly titles: boolean;
  /** Offsets, padding, alignment or record type other than a packed struct's. */
  readonly layout: boolean;
  readonly metadata: boolean;
}

function dtypeFacts(dtype: DType): DTypeFacts {
  const kinds = new Set<string>();
  const facts = { big: false, titles: false, layout: false, metadata: false };
  const pending: DType[] = [dtype];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    kinds.add(one.kind);
    facts.big ||= one.byteOrder === "big";
    facts.metadata ||= one.metadata !== undefined && one.metadata.size > 0;
    if (one.kind !== "struct") continue;
    facts.layout ||= one.record || !isPacked(one);
    for (const field of one.fields) {
      facts.titles ||= field.title !== undefined && field.title !== null;
      pending.push(field.dtype);
    }
  }
  return { kinds, ...facts };
}

/** Whether a record is its fields one after another, without padding, and not marked as aligned. */
function isPacked(dtype: StructDType): boolean {
  let end = 0;
  for (const field of dtype.fields) {
    if (field.offset !== end) return false;
    end += field.dtype.itemsize * fieldCount(field);
  }
  return end === dtype.itemsize && !(dtype.aligned && dtype.alignment > 1);
}
