import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, describe as group, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const probe = fileURLToPath(new URL("import-probe.mjs", import.meta.url));

interface Report {
  readonly exports: readonly string[];
  readonly globals: readonly string[];
  readonly touched: readonly string[];
  readonly loaded: readonly string[];
  readonly loadedLater?: readonly string[];
}

const run = async (entries: readonly string[], file?: string): Promise<Record<string, Report>> => {
  const args = [probe, JSON.stringify(entries), ...(file === undefined ? [] : [file])];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as Record<string, Report>;
};

/** Every source that a package.json of packages/ exports. */
function entryPoints(): string[] {
  const found = readdirSync(join(root, "packages")).flatMap((name) => {
    const manifest = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    const sources = Object.values(manifest.exports).flatMap((target) => {
      const source = (target as Record<string, unknown>)["@masquerade/source"];
      return typeof source === "string" ? [source] : Object.values((source ?? {}) as Record<string, string>);
    });
    return sources.map((source) => join("packages", name, source));
  });
  return [...new Set(found)].sort();
}

const entries = entryPoints();
const impure = "packages/masquerade/test/impure/index.mjs";
let reports: Record<string, Report>;
beforeAll(async () => {
  reports = await run([...entries, impure]);
}, 60_000);

group("importing", () => {
  it("finds the packages", () => {
    expect(entries).toContain("packages/core/src/index.ts");
    expect(entries).toContain("packages/core/src/node/index.ts");
    expect(entries).toContain("packages/masquerade/src/node/index.ts");
  });
  it("would be noticed if it did anything", () => {
    expect(reports[impure]?.globals).toEqual(["globalThis.impure", "Array.prototype.impure"]);
    expect(reports[impure]?.touched).toEqual(["setTimeout", "on", "statSync"]);
  });
  it.each(entries)("%s does nothing", (entry) => {
    expect(reports[entry]?.touched).toEqual([]);
    expect(reports[entry]?.globals).toEqual([]);
  });
  it("offers exactly what is agreed", () => {
    for (const name of ["core", "masquerade"]) {
      for (const entry of [`packages/${name}/src/index.ts`, `packages/${name}/src/node/index.ts`])
        expect(reports[entry]?.exports).toMatchSnapshot(entry);
    }
  });
});

group("importing masquerade", () => {
  const codec = /^packages\/adapter-[^/]+\/src\/(?:[^/]+\/)*(?:codec|open|decode|encode)\.ts$/;
  const file = "corpus/npy/np2";
  it.each(["packages/masquerade/src/index.ts", "packages/masquerade/src/node/index.ts"])(
    "%s loads no codec",
    async (entry) => {
      const [first] = readdirSync(join(root, file))
        .filter((name) => name.endsWith(".npy"))
        .sort();
      const inNode = entry.includes("/node/");
      const report = (await run([entry], inNode ? join(root, file, first as string) : undefined))[entry] as Report;
      expect(report.loaded).toContain("packages/adapter-npy/src/npy/format.ts");
      expect(report.loaded.filter((id) => codec.test(id))).toEqual([]);
      if (!inNode) return;
      expect(report.loadedLater).toContain("packages/adapter-npy/src/npy/codec.ts");
      expect(
        report.loadedLater?.filter((id) => codec.test(id) && !id.startsWith("packages/adapter-npy/src/npy/")),
      ).toEqual([]);
    },
    60_000,
  );
});
