import { isMasqueradeError, LimitError } from "@masquerade/core";
import type { RawAttr, RawDataset, RawGroup, RawNode } from "../read/raw.ts";
import { attributesOf, type MetadataBudget } from "./attributes.ts";
import { malformed } from "./cursor.ts";
import { isDataset, readStored, virtualSource } from "./dataset.ts";
import { isGroup, type Link, linksOf } from "./group.ts";
import type { GlobalHeaps } from "./heaps.ts";
import type { FileImage } from "./image.ts";
import { type ObjectHeader, readObjectHeader } from "./object-header.ts";

/** Depth of groups; HDF5 itself knows no limit. */
const MAX_DEPTH = 64;
/** Soft links on the way to one object; HDF5's own limit. */
const MAX_SOFT = 16;

/** Everything in a file but the elements of its datasets. Throws FormatError, LimitError. */
export async function walkFile(image: FileImage, heaps: GlobalHeaps, root: number): Promise<RawGroup> {
  const walk = new Walk(image, heaps, root);
  const node = await walk.visit({ name: "", order: undefined, to: "object", address: root }, "/", []);
  if (node.node !== "group") throw malformed("the root is no group", root + image.base);
  return walk.named(node);
}

/** What a soft link leads to. */
type Target = { readonly address: number } | { readonly external: string } | undefined;

class Walk {
  private readonly image: FileImage;
  private readonly heaps: GlobalHeaps;
  private readonly root: number;
  private readonly budget: MetadataBudget;
  private readonly maxDepth: number;
  private objects = 0;
  private readonly headers = new Map<number, ObjectHeader>();
  private readonly links = new Map<number, ReadonlyMap<string, Link>>();
  /** Names of datasets by address, the first one found. */
  private readonly names = new Map<number, string>();

  constructor(image: FileImage, heaps: GlobalHeaps, root: number) {
    this.image = image;
    this.heaps = heaps;
    this.root = root;
    const { limits } = image.patience;
    this.budget = { left: limits.maxMetadataBytes };
    this.maxDepth = Math.min(limits.maxDepth, MAX_DEPTH);
  }

  /** Recursion is bounded by the depth. `above`: addresses of the groups a path lies in. */
  async visit(link: Link, path: string, above: readonly number[]): Promise<RawNode> {
    const { maxObjects } = this.image.patience.limits;
    if (++this.objects > maxObjects)
      throw new LimitError("maxObjects", `the file has more than ${maxObjects} objects`, { format: "hdf5" });
    if (above.length > this.maxDepth)
      throw new LimitError("maxDepth", `groups are nested more than ${this.maxDepth} deep`, { format: "hdf5" });
    switch (link.to) {
      case "object":
        return await this.object(link.address, path, above);
      case "file":
        return { node: "external", path, target: `${link.file}:${link.path}` };
      case "unknown":
        return { node: "dangling", path, target: "a link of an unknown kind" };
      case "path": {
        const target = await this.follow(above.at(-1) ?? this.root, link.path, { left: MAX_SOFT });
        if (target === undefined) return { node: "dangling", path, target: link.path };
        if ("external" in target) return { node: "external", path, target: target.external };
        return await this.object(target.address, path, above);
      }
    }
  }

  private async object(address: number, path: string, above: readonly number[]): Promise<RawNode> {
    if (above.includes(address)) return { node: "cycle", path, target: "" };
    const header = await this.header(address);
    if (isDataset(header)) return await this.dataset(header, path);
    if (!isGroup(header)) return { node: "other", path, target: "" };
    const members: (readonly [string, RawNode])[] = [];
    const prefix = path === "/" ? "/" : `${path}/`;
    for (const link of (await this.linksAt(address)).values())
      members.push([link.name, await this.visit(link, prefix + link.name, [...above, address])]);
    return { node: "group", path, address, members, attrs: await this.attributes(header) };
  }

  /** A dataset of a kind that is not understood is refused when it is asked for; damage is refused at once. */
  private async dataset(header: ObjectHeader, path: string): Promise<RawNode> {
    try {
      const stored = await readStored(this.image, header);
      if (!this.names.has(header.address)) this.names.set(header.address, path.slice(path.lastIndexOf("/") + 1));
      return {
        node: "dataset",
        path,
        address: header.address,
        shape: stored.shape,
        size: stored.type.size,
        stored,
        sources: await this.sources(stored),
        attrs: await this.attributes(header),
      };
    } catch (error) {
      if (isMasqueradeError(error, "CAPABILITY_MISSING")) return { node: "refused", path, error };
      throw error;
    }
  }

  private async sources({ layout }: RawDataset["stored"]): Promise<readonly string[]> {
    if (layout.layout !== "virtual") return [];
    if (layout.address === undefined) return ["other datasets"];
    return [virtualSource(await this.heaps.object(layout.address, layout.entry), this.image)];
  }

  private attributes(header: ObjectHeader): Promise<RawAttr[]> {
    return attributesOf(this.image, this.heaps, header, this.budget);
  }

  private async header(address: number): Promise<ObjectHeader> {
    const known = this.headers.get(address);
    if (known !== undefined) return known;
    const header = await readObjectHeader(this.image, address);
    this.headers.set(address, header);
    return header;
  }

  private async linksAt(address: number): Promise<ReadonlyMap<string, Link>> {
    const known = this.links.get(address);
    if (known !== undefined) return known;
    const header = await this.header(address);
    const listed = isGroup(header) ? await linksOf(this.image, header) : [];
    const links = new Map(listed.map((link) => [link.name, link]));
    this.links.set(address, links);
    return links;
  }

  /** Where a path leads, from a group; recursion is bounded by the soft links left. */
  private async follow(from: number, path: string, soft: { left: number }): Promise<Target> {
    if (--soft.left < 0) return undefined;
    let at = path.startsWith("/") ? this.root : from;
    for (const name of path.split("/")) {
      if (name === "" || name === ".") continue;
      const link = (await this.linksAt(at)).get(name);
      if (link === undefined || link.to === "unknown") return undefined;
      if (link.to === "file") return { external: `${link.file}:${link.path}` };
      if (link.to === "object") at = link.address;
      else {
        const target = await this.follow(at, link.path, soft);
        if (target === undefined || "external" in target) return target;
        at = target.address;
      }
    }
    return { address: at };
  }

  /** The tree once more, dimension scales by their names and references by paths. */
  named(group: RawGroup, paths: ReadonlyMap<number, string> = pathsOf(group)): RawGroup {
    const members = group.members.map(([name, node]) => {
      if (node.node === "group") return [name, this.named(node, paths)] as const;
      if (node.node !== "dataset") return [name, node] as const;
      const scales = node.attrs.find((one) => one.scales !== undefined)?.scales;
      const told = { ...node, attrs: node.attrs.map((one) => withPaths(one, paths)) };
      if (scales === undefined || scales.length !== node.shape?.length) return [name, told] as const;
      const named = scales.map(([first]) => (first === undefined ? "" : (this.names.get(first) ?? "")));
      if (named.every((one) => one === "")) return [name, told] as const;
      return [name, { ...told, scales: named }] as const;
    });
    return { ...group, members, attrs: group.attrs.map((one) => withPaths(one, paths)) };
  }
}

/** Paths of all objects by their addresses, of those with several the first. Recursion is bounded: the tree's depth was. */
export function pathsOf(group: RawGroup, out: Map<number, string> = new Map()): Map<number, string> {
  if (!out.has(group.address)) out.set(group.address, group.path);
  for (const [, node] of group.members) {
    if (node.node === "group") pathsOf(node, out);
    else if (node.node === "dataset" && !out.has(node.address)) out.set(node.address, node.path);
  }
  return out;
}

const withPaths = (attr: RawAttr, paths: ReadonlyMap<number, string>): RawAttr =>
  attr.references === undefined
    ? attr
    : { ...attr, value: attr.references.map((address) => (address === 0 ? "" : (paths.get(address) ?? ""))) };
