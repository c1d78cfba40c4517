import { type AnyArray, type BundleHeader, dtypes, type Header, isBundleHeader, noAttrs } from "@masquerade/core";
import * as names from "../names.ts";
import { h5TypeOf } from "../type/dtype.ts";
import type { H5Type } from "../type/h5type.ts";
import { arrayNodes, type Named } from "./array-nodes.ts";
import { textAttr, writeAttrs } from "./attrs.ts";
import type { WriteAttr, WriteGroup, WriteNode } from "./node.ts";
import { provenanceAttrs } from "./provenance.ts";
import { withScales } from "./scales.ts";
import type { TreeOptions } from "./storage.ts";

export const mark = (): WriteAttr => ({
  name: names.MARK,
  type: h5TypeOf(dtypes.simple("int64")) as H5Type,
  shape: [],
  value: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0),
});

/** The arrays by their paths, where they are there as a whole. */
export type Values = ReadonlyMap<string, AnyArray>;

interface How {
  readonly options: TreeOptions;
  readonly values: Values | undefined;
  readonly marks?: readonly WriteAttr[];
}

/** What an array by itself is called. */
export const SINGLE_NAME = "data";

/** The tree of groups and datasets that a file becomes. An array by itself is the member `data` of the root. */
export function treeOf(header: Header | BundleHeader, options: TreeOptions, values?: Values): WriteGroup {
  if (isBundleHeader(header)) {
    const marks = [mark(), ...provenanceAttrs(options, header.attrs)];
    return groupOf(header, "", { options, values, marks });
  }
  const entries = new Map([[SINGLE_NAME, header]]);
  const members = withScales(arrayNodes(SINGLE_NAME, header, "", options, values?.get("")), entries);
  return {
    node: "group",
    members: new Map(members),
    attrs: [mark(), textAttr(names.SINGLE, SINGLE_NAME), ...provenanceAttrs(options, noAttrs)],
  };
}

/** Recursion is bounded: bundles nested more than 60 deep are refused before. */
export function groupOf(header: BundleHeader, path: string, how: How): WriteGroup {
  const { options, values, marks = [] } = how;
  const members: Named[] = [];
  for (const [name, member] of header.entries) {
    const at = path === "" ? name : `${path}/${name}`;
    if (isBundleHeader(member)) members.push([name, groupOf(member, at, { options, values })]);
    else members.push(...arrayNodes(name, member, at, options, values?.get(at)));
  }
  const kind = header.kind === "dict" ? [] : [textAttr(names.KIND, header.kind)];
  const attrs = [...marks, ...kind, ...writeAttrs(header.attrs).attrs];
  return { node: "group", members: new Map<string, WriteNode>(withScales(members, header.entries)), attrs };
}
