// @ts-check
// A job for the end of a campaign: every array file of a folder goes into one HDF5 file that h5py, MATLAB and h5dump open, masks and all. A file
// that cannot be archived is reported and left out; what was written is read back and compared before the archive gets its name.
//   npm start --prefix examples/archive -- FOLDER ARCHIVE.h5
import { link, mkdtemp, readdir, rm } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Bundle, describe, difference, equals, isMasqueradeError, load, registry, save } from "masquerade";

/** @typedef {{ file: string, status: "archived" | "refused", notes: string[] }} Line */

/** Archives the files of `folder` as `target`; gives a line for each, in order. Throws when there is nothing to archive, or it reads back otherwise. */
export async function archive(/** @type {string} */ folder, /** @type {string} */ target) {
  /** @type {Line[]} */
  const report = [];
  /** @type {Map<string, import("masquerade").BundleMember>} */
  const entries = new Map();
  for (const file of (await readdir(folder)).sort()) {
    try {
      const value = await load(join(folder, file)); // recognised by its bytes; nothing in it is run
      const losses = registry.get("hdf5").losses(describe(value));
      const content = losses.filter(({ grade }) => grade === "content");
      for (const one of content) throw new Error(`HDF5 does not keep ${one.what}: ${one.why}`);
      entries.set(nameOf(file, entries), value);
      report.push({ file, status: "archived", notes: losses.map(({ what }) => `not kept: ${what}`) });
    } catch (error) {
      const why = isMasqueradeError(error) ? `${error.code}: ${error.message}` : `${error}`;
      report.push({ file, status: "refused", notes: [why] });
    }
  }
  if (entries.size === 0) throw new Error(`there is nothing in ${folder} to archive`);
  const exact = report.every(({ status, notes }) => status === "refused" || notes.length === 0);
  await write(target, new Bundle({ entries, attrs: new Map([["title", basename(resolve(folder))]]) }), exact);
  return report;
}

/** Beside the target first: the archive is there when it has been compared, not before. */
async function write(/** @type {string} */ target, /** @type {Bundle} */ whole, /** @type {boolean} */ exact) {
  const folder = await mkdtemp(join(dirname(target), ".archive-"));
  try {
    const draft = join(folder, "draft.h5");
    await save(draft, whole, { format: "hdf5", gzip: 4, shuffle: true, checksum: true, exact });
    const back = await load(draft, { as: "bundle" });
    const same = exact ? difference(whole, back) === undefined : equals(whole, back, { equalNaN: true });
    if (!same) throw new Error(`the archive would not hold what was put into it: ${difference(whole, back)}`);
    await link(draft, target); // fails where there is something: an archive is not replaced
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The file's name without its extension; with it where two would be called the same. */
function nameOf(/** @type {string} */ file, /** @type {Map<string, unknown>} */ taken) {
  const name = basename(file, extname(file));
  return taken.has(name) ? file : name;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [folder = "../../corpus/demo", target = "archive.h5"] = process.argv.slice(2);
  for (const { file, status, notes } of await archive(folder, target)) console.log([file, status, ...notes].join("\t"));
}
