import { type Limits, resolveLimits, type Scanned } from "@masquerade/core";
import { npyMagic } from "@masquerade/numpy";
import { joinScans, numpyGlobals, problem, scanPickles } from "@masquerade/numpy-pickle";
import { scanNpy } from "../npy/scan.ts";
import { readBytes } from "../reading.ts";
import { readDirectory, type ZipEntry } from "../zip/directory.ts";
import { checkOverlap, dataStart } from "../zip/local.ts";
import { contentOf } from "./decode.ts";

/**
 * What `np.load(allow_pickle=True)` of an archive would import and call, and what its members called .pkl or .pickle would, which np.load
 * leaves alone but other readers do not.
 */
export function scanNpz(bytes: Uint8Array, options: { readonly limits?: Partial<Limits> | undefined }): Scanned {
  const limits = resolveLimits(options.limits);
  try {
    const directory = readBytes(readDirectory(bytes.length, limits), bytes);
    const starts = directory.entries.map((entry) =>
      dataStart(entry, bytes.subarray(entry.offset, directory.start), directory),
    );
    checkOverlap(directory, starts);
    return joinScans(directory.entries.map((entry, i) => scanMember(entry, bytes, starts[i] as number, limits)));
  } catch (e) {
    return { pickles: 0, names: [], findings: [problem(e, "", undefined)] };
  }
}

function scanMember(entry: ZipEntry, bytes: Uint8Array, start: number, limits: Limits): Scanned {
  const where = entry.name;
  try {
    const content = contentOf(entry, bytes.subarray(start, start + entry.packedSize), start, limits.maxBytes);
    if (npyMagic.every((byte, i) => content[i] === byte)) return scanNpy(content, { limits, where });
    if (/\.(pkl|pickle|p)$/i.test(where))
      return scanPickles(content, { format: "npz", globals: numpyGlobals, limits, where });
    return joinScans([]);
  } catch (e) {
    return { pickles: 0, names: [], findings: [problem(e, where, start)] };
  }
}
