// Files of every dtype for the Python tools to check, and the description of what they hold.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { hdf5 } from "@masquerade/adapter-hdf5";
import { coveringSet } from "@masquerade/conformance";
import {
  type AnyArray,
  Bundle,
  isMaskedArray,
  isMasqueradeError,
  type Kind,
  type NdArray,
  nomask,
} from "@masquerade/core";
import { descrOf, formatLiteral } from "@masquerade/numpy";

export const run: typeof execFile.__promisify__ = promisify(execFile);
const codec = await hdf5.codec();

/** The Python that has the tools: corpus/make/requirements-hdf5.txt. */
export function python(): string {
  const path = process.env["MASQUERADE_PYHDF5"];
  if (path === undefined) throw new Error("MASQUERADE_PYHDF5 names no Python: use npm run test:interop");
  return path;
}

/** Runs one of the scripts beside this file on files; what it prints is JSON. */
export async function checked(script: string, folder: string, files: readonly CasesFile[]): Promise<unknown> {
  const list = join(folder, `${script}.json`);
  await writeFile(list, JSON.stringify(files));
  const path = new URL(`${script}.py`, import.meta.url).pathname;
  return JSON.parse((await run(python(), [path, list], { maxBuffer: 2 ** 26 })).stdout);
}

export interface CasesFile {
  readonly path: string;
  readonly cases: readonly object[];
}

export type Layout = "nexus" | "values-mask" | "cf";
export type StorageName = "contiguous" | "chunked" | "filtered";

const storageOf = (storage: StorageName, ndim: number): object => {
  if (storage === "contiguous") return {};
  if (storage === "filtered") return { gzip: 4, shuffle: true, checksum: true };
  return { chunks: Array.from({ length: ndim }, () => 2) };
};

const plain = (array: NdArray): object => ({
  descr: formatLiteral(descrOf(array.dtype)),
  shape: array.shape,
  data: Buffer.from(array.toBytes("C")).toString("base64"),
});

/** Writes the covering set of some kinds, arrays of each number of dimensions in a file of their own. Arrays the layout refuses are given back. */
export async function writeCases(
  folder: string,
  kinds: readonly Kind[],
  layout: Layout,
  storage: StorageName,
): Promise<{ readonly files: CasesFile[]; readonly refused: string[] }> {
  const groups = new Map<number, [string, string, AnyArray][]>();
  const refused: string[] = [];
  for (const { name: what, array } of coveringSet(kinds)) {
    try {
      await codec.encode(array, { layout });
    } catch (error) {
      if (!isMasqueradeError(error)) throw error;
      refused.push(`${what}: ${error.message}`);
      continue;
    }
    const group = groups.get(array.ndim) ?? [];
    groups.set(array.ndim, group);
    group.push([`s${group.length}`, what, array]);
  }
  const files: CasesFile[] = [];
  for (const [ndim, group] of groups) {
    const cases = group.map(([name, what, array]) => {
      const masked = isMaskedArray(array);
      const mask = masked && array.mask !== nomask ? plain(array.mask as NdArray) : null;
      return { name, what, layout, storage, masked, mask, data: plain(masked ? array.data : array) };
    });
    const path = join(folder, `${layout}-${storage}-${ndim}.${layout === "cf" ? "nc" : "h5"}`);
    const bundle = new Bundle({ entries: group.map(([name, , array]) => [name, array] as const) });
    await writeFile(path, await codec.encode(bundle, { layout, ...storageOf(storage, ndim) }));
    files.push({ path, cases });
  }
  return { files, refused };
}
