import { CapabilityError, quoteText } from "@masquerade/core";
import type { KnownFile } from "../file.ts";
import type { RawDataset, RawGroup, RawNode } from "../read/raw.ts";
import { GlobalHeaps } from "../structure/heaps.ts";
import type { FileImage } from "../structure/image.ts";
import { type HeaderToCarry, headerToCarry } from "./header.ts";
import { type GroupLink, groupLinks } from "./links.ts";
import { References } from "./references.ts";

/** An object of a file, and what points out of it. */
export interface FileObject {
  readonly raw: RawGroup | RawDataset;
  readonly header: HeaderToCarry;
  /** Of a group. */
  readonly links: readonly GroupLink[];
  /** Addresses that its dimension scales' attributes name, which can be written anew. */
  readonly scales: readonly number[];
}

/** Attributes of dimension scales: these point to objects, and are written anew when those are. */
export const isScaleAttr = (name: string): boolean => name === "DIMENSION_LIST" || name === "REFERENCE_LIST";

/** The objects of a file by address, each once, and who points to whom. */
export class FileObjects {
  readonly byAddress: Map<number, FileObject> = new Map();
  private readonly image: FileImage;
  private readonly references: References;
  private readonly root: number;
  /** An object that could not be understood, so that nobody knows what it points to. */
  private obscure: string | undefined;

  private constructor({ image, walked }: KnownFile) {
    this.image = image;
    this.root = walked.address;
    this.references = new References(image, new GlobalHeaps(image));
  }

  static async of(file: KnownFile): Promise<FileObjects> {
    const objects = new FileObjects(file);
    const pending: RawNode[] = [file.walked];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (node.node === "refused") objects.obscure ??= node.path;
      if ((node.node !== "group" && node.node !== "dataset") || objects.byAddress.has(node.address)) continue;
      await objects.add(node);
      file.image.check();
      if (node.node === "group") pending.push(...node.members.map(([, inner]) => inner));
    }
    return objects;
  }

  private async add(raw: RawGroup | RawDataset): Promise<void> {
    const { image, references } = this;
    const header = await headerToCarry(image, raw.address, raw.path);
    const links = raw.node === "group" ? await groupLinks(image, header.header) : [];
    const scales: number[] = [];
    for (const { name, type } of raw.attrs)
      if (isScaleAttr(name)) for (const to of await references.ofAttribute(header, name, type)) scales.push(to);
    this.byAddress.set(raw.address, { raw, header, links, scales });
  }

  get(address: number): FileObject {
    return this.byAddress.get(address) as FileObject;
  }

  datasets(): RawDataset[] {
    return [...this.byAddress.values()].flatMap(({ raw }) => (raw.node === "dataset" ? [raw] : []));
  }

  /**
   * Objects that get another place when those of `first` do: groups above them, and who points to them as scales. Throws CapabilityError
   * where something else points to one of them.
   */
  async moving(first: Iterable<number>): Promise<ReadonlySet<number>> {
    const towards = new Map<number, number[]>();
    const edge = (from: number, to: number): void => {
      const known = towards.get(to);
      if (known === undefined) towards.set(to, [from]);
      else known.push(from);
    };
    for (const [address, { links, scales }] of this.byAddress) {
      for (const link of links) if (link.address !== undefined) edge(address, link.address);
      for (const other of scales) edge(address, other);
    }
    const out = new Set(first);
    for (const one of out) for (const other of towards.get(one) ?? []) out.add(other);
    if (out.size > 0) out.add(this.root);
    await this.demandNoOthers(out);
    return out;
  }

  private async demandNoOthers(moving: ReadonlySet<number>): Promise<void> {
    const refuse = (path: string, why: string): CapabilityError =>
      new CapabilityError("hdf5", "append", `"${quoteText(path, 60)}" ${why}; write the file anew, and add to that`);
    const dataMoves = [...moving].some((one) => this.byAddress.get(one)?.raw.node === "dataset");
    if (dataMoves && this.obscure !== undefined)
      throw refuse(this.obscure, "cannot be understood, and may point to what would get another place");
    for (const { raw, header } of this.byAddress.values()) {
      for (const { name, type } of raw.attrs) {
        if (isScaleAttr(name)) continue;
        for (const to of await this.references.ofAttribute(header, name, type))
          if (moving.has(to)) throw refuse(raw.path, `has the reference "${quoteText(name, 40)}" to ${this.named(to)}`);
      }
      if (raw.node !== "dataset") continue;
      for await (const to of this.references.ofElements(raw))
        if (moving.has(to)) throw refuse(raw.path, `holds references to ${this.named(to)}`);
    }
  }

  private named(address: number): string {
    return `"${quoteText(this.byAddress.get(address)?.raw.path ?? "", 60)}", which would get another place`;
  }
}
