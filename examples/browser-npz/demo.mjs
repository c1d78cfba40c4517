// @ts-check
// Writes public/sst.npz, which the page opens by itself, from the pickle in the corpus.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { load, save } from "masquerade";

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
await mkdir(here("public"), { recursive: true });
await save(here("public/sst.npz"), await load(here("../../corpus/demo/sst.pkl")), { force: true });
