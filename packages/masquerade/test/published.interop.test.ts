// The packages as npm would publish them, installed beside nothing of this repository: imported, typed, bundled and run from there.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "masquerade-published-"));
const modules = join(folder, "node_modules");
const folders = readdirSync(join(root, "packages"));
const names: string[] = [];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}
const manifest = (path: string): Manifest => JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest;
const run = (command: string, args: readonly string[], cwd = folder): string =>
  execFileSync(command, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 26 });

beforeAll(() => {
  const workspaces = folders.flatMap((name) => ["-w", `packages/${name}`]);
  run("npm", ["pack", ...workspaces, "--ignore-scripts", "--silent", "--pack-destination", folder], root);
  const foreign = new Set<string>();
  for (const name of folders) {
    const own = manifest(join(root, "packages", name));
    names.push(own.name);
    const target = join(modules, own.name);
    mkdirSync(target, { recursive: true });
    const file = `${own.name.replace("@", "").replace("/", "-")}-0.1.0.tgz`;
    run("tar", ["xzf", join(folder, file), "-C", target, "--strip-components=1"]);
    for (const one of Object.keys({ ...own.dependencies, ...own.optionalDependencies, ...own.peerDependencies }))
      if (!folders.includes(one.replace("@masquerade/", ""))) foreign.add(one);
  }
  for (const one of [...foreign, "@types/node"]) {
    if (!existsSync(join(root, "node_modules", one))) continue;
    mkdirSync(dirname(join(modules, one)), { recursive: true });
    symlinkSync(join(root, "node_modules", one), join(modules, one));
  }
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
});

const typed = `
import { load, masked, save, open, sum, choose } from "masquerade/node";
const sst = await load("sst.pkl", { as: "masked", dtype: "float32" });
const value: number | typeof masked = sst.at(0, 8, 15);
const { losses } = await save("sst.npz", sst, { force: true });
const [best] = choose({ for: sst, readers: ["python"] });
await using file = await open("sst.npz");
const part = await file.array().read("2, 10:20, :");
const means: number = sum(sst, { axis: [0, 1] }).size + part.ndim + losses.length;
// @ts-expect-error a misspelt option
await save("x.npz", sst, { compres: true });
export { value, best, means };
`;

describe("as npm publishes them", () => {
  it("every export of every package is there and is imported", () => {
    const entries = names.flatMap((name) => {
      const { exports = {} } = manifest(join(modules, name));
      return Object.keys(exports)
        .filter((path) => !/\.json$|\*/.test(path))
        .map((path) => `${name}${path.slice(1)}`);
    });
    expect(entries.length).toBeGreaterThan(names.length);
    const code = `for (const one of ${JSON.stringify(entries)}) await import(one).catch((e) => console.log(one, e.message));`;
    expect(run(process.execPath, ["--input-type=module", "-e", code])).toBe("");
  });
  it("no package carries its tests", () => {
    for (const name of names) expect(existsSync(join(modules, name, "test"))).toBe(false);
  });
  it("files of every format are written and read", () => {
    const code = `
      import { load, save, difference, registry } from "masquerade";
      const x = await load(${JSON.stringify(join(root, "corpus/demo/sst.pkl"))});
      const wrong = [];
      for (const { id, extensions } of registry.formats) {
        if (id === "raw") continue;
        await save("x" + extensions[0], x, { format: id, lossy: true, force: true });
        const y = await load("x" + extensions[0], { format: id });
        if (y.shape.join() !== "3,36,72") wrong.push(id);
      }
      console.log(JSON.stringify(wrong));`;
    expect(run(process.execPath, ["--input-type=module", "-e", code])).toBe("[]\n");
  });
  it("the command line runs from its bin", () => {
    const masq = join(modules, "@masquerade/cli/bin/masq.js");
    const out = run(process.execPath, [masq, "inspect", "--json", join(root, "corpus/demo/sst.pkl")]);
    expect((JSON.parse(out) as { format: string }).format).toBe("pickle");
  });
  it.each(["nodenext", "bundler"])("TypeScript accepts a strict program, moduleResolution %s", (resolution) => {
    writeFileSync(join(folder, "program.ts"), typed);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      target: "es2022",
      lib: ["es2023", "dom", "esnext.disposable"],
      types: ["node"],
      module: resolution === "nodenext" ? "nodenext" : "esnext",
      moduleResolution: resolution,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    expect(run(process.execPath, [tsc, "-p", folder])).toBe("");
  });
  it("a bundler makes a page of them", async () => {
    writeFileSync(join(folder, "page.mjs"), 'import { load } from "masquerade"; globalThis.load = load;');
    const built = (await build({
      root: folder,
      configFile: false,
      logLevel: "silent",
      build: { write: false, target: "es2022", rollupOptions: { input: join(folder, "page.mjs") } },
    })) as unknown as { readonly output: readonly { readonly code?: string }[] };
    expect(built.output.length).toBeGreaterThan(5);
    expect(built.output.some(({ code }) => /from\s*["']node:/.test(code ?? ""))).toBe(false);
  });
});
