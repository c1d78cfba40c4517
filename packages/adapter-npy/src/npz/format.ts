import {
  type BundleHeader,
  type Capabilities,
  type Codec,
  eachHeader,
  type Format,
  type Header,
  isBundleHeader,
  type Loss,
  loss,
  lossesFromCapabilities,
  quoteText,
} from "@masquerade/core";
import { layoutLosses, npyKinds, objectOptions, objectsWhy, withObjects } from "../npy/format.ts";

/** Options for writing NPZ. */
export interface NpzWriteOptions {
  /** Deflate the members, as np.savez_compressed does. Default false. */
  readonly compress?: boolean | undefined;
  /** zlib's level, 0 to 9, when compressing. Default 6, as np.savez_compressed. */
  readonly level?: number | undefined;
  /** Write object arrays, as a pickle that readers must ask for (`np.load(…, allow_pickle=True)`). Refused by default. */
  readonly objects?: boolean | undefined;
  /** Whose pickle object arrays become, byte for byte. Default: NumPy 1.x's, which both read. */
  readonly numpy?: 1 | 2 | undefined;
}

/** Options for reading NPZ. */
export interface NpzReadOptions {
  /** Read object arrays, whose elements are a pickle: through an exact allow-list, nothing is run. Refused by default. */
  readonly objects?: boolean | undefined;
  /** The members as np.load lists them: a flat dict of plain arrays, no masks, no groups. Default false. */
  readonly plain?: boolean | undefined;
}

const capabilities: Capabilities = {
  kinds: npyKinds,
  mask: true,
  fieldMasks: true,
  hiddenValues: true,
  nomask: true,
  fillValue: true,
  hardMask: true,
  memoryOrder: true,
  byteOrder: true,
  attrs: false,
  dims: true,
  bundle: true,
  nested: true,
  lazy: true,
  streamed: true,
  appendable: false,
  inPlace: false,
  text: false,
  selfDescribing: true,
  compressed: true,
  aliasing: true,
};

/** NumPy's archive of named arrays: a zip of NPY files. */
export const npz: Format<"npz", "sync", NpzWriteOptions, NpzReadOptions> = {
  id: "npz",
  title: "NumPy archive (NPZ)",
  extensions: [".npz"],
  mediaTypes: ["application/x-npz", "application/zip"],
  timing: "sync",
  capabilities,
  options: {
    write: {
      compress: { type: "boolean", about: "Deflate the members, as np.savez_compressed.", default: false },
      level: { type: "integer", about: "Deflate level.", minimum: 0, maximum: 9, default: 6, placeholder: "N" },
      ...objectOptions,
    },
    read: {
      objects: {
        type: "boolean",
        about: "Read object arrays: their pickle goes through an exact allow-list, nothing is run.",
        default: false,
      },
      plain: {
        type: "boolean",
        about: "A flat dict of the members as np.load lists them: no masks, no groups.",
        default: false,
      },
    },
  },
  losses: (header, options) => [
    ...lossesFromCapabilities(withObjects(capabilities, options?.objects), header, {
      keeps: ["titles", "layout", "names", "bundle-kind"],
      why: {
        attrs: "an archive of arrays has no place for other values; save as pickle or HDF5, or make arrays of them",
        dtype: objectsWhy,
        metadata: "np.save drops dtype metadata",
      },
    }),
    ...layoutLosses(header),
    ...fillLosses(header, options?.objects),
    ...nameLosses(header),
  ],
  readers: { python: "numpy.load", julia: "NPZ.jl", "c++": "cnpy", rust: "ndarray-npy", go: "npyio" },
  recipe:
    'import numpy as np\nf = np.load("FILE")\nmask = f["mask"] if f["mask"].any() else np.ma.nomask\n' +
    'array = np.ma.MaskedArray(f["data"], mask, fill_value=f["fill_value"] if "fill_value" in f else None)',
  recipes: async (file) => (await import("./recipes.ts")).npzRecipes(file),
  sniff: (head) => {
    const zip =
      head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
    if (!zip) return "no";
    if (head.length < 30 || head[2] === 5) return "maybe";
    const nameLength = (head[26] as number) + 256 * (head[27] as number);
    const ending = [0x2e, 0x6e, 0x70, 0x79];
    return nameLength >= 4 && ending.every((byte, i) => head[26 + nameLength + i] === byte) ? "yes" : "maybe";
  },
  scan: async (bytes, options) => (await import("./scan.ts")).scanNpz(bytes, options),
  codec: async (): Promise<Codec<"sync", NpzWriteOptions, NpzReadOptions>> => (await import("./codec.ts")).npzCodec,
};

/** A fill value is a member of its own: what an NPY header cannot say of a dtype is lost of it too. */
function fillLosses(header: Header | BundleHeader, objects: boolean | undefined): Loss[] {
  const found: Loss[] = [];
  for (const [path, one] of eachHeader(header)) {
    const { fillValue } = one;
    if (fillValue === undefined || one.mask === "plain") continue;
    const { attrs, dims, subclass, ...rest } = one;
    for (const lost of lossesFromCapabilities(
      withObjects(capabilities, objects),
      { ...rest, attrs: new Map(), dims: undefined, subclass: undefined, dtype: fillValue.dtype, mask: "plain" },
      { keeps: ["titles", "layout"] },
    ))
      if (lost.id === "dtype") found.push(loss("fill-value", objectsWhy, path));
  }
  return found;
}

/** Names no member can have, and groups that would leave no member. */
function nameLosses(header: Header | BundleHeader): Loss[] {
  if (!isBundleHeader(header)) return [];
  const found: Loss[] = [];
  const grouped = [...header.entries.values()].some(isBundleHeader);
  const keys = new Set<string>();
  for (const [path, one] of eachHeader(header))
    for (const key of one.mask === "plain" ? [path] : [path, `${path}.mask`, `${path}.fill_value`]) {
      if (keys.has(key)) found.push(loss("names", `two members would be called "${quoteText(key)}"`, path));
      keys.add(key);
    }
  const pending: (readonly [path: string, group: BundleHeader, depth: number])[] = [["", header, 1]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, group, depth] = next;
    for (const [name, member] of group.entries) {
      const below = path === "" ? name : `${path}/${name}`;
      const group = isBundleHeader(member);
      const splits = name.includes("/") && !name.split("/").includes("");
      const misread = depth > 1 || group ? name === "" || name.includes("/") : grouped && splits;
      if (name.includes("\0") || /\p{Surrogate}/u.test(name))
        found.push(loss("names", "a member's name cannot hold NUL or half a surrogate pair", below));
      else if (misread)
        found.push(
          loss("names", "groups are told by slashes, so names within them are not empty and have none", below),
        );
      if (!group) continue;
      if (member.entries.size === 0) found.push(loss("names", "an empty group leaves no member", below));
      if (depth >= 63) found.push(loss("names", "groups are nested more than 63 deep", below));
      else pending.push([below, member, depth + 1]);
    }
  }
  return found;
}
