// @ts-check
// Masked arrays in a column of PostgreSQL (PGlite: the real one, compiled to WebAssembly, in this process). TypeScript writes, Python reads over a socket and
// writes another, TypeScript reads that one. The column holds NPZ, so that Python needs NumPy alone; dtype and shape stand beside it, for queries.
//   npm start --prefix examples/postgres
import { fileURLToPath, pathToFileURL } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { load, memorySink, save } from "masquerade";
import { python } from "../python.mjs";

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

const schema = `
  create table fields (
    name text primary key,
    dtype text not null,
    shape int[] not null,
    npz bytea not null
  )`;

/** Stores an array under a name. */
export async function put(
  /** @type {PGlite} */ db,
  /** @type {string} */ name,
  /** @type {import("masquerade").AnyArray} */ array,
) {
  const sink = memorySink();
  await save(sink, array, { format: "npz", compress: true });
  await db.query("insert into fields values ($1, $2, $3, $4)", [
    name,
    array.dtype.kind,
    [...array.shape],
    sink.bytes(),
  ]);
}

/** Reads one. Bytes from a database are bytes from somebody: they are checked like any file. */
export async function get(/** @type {PGlite} */ db, /** @type {string} */ name) {
  const { rows } = await db.query("select npz from fields where name = $1", [name]);
  const [row] = /** @type {{ npz: Uint8Array }[]} */ (rows);
  if (row === undefined) throw new Error(`there is no field "${name}"`);
  return await load(row.npz, { format: "npz", as: "masked" });
}

/** There and back; gives what each end saw. */
export async function roundTrip() {
  const db = await PGlite.create();
  const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: 0 });
  try {
    await db.exec(schema);
    const sst = await load(here("../../corpus/demo/sst.pkl"), { as: "masked" });
    await put(db, "sst", sst);
    await server.start();
    const [host, port] = server.getServerConn().split(":");
    const said = (await python(here("anomaly.py"), host ?? "", port ?? "")).trim();

    const anomaly = await get(db, "anomaly");
    const { rows } = await db.query("select name, dtype, shape from fields order by name");
    return { python: said, rows, anomaly, sst };
  } finally {
    await server.stop();
    await db.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { python, rows, anomaly } = await roundTrip();
  console.log(`Python: ${python}`);
  console.log(rows);
  console.log(
    `TypeScript: ${anomaly.compressed().size} visible of ${anomaly.size}, mean ${Number(anomaly.mean()).toExponential(0)}`,
  );
}
