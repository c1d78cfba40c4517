import { CapabilityError, quoteText } from "../errors.ts";

/** What can be lost; see {@link lossKinds}. */
export type LossId =
  | "mask"
  | "field-masks"
  | "fill-value"
  | "dtype"
  | "values"
  | "precision"
  | "attrs"
  | "names"
  | "arrays"
  | "shape"
  | "titles"
  | "nomask"
  | "unset-fill-value"
  | "fill-value-dtype"
  | "hard-mask"
  | "memory-order"
  | "byte-order"
  | "hidden-values"
  | "subclass"
  | "layout"
  | "metadata"
  | "bundle-kind"
  | "keys"
  | "dims";

/** Whether each loss is content (refused unless the caller accepts) or a trait (reported; refused under `exact`), and its name for people. */
export const lossKinds: { readonly [I in LossId]: { readonly grade: "content" | "trait"; readonly what: string } } = {
  mask: { grade: "content", what: "the mask" },
  "field-masks": { grade: "content", what: "masks per field" },
  "fill-value": { grade: "content", what: "the fill value" },
  dtype: { grade: "content", what: "the dtype" },
  values: { grade: "content", what: "values" },
  precision: { grade: "content", what: "digits of precision" },
  attrs: { grade: "content", what: "attributes" },
  names: { grade: "content", what: "names" },
  arrays: { grade: "content", what: "arrays beyond the first" },
  shape: { grade: "content", what: "the shape" },
  titles: { grade: "content", what: "field titles" },
  nomask: { grade: "trait", what: "nomask, as against a mask that is all false" },
  "unset-fill-value": { grade: "trait", what: "that no fill value was set" },
  "fill-value-dtype": { grade: "trait", what: "the fill value's own dtype" },
  "hard-mask": { grade: "trait", what: "the hard mask" },
  "memory-order": { grade: "trait", what: "memory order" },
  "byte-order": { grade: "trait", what: "byte order" },
  "hidden-values": { grade: "trait", what: "values beneath the mask" },
  subclass: { grade: "trait", what: "the subclass" },
  layout: { grade: "trait", what: "the layout of the record (offsets, padding, alignment)" },
  metadata: { grade: "trait", what: "dtype metadata" },
  "bundle-kind": { grade: "trait", what: "whether the arrays were a dict, a list or a tuple" },
  keys: { grade: "trait", what: "what the keys of the dict were (numbers and the like, and their order)" },
  dims: { grade: "trait", what: "names of the dimensions" },
};

/** One thing that writing would lose. */
export interface Loss {
  readonly id: LossId;
  readonly grade: "content" | "trait";
  /** For people, e.g. "values beneath the mask". */
  readonly what: string;
  /** Why this format loses it, and what to do. One sentence. */
  readonly why: string;
  /** Path of the array it concerns; "" for a single unnamed array or the bundle itself. */
  readonly array: string;
}

/** A loss of a kind, in the words of {@link lossKinds}, with its reason. */
export function loss(id: LossId, why: string, array = ""): Loss {
  return { id, ...lossKinds[id], why, array };
}

/** How much loss the caller takes. */
export interface LossPolicy {
  /** Refuse traits too. */
  readonly exact?: boolean | undefined;
  /** Accept the loss of content: everything (true) or the ids listed. */
  readonly lossy?: boolean | readonly LossId[] | undefined;
}

/** Throws CapabilityError when `losses` holds something the policy does not accept. Returns the losses for the report. */
export function refuseLosses(format: string, losses: readonly Loss[], policy: LossPolicy): readonly Loss[] {
  for (const one of losses) {
    const accepted = policy.lossy === true || (Array.isArray(policy.lossy) && policy.lossy.includes(one.id));
    const refused = one.grade === "content" ? !accepted : policy.exact === true && !accepted;
    if (!refused) continue;
    const where = one.array === "" ? "" : ` of "${quoteText(one.array)}"`;
    const advice =
      one.grade === "content" ? "choose another format, or accept the loss (lossy)" : "leave out exact to accept it";
    throw new CapabilityError(format, one.id, `cannot hold ${one.what}${where}: ${one.why}; ${advice}`);
  }
  return losses;
}
