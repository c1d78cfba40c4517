// @ts-check
// TypeScript writes a masked array as one protobuf message, Python masks more of it and writes it back, TypeScript compares.
//   npm start --prefix examples/protobuf
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { difference, load, save } from "masquerade";
import { python } from "../python.mjs";

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** There and back; gives what the two ends saw. */
export async function roundTrip() {
  const folder = await mkdtemp(join(tmpdir(), "masquerade-protobuf-"));
  try {
    const there = join(folder, "there.pb");
    const back = join(folder, "back.pb");
    const sst = await load(here("../../corpus/demo/sst.pkl"), { as: "masked", dtype: "float32" });
    await save(there, sst, { exact: true, checksum: "crc32c" });
    const said = (await python(here("warm.py"), there, back)).trim();

    const warm = await load(back, { as: "masked", dtype: "float32" });
    const unchanged = difference(sst.data, warm.data); // Python touched the mask alone: every bit of the data is as it was
    return { python: said, before: visible(sst), after: visible(warm), unchanged: unchanged ?? "every bit" };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const visible = (/** @type {import("masquerade").MaskedArray} */ array) => array.compressed().size;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(await roundTrip());
