import {
  type Attrs,
  type BundleKind,
  FormatError,
  type MasqueradeError,
  quoteText,
  UnsafeContentError,
} from "@masquerade/core";
import * as names from "../names.ts";
import type { RawDataset, RawGroup, RawNode } from "../worker/protocol.ts";
import { textAttr, userAttrs } from "./attrs.ts";

/** An array to be read: which datasets hold it. */
export interface PlanArray {
  readonly plan: "array";
  readonly data: RawDataset;
  /** undefined: a plain array. "fill": elements equal to `_FillValue` are masked. */
  readonly mask: RawDataset | "nomask" | "fill" | undefined;
  /** The file is ours: dtype, order and fill value are told by attributes. */
  readonly ours: boolean;
}

export interface PlanGroup {
  readonly plan: "group";
  readonly kind: BundleKind;
  readonly members: ReadonlyMap<string, Plan>;
  readonly attrs: Attrs;
}

/** What is refused when it is asked for, and not before. */
export interface PlanRefused {
  readonly plan: "refused";
  readonly error: MasqueradeError;
}

export type Plan = PlanArray | PlanGroup | PlanRefused;

/** What the tree of a file means: which datasets are masks of which. Recursion is bounded: the tree's depth was. */
export function planOf(root: RawGroup, masks: "auto" | "none"): Plan {
  const ours = root.attrs.some((one) => one.name === names.MARK);
  const plan = group(root, { ours, masks });
  const single = ours && masks === "auto" ? textAttr(root.attrs, names.SINGLE) : undefined;
  if (single === undefined || plan.plan !== "group") return plan;
  const only = plan.members.get(single);
  if (only === undefined || plan.members.size !== 1)
    throw new FormatError("FORMAT_MALFORMED", "hdf5", `the root is to hold one array, "${quoteText(single, 40)}"`);
  return only;
}

interface How {
  readonly ours: boolean;
  readonly masks: "auto" | "none";
}

function member(node: RawNode, siblings: ReadonlyMap<string, RawNode>, name: string, how: How): Plan | undefined {
  switch (node.node) {
    case "group":
      return group(node, how);
    case "dataset":
      return array(node, siblings, name, how);
    case "external":
      return refused(
        new UnsafeContentError(
          "UNSAFE_LINK",
          "hdf5",
          `"${quoteText(node.path, 60)}" is a link to another file, ${quoteText(node.target, 80)}, which is never opened`,
        ),
      );
    case "dangling":
      return refused(
        new FormatError(
          "FORMAT_MALFORMED",
          "hdf5",
          `"${quoteText(node.path, 60)}" is a link to ${quoteText(node.target, 80)}, where there is nothing`,
        ),
      );
    case "cycle":
    case "other":
      // The group is there already, above; a committed datatype holds no values.
      return undefined;
  }
}

const refused = (error: MasqueradeError): PlanRefused => ({ plan: "refused", error });

function group(raw: RawGroup, how: How): Plan {
  const { ours, masks } = how;
  const siblings = new Map(raw.members);
  const kind = ours ? textAttr(raw.attrs, names.KIND) : undefined;
  const [values, mask] = [siblings.get("values"), siblings.get("mask")];
  if (masks === "auto" && values?.node === "dataset") {
    if (kind === "masked") return array(values, siblings, "values", how);
    if (!ours && siblings.size === 2 && mask?.node === "dataset" && fits(values, mask))
      return { plan: "array", data: { ...values, attrs: [...raw.attrs, ...values.attrs] }, mask, ours };
  }
  const members = new Map<string, Plan>();
  const taken = masks === "auto" ? masksOf(siblings, ours) : new Set<string>();
  for (const [name, node] of raw.members) {
    const one = taken.has(name) ? undefined : member(node, siblings, name, how);
    if (one !== undefined) members.set(name, one);
  }
  const nulls = raw.members.flatMap(([name, node]) => (node.node === "dataset" && node.shape === null ? [name] : []));
  for (const name of nulls) members.delete(name);
  const attrs = new Map([...userAttrs(raw.attrs, ours), ...nulls.map((name) => [name, null] as const)]);
  return { plan: "group", kind: kind === "list" || kind === "tuple" ? kind : "dict", members, attrs };
}

/** Names of the datasets that are another's mask. */
function masksOf(siblings: ReadonlyMap<string, RawNode>, ours: boolean): ReadonlySet<string> {
  const out = new Set<string>();
  for (const [name, node] of siblings) {
    if (node.node !== "dataset") continue;
    const mask = maskName(node, siblings, name, ours);
    if (mask !== undefined) out.add(mask);
  }
  return out;
}

function maskName(
  data: RawDataset,
  siblings: ReadonlyMap<string, RawNode>,
  name: string,
  ours: boolean,
): string | undefined {
  if (ours) {
    const told = textAttr(data.attrs, names.MASK);
    return told === undefined || told === names.NO_MASK || told === names.MASK_IS_FILL ? undefined : told;
  }
  return [`${name}_mask`, `${name}.mask`].find((one) => {
    const mask = siblings.get(one);
    return mask?.node === "dataset" && fits(data, mask);
  });
}

/** Whether a dataset can be another's mask: one small integer or bool for each element. Its type is looked at when it is read. */
function fits(data: RawDataset, mask: RawDataset): boolean {
  return data.shape !== null && mask.shape !== null && data.shape.join() === mask.shape.join() && mask.size <= 8;
}

function array(data: RawDataset, siblings: ReadonlyMap<string, RawNode>, name: string, how: How): Plan {
  const { ours, masks } = how;
  if (masks === "none") return { plan: "array", data, mask: undefined, ours };
  const told = ours ? textAttr(data.attrs, names.MASK) : undefined;
  if (told === names.NO_MASK) return { plan: "array", data, mask: "nomask", ours };
  if (told === names.MASK_IS_FILL) return { plan: "array", data, mask: "fill", ours };
  const called = maskName(data, siblings, name, ours);
  if (called === undefined) return { plan: "array", data, mask: undefined, ours };
  const mask = siblings.get(called);
  if (mask?.node !== "dataset" || data.shape === null || mask.shape?.join() !== data.shape.join())
    return refused(
      new FormatError(
        "FORMAT_MALFORMED",
        "hdf5",
        `the mask of "${quoteText(data.path, 60)}" is missing or has another shape`,
      ),
    );
  return { plan: "array", data, mask, ours };
}
