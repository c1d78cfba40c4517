import { type BundleHeader, type Header, isBundleHeader } from "@masquerade/core";
import * as names from "../names.ts";
import type { H5Type } from "../type/h5type.ts";
import type { Named } from "./array-nodes.ts";
import type { WriteAttr, WriteDataset, WriteNode } from "./node.ts";

const fixedText = (name: string, text: string): WriteAttr => {
  const value = new Uint8Array(text.length + 1);
  for (let i = 0; i < text.length; i++) value[i] = text.charCodeAt(i);
  return { name, type: { class: "string", size: value.length, pad: "null-terminated", utf8: false }, shape: [], value };
};

/** How netCDF marks a dimension that has no values. */
const NO_VARIABLE = "This is a netCDF dimension but not a netCDF variable. ";
/** An element of REFERENCE_LIST. */
export const useType: H5Type = {
  class: "compound",
  size: 16,
  members: [
    { name: "dataset", offset: 0, type: { class: "reference", size: 8 } },
    { name: "dimension", offset: 8, type: { class: "integer", size: 4, signed: true, bigEndian: false } },
  ],
};
const float32: H5Type = { class: "float", size: 4, layout: "single", bigEndian: true };

/** A dimension of a group: how long it is, and the array of its name that holds its coordinates, or the scale that is in the file. */
interface Dimension {
  readonly length: number;
  readonly maximum: number;
  readonly coordinates: WriteDataset | undefined;
  readonly existing: Existing | undefined;
}

/** A scale that is in the file already, and what it becomes one for. */
export interface Existing {
  readonly length: number;
  readonly node: WriteNode;
  readonly uses: [node: WriteNode, axis: number][];
}

/** What a group has already that its new members can join. */
export interface Surroundings {
  readonly there: ReadonlyMap<string, Existing>;
  /** Names that members have. */
  readonly taken: ReadonlySet<string>;
  /** Gives a new dimension of a netCDF file its number. */
  readonly id: (() => number) | undefined;
}

const nothing: Surroundings = { there: new Map(), taken: new Set(), id: undefined };

/**
 * The members of a group with HDF5's dimension scales for the names of their dimensions, as h5py, netCDF4 and xarray look for them. A
 * one-dimensional array named as its dimension is the scale; for other names there is a dataset without values, as netCDF has them. A name
 * that means two lengths, or that another member has, is a label only.
 */
export function withScales(
  members: readonly Named[],
  headers: BundleHeader["entries"],
  around: Surroundings = nothing,
): readonly Named[] {
  const nodes = new Map(members);
  const users = [...headers].flatMap(([name, header]): (readonly [Header, WriteDataset])[] => {
    if (isBundleHeader(header)) return [];
    // A mask beside its data has their dimensions.
    const own = [nodes.get(name), nodes.get(`${name}_mask`)].filter((one) => one?.node === "dataset");
    return own.flatMap((one, i) => (i === 0 || one.plane === "mask" ? [[header, one] as const] : []));
  });
  const known = dimensionsOf(users, nodes, headers, around);
  // netCDF's library wants scales for all axes of an array, or for none.
  const attached = users.filter(([{ dims, shape }]) => dims?.every((name, i) => known.get(name)?.length === shape[i]));
  const used = new Set(attached.flatMap(([{ dims }]) => dims ?? []));
  const dimensions = new Map([...known].filter(([name]) => used.has(name)));
  const uses = new Map<string, [WriteNode, number][]>();
  const scales = new Map<string, WriteNode>();
  const changed = new Map<WriteNode, WriteDataset>();
  for (const [name, { length, maximum, coordinates, existing }] of dimensions) {
    if (existing !== undefined) {
      uses.set(name, existing.uses);
      scales.set(name, existing.node);
      continue;
    }
    const own: [WriteNode, number][] = [];
    uses.set(name, own);
    const about = [
      fixedText("CLASS", "DIMENSION_SCALE"),
      fixedText("NAME", coordinates === undefined ? NO_VARIABLE + String(length).padStart(10) : asciiName(name)),
      listOfUses(own),
      { name: names.SCALE, type: float32, shape: null, value: new Uint8Array(0) },
      ...(around.id === undefined ? [] : [dimensionId(around.id())]),
    ];
    const scale: WriteDataset =
      coordinates === undefined
        ? emptyDataset(length, maximum, about)
        : { ...coordinates, attrs: [...coordinates.attrs, ...about] };
    scales.set(name, scale);
    if (coordinates !== undefined) changed.set(coordinates, scale);
  }
  for (const [header, node] of attached) {
    const dims = header.dims ?? [];
    if (dims.length === 0 || changed.has(node)) continue;
    const lists = dims.map((name) => [scales.get(name) as WriteNode]);
    const list: WriteAttr = {
      name: "DIMENSION_LIST",
      type: { class: "references", size: 16 },
      shape: [lists.length],
      value: { lists },
    };
    const user: WriteDataset = { ...node, attrs: [...node.attrs, list] };
    changed.set(node, user);
    for (const [axis, name] of dims.entries()) uses.get(name)?.push([user, axis]);
  }
  const out: Named[] = members.map(([name, node]) => [name, changed.get(node) ?? node]);
  for (const [name, { coordinates, existing }] of dimensions)
    if (coordinates === undefined && existing === undefined) out.push([name, scales.get(name) as WriteNode]);
  return out;
}

/** By which netCDF's library knows a dimension. */
function dimensionId(id: number): WriteAttr {
  const value = new Uint8Array(4);
  new DataView(value.buffer).setInt32(0, id, true);
  return {
    name: "_Netcdf4Dimid",
    type: { class: "integer", size: 4, signed: true, bigEndian: false },
    shape: [],
    value,
  };
}

/** Names with their lengths, but for those that cannot be scales. */
function dimensionsOf(
  users: readonly (readonly [Header, WriteDataset])[],
  nodes: ReadonlyMap<string, WriteNode>,
  headers: BundleHeader["entries"],
  { there, taken }: Surroundings,
): ReadonlyMap<string, Dimension> {
  const out = new Map<string, Dimension | undefined>();
  for (const [{ dims, shape }, { maxShape }] of users) {
    for (const [axis, name] of (dims ?? []).entries()) {
      if (name === "" || name === "." || /\//.test(name)) continue;
      const length = shape[axis] as number;
      const existing = there.get(name);
      if (existing !== undefined && nodes.get(name) === undefined) {
        // Those of its length join it, whatever others of this name there are.
        out.set(name, { length: existing.length, maximum: existing.length, coordinates: undefined, existing });
        continue;
      }
      const before = out.get(name);
      if (out.has(name)) {
        // Twice along one array, or of two lengths: nobody could tell which.
        if (before?.length !== length) out.set(name, undefined);
        continue;
      }
      const header = headers.get(name);
      const node = nodes.get(name);
      const isFree = node === undefined && header === undefined && !taken.has(name);
      const plain = header !== undefined && !isBundleHeader(header) ? header : undefined;
      const isOwn = plain?.dims?.length === 1 && plain.dims[0] === name && plain.shape[0] === length;
      const marked = node?.node === "dataset" && node.attrs.some((one) => one.name === "CLASS" || one.name === "NAME");
      const coordinates = isOwn && node?.node === "dataset" && !marked ? node : undefined;
      const maximum = maxShape[axis] as number;
      const made = { length, maximum, coordinates, existing: undefined };
      out.set(name, isFree || coordinates !== undefined ? made : undefined);
    }
  }
  return new Map([...out].flatMap(([name, one]) => (one === undefined ? [] : [[name, one] as const])));
}

/** REFERENCE_LIST, filled in while the users are found: its length is known when headers are made. */
export function listOfUses(uses: readonly (readonly [WriteNode, number])[]): WriteAttr {
  return {
    name: "REFERENCE_LIST",
    type: useType,
    get shape() {
      return [uses.length];
    },
    value: { uses },
  };
}

const asciiName = (name: string): string => name.replace(/[^\x20-\x7e]/g, "?");

function emptyDataset(length: number, maximum: number, about: readonly WriteAttr[]): WriteDataset {
  const grows = maximum === Number.POSITIVE_INFINITY;
  return {
    node: "dataset",
    type: float32,
    shape: [length],
    maxShape: [maximum],
    fill: undefined,
    storage: { chunks: grows ? [1024] : undefined, gzip: undefined, shuffle: false, fletcher32: false },
    attrs: about,
    of: undefined,
    plane: "data",
    points: false,
    bytes: () => new Uint8Array(0),
  };
}
