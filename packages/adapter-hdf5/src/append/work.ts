import {
  type AnyArray,
  type Bundle,
  type BundleMember,
  isBundle,
  isMaskedArray,
  type MaskedArray,
  nomask,
  OptionError,
  quoteText,
} from "@masquerade/core";
import type { KnownFile } from "../file.ts";
import * as names from "../names.ts";
import type { Hdf5WriteOptions } from "../options.ts";
import { textAttr } from "../read/attrs.ts";
import { isOnlyName } from "../read/conventions.ts";
import type { Plan } from "../read/plan.ts";
import type { RawDataset, RawGroup, RawNode } from "../read/raw.ts";
import { withoutHidden } from "../write/cf.ts";
import { type Message, space } from "../write/messages.ts";
import { SINGLE_NAME } from "../write/tree.ts";
import { Additions } from "./add.ts";
import type { Changes, Nodes } from "./change.ts";
import { DATASPACE, type More } from "./extend.ts";
import { growthOf, type Known } from "./grow.ts";
import { growDimensions } from "./grow-netcdf.ts";

/** What an append does to a file, found out before a byte is written. */
export interface Work extends Pick<Changes, "numbers" | "added" | "uses"> {
  /** Datasets that grow, by address. */
  readonly growing: Map<number, { readonly raw: RawDataset; readonly more: More }>;
  /** Scales without values that have to grow along: the messages of their headers. */
  readonly spaces: Map<number, ReadonlyMap<number, Message>>;
  /** Arrays that are new, by their paths. */
  readonly values: Map<string, AnyArray>;
}

/** Throws OptionError and CapabilityError for what does not fit the file. */
export async function planAppend(
  file: KnownFile,
  value: AnyArray | Bundle,
  options: Hdf5WriteOptions,
  { datasets, nodes }: { readonly datasets: readonly RawDataset[]; readonly nodes: Nodes },
): Promise<Work> {
  const work: Work = {
    growing: new Map(),
    spaces: new Map(),
    numbers: new Map(),
    added: new Map(),
    uses: new Map(),
    values: new Map(),
  };
  const { plan, walked } = file;
  const planner = new Planner(file, work, options);
  if (isBundle(value)) await planner.group({ raw: walked, plan, path: "" }, value);
  else if (plan.plan === "array") await planner.grow({ plan, name: SINGLE_NAME }, value);
  else
    throw new OptionError(
      "OPTION_INVALID",
      "the file has named arrays: name what is added, as a bundle (masq: --name)",
      "value",
    );
  const spaces = planner.netcdf ? growDimensions(datasets, work.growing) : growScales(datasets, work.growing);
  for (const [address, messages] of spaces) work.spaces.set(address, messages);
  new Additions(file, work, options, { datasets, nodes, netcdf: planner.netcdf }).addAll(planner.additions);
  return work;
}

/** A group of the file, and what it is read as. */
interface Place {
  readonly raw: RawGroup;
  readonly plan: Plan;
  readonly path: string;
}

/** New members of a group of the file, by their names. */
export interface Addition {
  readonly group: RawGroup;
  readonly path: string;
  readonly members: ReadonlyMap<string, BundleMember>;
}

class Planner {
  readonly additions: Addition[] = [];
  /** Whether the file is read as netCDF4 reads it. */
  readonly netcdf: boolean;
  private readonly file: KnownFile;
  private readonly work: Work;
  private readonly options: Hdf5WriteOptions;

  constructor(file: KnownFile, work: Work, options: Hdf5WriteOptions) {
    this.file = file;
    this.work = work;
    this.options = options;
    this.netcdf = file.writer === "netcdf4";
  }

  /** Recursion is bounded: the tree's depth was. */
  async group({ raw, plan, path }: Place, bundle: Bundle): Promise<void> {
    const there = new Map(raw.members);
    const fresh = new Map<string, BundleMember>();
    for (const [name, member] of bundle.entries) {
      const at = path === "" ? name : `${path}/${name}`;
      const inner = plan.plan === "group" ? plan.members.get(name) : isSingle(path, name) ? plan : undefined;
      const node = there.get(name);
      if (node === undefined && inner === undefined) fresh.set(name, member);
      else if (isBundle(member) && node?.node === "group" && inner?.plan === "group")
        await this.group({ raw: node, plan: inner, path: at }, member);
      else if (!isBundle(member) && inner?.plan === "array") await this.grow({ plan: inner, name: at }, member);
      else throw taken(at);
    }
    if (fresh.size === 0) return;
    if (this.additions.some(({ group }) => group.address === raw.address)) throw twice(raw.path, "be added to");
    this.additions.push({ group: raw, path, members: fresh });
  }

  async grow(known: Known, given: AnyArray): Promise<void> {
    const { axis = 0, hidden } = this.options;
    const drops = hidden === "drop" && isMaskedArray(given) && given.mask !== nomask;
    const value = drops ? (given.with({ data: withoutHidden(given as MaskedArray) }) as AnyArray) : given;
    for (const { raw, more } of await growthOf(this.file, known, value, axis)) {
      if (this.work.growing.has(raw.address)) throw twice(raw.path, "grow");
      if (more.count === 0) continue;
      this.work.growing.set(raw.address, { raw, more });
      const rows = rowsOf(this.file.walked, raw);
      if (rows !== undefined) this.work.numbers.set(raw.address, [rows, (raw.shape?.[0] ?? 0) + more.count]);
    }
  }
}

const isSingle = (path: string, name: string): boolean => path === "" && name === SINGLE_NAME;

export const taken = (name: string): OptionError =>
  new OptionError("OPTION_INVALID", `there is a "${quoteText(name, 60)}" of another kind in the file`, "value");

const twice = (name: string, what: string): OptionError =>
  new OptionError("OPTION_INVALID", `"${quoteText(name, 60)}" would ${what} twice, by two of its names`, "value");

/** The attribute that says how many rows a table of PyTables has. Throws OptionError for a table with indices, which PyTables alone keeps right. */
function rowsOf(tree: RawGroup, raw: RawDataset): string | undefined {
  if (textAttr(raw.attrs, "CLASS") !== "TABLE" || !raw.attrs.some(({ name }) => name === "NROWS")) return undefined;
  const parts = raw.path.split("/").slice(1);
  const name = parts.pop();
  let group: RawGroup | undefined = tree;
  for (const part of parts) {
    const next: RawNode | undefined = group?.members.find(([own]) => own === part)?.[1];
    group = next?.node === "group" ? next : undefined;
  }
  if (group?.members.some(([own]) => own === `_i_${name}`) === true)
    throw new OptionError(
      "OPTION_INVALID",
      `"${quoteText(raw.path, 60)}" has indices that only PyTables keeps: remove them, or add with PyTables`,
      "value",
    );
  return "NROWS";
}

/** Scales that have no values grow with the arrays they are for. */
function growScales(
  datasets: readonly RawDataset[],
  growing: Work["growing"],
): Map<number, ReadonlyMap<number, Message>> {
  const byAddress = new Map(datasets.map((one) => [one.address, one]));
  const out = new Map<number, ReadonlyMap<number, Message>>();
  for (const { raw, more } of growing.values()) {
    const [address] = raw.attrs.find((one) => one.scales !== undefined)?.scales?.[more.axis] ?? [];
    const scale = address === undefined ? undefined : byAddress.get(address);
    if (scale === undefined || !isOnlyName(scale) || !scale.attrs.some((one) => one.name === names.SCALE)) continue;
    const length = (raw.shape?.[more.axis] ?? 0) + more.count;
    const longest = Math.max(length, scale.shape?.[0] ?? 0);
    out.set(scale.address, new Map([[DATASPACE, space([longest], scale.stored.maxShape)]]));
  }
  return out;
}
