import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

interface Piece {
  readonly type: "chunk" | "asset";
  readonly isEntry?: boolean;
  readonly fileName: string;
  readonly code?: string;
  readonly imports?: readonly string[];
}

/** gzip bytes of what a browser fetches before it can run `code`: the entry and what it imports statically, minified. */
async function weigh(code: string): Promise<{ readonly first: number; readonly all: number }> {
  const entry = "\0entry.ts";
  const built = (await build({
    root,
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@masquerade/source", "browser"] },
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? entry : undefined),
        load: (id) => (id === entry ? code : undefined),
      },
    ],
    build: {
      write: false,
      target: "es2022",
      minify: true,
      rollupOptions: { input: "entry", preserveEntrySignatures: "exports-only" },
    },
  })) as unknown as { readonly output: readonly Piece[] };
  const pieces = new Map(built.output.map((piece) => [piece.fileName, piece]));
  const gzipped = (piece: Piece): number => (piece.code === undefined ? 0 : gzipSync(piece.code, { level: 9 }).length);
  const needed = new Set(built.output.filter((piece) => piece.isEntry === true));
  for (const piece of needed)
    for (const name of piece.imports ?? []) {
      const next = pieces.get(name);
      if (next !== undefined) needed.add(next);
    }
  const sum = (of: Iterable<Piece>): number => [...of].reduce((total, piece) => total + gzipped(piece), 0);
  return { first: sum(needed), all: sum(built.output) };
}

const at = (path: string): string => JSON.stringify(`${root}packages/${path}`);

/** Budgets in bytes of gzip. `first`: before the first call; `all`: with every codec a call may bring in. */
const budgets: readonly (readonly [name: string, code: string, first: number, all: number])[] = [
  ["one type guard of core", `export { isMasqueradeError } from ${at("core/src/index.ts")};`, 1_000, 1_000],
  ["all of core", `export * from ${at("core/src/index.ts")};`, 90_000, 90_000],
  // Of `first` HDF5's descriptor is 3,000: what HDF5 can hold of a dtype is a question of its types and attributes; the lines of Python
  // that descriptors give for each kind of file are 4,000. Of `all` HDF5's structures, read here and not by its library, are 45,000 with the filters of plugins and with adding to files of any tool, and
  // the wasm of zstd and of blosc is 460,000: each comes when a stream of blocks is compressed by it. Reading JSON by parts and by lines is 8,000, tables of text by parts 6,000; the kernels that print and read numbers are 11,000.
  // Of `first` 900 are the foreign kinds of files that errors tell by name. Of everything 5,000 are functions of np.ma that only their users load.
  ["load", `export { load } from ${at("masquerade/src/index.ts")};`, 57_000, 856_000],
  ["all of masquerade", `export * from ${at("masquerade/src/index.ts")};`, 118_000, 874_000],
];

it.each(budgets)(
  "%s fits its budget",
  async (name, code, first, all) => {
    const size = await weigh(code);
    console.log(`${name}: ${size.first} bytes of gzip first, ${size.all} in all`);
    expect(size.first).toBeGreaterThan(100);
    expect(size.first).toBeLessThanOrEqual(first);
    expect(size.all).toBeLessThanOrEqual(all);
  },
  60_000,
);
