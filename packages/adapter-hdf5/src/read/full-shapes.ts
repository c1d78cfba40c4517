import { numbersAttr } from "./attrs.ts";
import type { RawDataset, RawGroup, RawNode } from "./raw.ts";

/**
 * The tree of a netCDF file with each variable as long as its dimensions are: a dimension without end is as long as the longest of its variables,
 * and netCDF gives fill values for what the others have not. Recursion is bounded: the tree's depth was.
 */
export function withFullShapes(tree: RawGroup): RawGroup {
  const datasets: RawDataset[] = [];
  collect(tree, datasets);
  const byId = new Map<number, number>();
  for (const one of datasets) {
    const id = isScale(one) ? numbersAttr(one.attrs, "_Netcdf4Dimid")[0] : undefined;
    if (id !== undefined) byId.set(id, one.address);
  }
  const lengths = new Map<number, number>();
  for (const one of datasets)
    for (const [axis, scale] of scalesOf(one, byId).entries())
      if (scale !== undefined && isEndless(one, axis))
        lengths.set(scale, Math.max(lengths.get(scale) ?? 0, one.shape?.[axis] ?? 0));
  return group(tree, byId, lengths);
}

function collect({ members }: RawGroup, out: RawDataset[]): void {
  for (const [, node] of members) {
    if (node.node === "group") collect(node, out);
    else if (node.node === "dataset") out.push(node);
  }
}

const isScale = ({ attrs }: RawDataset): boolean => attrs.some(({ name }) => name === "_Netcdf4Dimid");
const isEndless = ({ stored }: RawDataset, axis: number): boolean => stored.maxShape[axis] === Number.POSITIVE_INFINITY;

/** Addresses of the dimension scales of each axis. */
function scalesOf(one: RawDataset, byId: ReadonlyMap<number, number>): readonly (number | undefined)[] {
  const rank = one.shape?.length ?? 0;
  const attached = one.attrs.find(({ scales }) => scales !== undefined)?.scales;
  if (attached?.length === rank) return attached.map(([first]) => first);
  const ids = numbersAttr(one.attrs, "_Netcdf4Coordinates");
  if (ids.length === rank && rank > 0) return ids.map((id) => byId.get(id));
  // A variable that is a dimension itself.
  return rank === 1 && isScale(one) ? [one.address] : [];
}

function group(raw: RawGroup, byId: ReadonlyMap<number, number>, lengths: ReadonlyMap<number, number>): RawGroup {
  const members = raw.members.map(([name, node]): readonly [string, RawNode] => {
    if (node.node === "group") return [name, group(node, byId, lengths)];
    return [name, node.node === "dataset" ? lengthened(node, byId, lengths) : node];
  });
  return { ...raw, members };
}

function lengthened(
  raw: RawDataset,
  byId: ReadonlyMap<number, number>,
  lengths: ReadonlyMap<number, number>,
): RawDataset {
  const { shape, stored } = raw;
  if (shape === null || stored.layout.layout !== "chunked") return raw;
  const scales = scalesOf(raw, byId);
  const full = shape.map((n, axis) => {
    const scale = scales[axis];
    return scale === undefined || !isEndless(raw, axis) ? n : Math.max(n, lengths.get(scale) ?? 0);
  });
  return full.every((n, axis) => n === shape[axis]) ? raw : { ...raw, shape: full, stored: { ...stored, shape: full } };
}
