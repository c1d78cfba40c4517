import {
  type AnyArray,
  type Bundle,
  type BundleMember,
  checkOptions,
  describe,
  dtypes,
  type EncodeOptions,
  isArray,
  isBundle,
  noAttrs,
  refuseLosses,
} from "@masquerade/core";
import { hdf5 } from "./format.ts";
import * as names from "./names.ts";
import type { Hdf5WriteOptions } from "./options.ts";
import { h5TypeOf } from "./type/dtype.ts";
import type { H5Type } from "./type/h5type.ts";
import { arrayNodes } from "./write/array-nodes.ts";
import { textAttr, writeAttrs } from "./write/attrs.ts";
import { writeFile } from "./write/file.ts";
import type { WriteAttr, WriteGroup, WriteNode } from "./write/node.ts";
import { provenanceAttrs } from "./write/provenance.ts";

const mark = (): WriteAttr => ({
  name: names.MARK,
  type: h5TypeOf(dtypes.simple("int64")) as H5Type,
  shape: [],
  value: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0),
});

/** The tree of groups and datasets that a value becomes. An array by itself is the member `data` of the root. */
export function treeOf(value: AnyArray | Bundle, options: Hdf5WriteOptions): WriteGroup {
  if (isArray(value))
    return {
      node: "group",
      members: new Map(arrayNodes("data", value, options)),
      attrs: [mark(), textAttr(names.SINGLE, "data"), ...provenanceAttrs(options, noAttrs)],
    };
  return group(value, options, [mark(), ...provenanceAttrs(options, value.attrs)]);
}

/** Recursion is bounded: bundles nested more than 60 deep are refused before. */
function group(bundle: Bundle, options: Hdf5WriteOptions, marks: readonly WriteAttr[]): WriteGroup {
  const members = new Map<string, WriteNode>();
  const add = (name: string, member: BundleMember): void => {
    if (isBundle(member)) members.set(name, group(member, options, []));
    else for (const [key, node] of arrayNodes(name, member, options)) members.set(key, node);
  };
  for (const [name, member] of bundle.entries) add(name, member);
  const kind = bundle.kind === "dict" ? [] : [textAttr(names.KIND, bundle.kind)];
  return { node: "group", members, attrs: [...marks, ...kind, ...writeAttrs(bundle.attrs).attrs] };
}

/** {@link hdf5}'s file in pieces, views of the arrays' own memory where they are stored as they are. */
export function encodeHdf5Parts(
  value: AnyArray | Bundle,
  options: Hdf5WriteOptions & EncodeOptions = {},
): readonly Uint8Array[] {
  checkOptions("hdf5", hdf5.options.write, options);
  refuseLosses("hdf5", hdf5.losses(describe(value), options), options);
  return writeFile(treeOf(value, options), options.signal);
}

/** {@link hdf5}'s encode. */
export async function encodeHdf5(
  value: AnyArray | Bundle,
  options: Hdf5WriteOptions & EncodeOptions = {},
): Promise<Uint8Array> {
  const parts = encodeHdf5Parts(value, options);
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
