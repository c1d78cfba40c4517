import {
  type AnyArray,
  type BundleHeader,
  describe,
  eachArray,
  type Header,
  headerOf,
  isBundle,
  isBundleHeader,
  OptionError,
  quoteText,
} from "@masquerade/core";
import type { KnownFile } from "../file.ts";
import type { Hdf5WriteOptions } from "../options.ts";
import { numbersAttr, textAttr } from "../read/attrs.ts";
import type { RawDataset, RawGroup } from "../read/raw.ts";
import { arrayNodes, type Named } from "../write/array-nodes.ts";
import type { WriteNode } from "../write/node.ts";
import { type Existing, withScales } from "../write/scales.ts";
import { groupOf, mark } from "../write/tree.ts";
import type { Nodes } from "./change.ts";
import { type Addition, taken, type Work } from "./work.ts";

interface Around {
  readonly datasets: readonly RawDataset[];
  readonly nodes: Nodes;
  readonly netcdf: boolean;
}

/** New members of groups that are there. */
export class Additions {
  private readonly file: KnownFile;
  private readonly work: Work;
  private readonly options: Hdf5WriteOptions;
  private readonly around: Around;
  /** The next number of a netCDF dimension. */
  private nextId: number;

  constructor(file: KnownFile, work: Work, options: Hdf5WriteOptions, around: Around) {
    this.file = file;
    this.work = work;
    this.options = options;
    this.around = around;
    this.nextId = around.datasets.reduce((n, one) => Math.max(n, ...idsOf(one).map((id) => id + 1)), 0);
  }

  addAll(additions: readonly Addition[]): void {
    for (const one of additions) this.add(one);
  }

  private add({ group, path, members }: Addition): void {
    const { options, work } = this;
    const made: Named[] = [];
    const headers = new Map<string, BundleHeader["entries"] extends ReadonlyMap<string, infer H> ? H : never>();
    const values = new Map<string, AnyArray>();
    const there = new Map<string, Scale>();
    for (const scale of this.scalesFor(group)) if (!there.has(scale.name)) there.set(scale.name, scale);
    for (const [name, member] of members) {
      const at = path === "" ? name : `${path}/${name}`;
      if (isBundle(member)) {
        for (const [inner, array] of eachArray(member)) values.set(inner === "" ? at : `${at}/${inner}`, array);
        const header = describe(member);
        headers.set(name, header);
        if (isBundleHeader(header)) made.push([name, this.told(groupOf(header, at, { options, values }))]);
        continue;
      }
      values.set(at, member);
      const header = headerOf(member);
      headers.set(name, header);
      const [first, ...others] = arrayNodes(name, header, at, growingAlong(header, there, options), member);
      if (first !== undefined) made.push([first[0], this.told(first[1])], ...others);
    }
    for (const [at, array] of values) work.values.set(at, array);
    const names = new Set(group.members.map(([name]) => name));
    const nodes = withScales(made, headers, {
      there,
      taken: names,
      id: this.around.netcdf ? () => this.nextId++ : undefined,
    });
    const more = new Map<string, WriteNode>();
    for (const [name, node] of nodes) {
      if (names.has(name) || more.has(name)) throw taken(path === "" ? name : `${path}/${name}`);
      demandName(name);
      more.set(name, node);
    }
    work.added.set(group.address, more);
    for (const { address, uses } of there.values()) if (uses.length > 0) work.uses.set(address, uses);
  }

  /** Among members that other tools wrote, ours say that they are. */
  private told(node: WriteNode): WriteNode {
    if (this.file.writer === "masquerade" || (node.node !== "group" && node.node !== "dataset")) return node;
    return { ...node, attrs: [...node.attrs, mark()] };
  }

  /** Dimension scales that arrays of a group can have: its own; in netCDF files those of the groups around it too. */
  private scalesFor(group: RawGroup): readonly Scale[] {
    const byPath = new Map<string, RawDataset>();
    for (const one of this.around.datasets) byPath.set(one.path, one);
    const out: Scale[] = [];
    const prefix = (at: string): string => (at === "/" ? "/" : `${at}/`);
    for (let at = group.path; ; at = at.slice(0, at.lastIndexOf("/")) || "/") {
      for (const [path, raw] of byPath) {
        const name = path.slice(prefix(at).length);
        if (path !== prefix(at) + name || name.includes("/") || textAttr(raw.attrs, "CLASS") !== "DIMENSION_SCALE")
          continue;
        if (raw.shape?.length === 1) out.push(this.scale(name, raw));
      }
      if (!this.around.netcdf || at === "/") return out;
    }
  }

  private scale(name: string, raw: RawDataset): Scale {
    const { address } = raw;
    const more = this.work.growing.get(address)?.more.count ?? 0;
    const told = this.work.spaces.get(address);
    const uses = this.work.uses.get(address) ?? [];
    const length = told === undefined ? (raw.shape?.[0] as number) + more : this.grownLength(address);
    const grows = raw.stored.maxShape[0] === Number.POSITIVE_INFINITY;
    return { name, address, length, grows, node: this.around.nodes.at(address), uses };
  }

  /** Of a scale without values: as long as the arrays that it is for. */
  private grownLength(address: number): number {
    let most = 0;
    for (const { raw, more } of this.work.growing.values()) {
      const scales = raw.attrs.find((one) => one.scales !== undefined)?.scales ?? [];
      if (scales[more.axis]?.[0] === address) most = Math.max(most, (raw.shape?.[more.axis] as number) + more.count);
    }
    return most;
  }
}

type Scale = Existing & { readonly name: string; readonly address: number; readonly grows: boolean };

/** What joins a dimension without end may grow along it, as those that have it already. */
function growingAlong(header: Header, there: ReadonlyMap<string, Scale>, options: Hdf5WriteOptions): Hdf5WriteOptions {
  const more = (header.dims ?? []).flatMap((name, axis) => {
    const scale = there.get(name);
    return scale?.grows === true && scale.length === header.shape[axis] ? [axis] : [];
  });
  return more.length === 0 ? options : { ...options, resizable: [...(options.resizable ?? []), ...more] };
}

const idsOf = (raw: RawDataset): readonly number[] => numbersAttr(raw.attrs, "_Netcdf4Dimid");

function demandName(name: string): void {
  if (name === "" || name === "." || /[/\0]/.test(name))
    throw new OptionError(
      "OPTION_INVALID",
      `"${quoteText(name, 40)}" is no name for a member of an HDF5 group`,
      "value",
    );
}
