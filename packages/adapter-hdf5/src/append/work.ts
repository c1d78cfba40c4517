import {
  type AnyArray,
  arrayFromBytes,
  type Bundle,
  type BundleMember,
  CapabilityError,
  describe,
  eachArray,
  headerOf,
  isBundle,
  isMaskedArray,
  type NdArray,
  nomask,
  OptionError,
  quoteText,
  sameDType,
  zeros,
} from "@masquerade/core";
import type { KnownFile } from "../file.ts";
import * as names from "../names.ts";
import type { Hdf5WriteOptions } from "../options.ts";
import { textAttr } from "../read/attrs.ts";
import { loadArray } from "../read/load.ts";
import type { Plan, PlanArray } from "../read/plan.ts";
import type { RawDataset, RawGroup, RawNode } from "../read/raw.ts";
import { arrayNodes, type Named } from "../write/array-nodes.ts";
import { demandHarmless, withoutHidden } from "../write/cf.ts";
import { elementBytes } from "../write/elements.ts";
import { type Message, space } from "../write/messages.ts";
import type { WriteNode } from "../write/node.ts";
import { groupOf, SINGLE_NAME } from "../write/tree.ts";
import { type More, storageToExtend } from "./extend.ts";

/** What an append does to a file, found out before a byte is written. */
export interface Work {
  /** Datasets that grow, by address. */
  readonly growing: Map<number, { readonly raw: RawDataset; readonly more: More }>;
  /** Scales without values that have to grow along: the messages of their headers. */
  readonly spaces: Map<number, ReadonlyMap<number, Message>>;
  /** New members of groups, by the group's address. */
  readonly added: Map<number, Map<string, WriteNode>>;
  /** Arrays that are new, by their paths. */
  readonly values: Map<string, AnyArray>;
}

const DATASPACE = 0x01;

/** Throws OptionError and CapabilityError for what does not fit the file. */
export async function planAppend(file: KnownFile, value: AnyArray | Bundle, options: Hdf5WriteOptions): Promise<Work> {
  const work: Work = { growing: new Map(), spaces: new Map(), added: new Map(), values: new Map() };
  const { plan, tree } = file;
  if (hasCycle(tree)) throw new CapabilityError("hdf5", "append", "the file has a group that lies in itself");
  if (isBundle(value)) await addGroup(file, work, { raw: tree, plan, path: "" }, value, options);
  else if (plan.plan === "array") await grow(file, work, { plan, name: SINGLE_NAME }, value, options);
  else throw new OptionError("OPTION_INVALID", "the file has named arrays: name what is added, as a bundle", "value");
  growScales(tree, work);
  return work;
}

/** Recursion is bounded: the tree's depth was. */
const hasCycle = (node: RawNode): boolean =>
  node.node === "cycle" || (node.node === "group" && node.members.some(([, inner]) => hasCycle(inner)));

interface Place {
  readonly raw: RawGroup;
  readonly plan: Plan;
  readonly path: string;
}

/** Recursion is bounded: the tree's depth was. */
async function addGroup(
  file: KnownFile,
  work: Work,
  { raw, plan, path }: Place,
  bundle: Bundle,
  options: Hdf5WriteOptions,
): Promise<void> {
  const there = new Map(raw.members);
  for (const [name, member] of bundle.entries) {
    const at = path === "" ? name : `${path}/${name}`;
    const node = there.get(name);
    if (node === undefined) {
      add(work, raw, newNodes(work, name, at, member, options));
      continue;
    }
    const inner =
      plan.plan === "group" ? plan.members.get(name) : name === SINGLE_NAME && path === "" ? plan : undefined;
    if (isBundle(member) && node.node === "group" && inner?.plan === "group")
      await addGroup(file, work, { raw: node, plan: inner, path: at }, member, options);
    else if (!isBundle(member) && inner?.plan === "array")
      await grow(file, work, { plan: inner, name: at }, member, options);
    else throw taken(at);
  }
}

const taken = (name: string): OptionError =>
  new OptionError("OPTION_INVALID", `there is a "${quoteText(name, 60)}" of another kind in the file`, "value");

function newNodes(
  work: Work,
  name: string,
  at: string,
  member: BundleMember,
  options: Hdf5WriteOptions,
): readonly Named[] {
  const values = new Map<string, AnyArray>();
  if (isBundle(member)) for (const [inner, array] of eachArray(member)) values.set(`${at}/${inner}`, array);
  else values.set(at, member);
  for (const [path, array] of values) work.values.set(path, array);
  if (!isBundle(member)) return arrayNodes(name, headerOf(member), at, options, member);
  const header = describe(member);
  return "entries" in header ? [[name, groupOf(header, at, { options, values })]] : [];
}

function add(work: Work, group: RawGroup, nodes: readonly Named[]): void {
  const there = new Set(group.members.map(([name]) => name));
  const more = work.added.get(group.address) ?? new Map<string, WriteNode>();
  work.added.set(group.address, more);
  for (const [name, node] of nodes) {
    if (there.has(name) || more.has(name)) throw taken(name);
    more.set(name, node);
  }
}

/** An array of the file, and what it is called. */
interface Known {
  readonly plan: PlanArray;
  readonly name: string;
}

async function grow(
  file: KnownFile,
  work: Work,
  { plan, name }: Known,
  value: AnyArray,
  options: Hdf5WriteOptions,
): Promise<void> {
  const { data: raw, mask, reader } = plan;
  const shown = `"${quoteText(name, 60)}"`;
  const refuse = (why: string): CapabilityError => new CapabilityError("hdf5", "append", `${shown} ${why}`);
  if (reader !== "masquerade") throw refuse("was written by another tool; write the file anew, and add to that");
  const axis = options.axis ?? 0;
  const shape = raw.shape ?? [];
  const fits = value.shape.length === shape.length && shape.every((n, i) => i === axis || n === value.shape[i]);
  const count = value.shape[axis];
  if (!fits || count === undefined)
    throw new OptionError(
      "SHAPE_MISMATCH",
      `${shown} has shape (${shape.join(", ")}); (${value.shape.join(", ")}) does not continue it along axis ${axis}`,
      "value",
    );
  const none = shape.map(() => ({ start: 0, step: 1, count: 0, keep: true }));
  const { dtype } = await loadArray(plan, file.context({ ranges: none }), {});
  if (!sameDType(dtype, value.dtype))
    throw new OptionError(
      "DTYPE_MISMATCH",
      `${shown} is of another dtype than what is added to it; convert with astype()`,
      "value",
    );
  if (dtype.kind === "string") throw refuse("holds texts of varying length, which do not grow in place");
  if (isMaskedArray(value) && value.mask !== nomask && (mask === undefined || mask === "nomask"))
    throw refuse("has no mask in the file, and what is added has one");
  const more = (one: RawDataset, array: NdArray): void => {
    storageToExtend(one, axis, count);
    const bytes = elementBytes(array, one.stored.type);
    if (count > 0) work.growing.set(one.address, { raw: one, more: { axis, count, bytes } });
  };
  more(raw, mask === "fill" ? filled(name, raw, value) : isMaskedArray(value) ? value.data : value);
  if (typeof mask === "object") more(mask, maskOf(value));
}

/** With what is missing at the fill value. Throws CapabilityError for a valid element that equals it. */
function filled(name: string, { stored }: RawDataset, value: AnyArray): NdArray {
  const fill = arrayFromBytes(stored.fill ?? new Uint8Array(stored.type.size), value.dtype, []) as NdArray;
  if (!isMaskedArray(value)) {
    demandHarmless(name, value, fill);
    return value;
  }
  demandHarmless(name, value.data, fill, value.maskArray().toC() as Uint8Array);
  return withoutHidden(value, fill);
}

const maskOf = (value: AnyArray): NdArray =>
  (isMaskedArray(value) ? value.maskArray() : zeros("bool", value.shape)) as NdArray;

/** Scales that have no values grow with the arrays they are for. */
function growScales(tree: RawGroup, work: Work): void {
  const byAddress = new Map<number, RawDataset>();
  const pending: RawNode[] = [tree];
  for (let node = pending.pop(); node !== undefined; node = pending.pop())
    if (node.node === "group") pending.push(...node.members.map(([, inner]) => inner));
    else if (node.node === "dataset") byAddress.set(node.address, node);
  for (const { raw, more } of work.growing.values()) {
    const [address] = raw.attrs.find((one) => one.scales !== undefined)?.scales?.[more.axis] ?? [];
    const scale = address === undefined ? undefined : byAddress.get(address);
    const empty =
      scale !== undefined && textAttr(scale.attrs, "NAME")?.startsWith("This is a netCDF dimension") === true;
    if (scale === undefined || !empty || !scale.attrs.some((one) => one.name === names.SCALE)) continue;
    const length = (raw.shape?.[more.axis] ?? 0) + more.count;
    const longest = Math.max(length, scale.shape?.[0] ?? 0);
    work.spaces.set(scale.address, new Map([[DATASPACE, space([longest], scale.stored.maxShape)]]));
  }
}
