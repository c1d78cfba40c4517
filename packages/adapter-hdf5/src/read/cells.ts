import { CapabilityError, LimitError, type Limits, quoteText } from "@masquerade/core";
import { malformed } from "../structure/cursor.ts";
import { textAttr } from "./attrs.ts";
import { isMatlabNumber } from "./matlab.ts";
import type { RawDataset, RawGroup, RawNode } from "./raw.ts";

/** What turning MATLAB's cells into lists needs. */
export interface CellReading {
  readonly limits: Limits;
  /** Addresses that a dataset of references holds; 0: none. */
  addresses(raw: RawDataset): Promise<readonly number[]>;
}

/** Cells within cells at most. */
const MOST_DEEP = 64;

/**
 * The tree of a MATLAB file with its cells as lists: datasets of references to the objects in `#refs#`, which are what MATLAB shows. So are the
 * fields of arrays of structs. Objects of classes that MATLAB alone knows are refused. Throws FormatError, LimitError.
 */
export async function withCells(tree: RawGroup, reading: CellReading): Promise<RawGroup> {
  const byAddress = new Map<number, RawNode>();
  index(tree, byAddress);
  const cells = new Cells(byAddress, reading);
  return await cells.group(tree, 0);
}

/** Recursion is bounded: the tree's depth was. */
function index(group: RawGroup, out: Map<number, RawNode>): void {
  for (const [, node] of group.members) {
    if (node.node !== "group" && node.node !== "dataset") continue;
    if (!out.has(node.address)) out.set(node.address, node);
    if (node.node === "group") index(node, out);
  }
}

class Cells {
  private readonly byAddress: ReadonlyMap<number, RawNode>;
  private readonly reading: CellReading;
  private shown = 0;

  constructor(byAddress: ReadonlyMap<number, RawNode>, reading: CellReading) {
    this.byAddress = byAddress;
    this.reading = reading;
  }

  /** Recursion is bounded by `depth`. */
  async group(group: RawGroup, depth: number): Promise<RawGroup> {
    const members: (readonly [string, RawNode])[] = [];
    for (const [name, node] of group.members)
      members.push([name, name === "#refs#" && depth === 0 ? node : await this.node(node, depth + 1)]);
    return { ...group, members };
  }

  private async node(node: RawNode, depth: number): Promise<RawNode> {
    const { maxObjects } = this.reading.limits;
    if (++this.shown > maxObjects)
      throw new LimitError("maxObjects", `the cells of the file hold more than ${maxObjects} objects`, {
        format: "hdf5",
      });
    if (depth > MOST_DEEP) throw malformed(`cells are nested more than ${MOST_DEEP} deep`);
    if (node.node === "group") return await this.group(node, depth);
    if (node.node !== "dataset") return node;
    const { type } = node.stored;
    const what = textAttr(node.attrs, "MATLAB_class");
    if (type.class === "other" && type.points === "object") return await this.cell(node, depth);
    if (what === "cell") return { ...node, node: "group", members: [], list: [...(node.shape ?? [])] };
    if (node.attrs.some(({ name }) => name === "MATLAB_object_decode") || (what !== undefined && !isMatlabNumber(what)))
      return { node: "refused", path: node.path, error: ofClass(node.path, what ?? "?") };
    return node;
  }

  private async cell(node: RawDataset, depth: number): Promise<RawNode> {
    const addresses = await this.reading.addresses(node);
    const members: (readonly [string, RawNode])[] = [];
    for (const [i, address] of addresses.entries()) {
      const target = this.byAddress.get(address);
      if (target === undefined)
        return {
          node: "refused",
          path: node.path,
          error: new CapabilityError(
            "hdf5",
            "dtype",
            `"${quoteText(node.path, 60)}" is a cell whose element ${i} is not in the file; unreadable: "skip" leaves it out`,
          ),
        };
      members.push([String(i), await this.node(target, depth + 1)]);
    }
    const { path, address, attrs } = node;
    return { node: "group", path, address, attrs, members, list: [...(node.shape ?? [])].reverse() };
  }
}

function ofClass(path: string, what: string): CapabilityError {
  return new CapabilityError(
    "hdf5",
    "dtype",
    `"${quoteText(path, 60)}" is an object of MATLAB's class ${quoteText(what, 40)}, which MATLAB alone reads: save numbers, char or struct instead; unreadable: "skip" leaves it out`,
  );
}
