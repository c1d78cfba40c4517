// The code blocks of the site's pages, and running them as a reader would: one folder per page, its blocks in the order of the page.

import { spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../../../", import.meta.url));
const docs = join(root, "docs");

export interface Block {
  readonly page: string;
  /** Where it begins, for the messages. */
  readonly line: number;
  readonly language: string;
  /** `run`, `check`, `output`, `shown`, or nothing. */
  readonly mark: string;
  /** What follows the mark, such as `exit=1` or `numpy=1`. */
  readonly settings: ReadonlyMap<string, string>;
  readonly code: string;
}

/** The languages in which a block has to say what it is. */
const checked = new Set(["ts", "typescript", "js", "javascript", "mjs", "sh", "bash", "shell", "python", "py"]);
const runnable = new Set(["ts", "sh", "python"]);

/** Every page that people wrote, by its path below docs/. */
export const pages: readonly string[] = readdirSync(docs, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".md") && !/^(?:node_modules|generated|reference|\.vitepress|api|README)/.test(name))
  .sort();

export function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(docs, page), "utf8");
  return [...text.matchAll(/^```(\w+)?([^\n]*)\n(.*?)^```$/gms)].map((match) => {
    const [mark = "", ...rest] = (match[2] as string).trim().split(/\s+/);
    const settings = new Map(rest.map((word) => word.split("=", 2) as [string, string]));
    const line = text.slice(0, match.index).split("\n").length;
    return { page, line, language: match[1] ?? "", mark, settings, code: match[3] as string };
  });
}

/** What is wrong with a page's marks: code that nobody runs and that does not say so. */
export function unmarked(page: string): readonly string[] {
  return blocksOf(page)
    .filter(({ language, mark }) => {
      if (mark === "output") return false;
      if (mark === "run") return !runnable.has(language);
      if (mark === "check") return language !== "ts";
      return checked.has(language) && !(mark === "shown" && language === "sh");
    })
    .map(({ line, language, mark }) => `line ${line}: a block of ${language} is marked "${mark}"`);
}

export const runs = (page: string): readonly Block[] => blocksOf(page).filter(({ mark }) => mark === "run");

/** Whether Node is all that a page needs. */
export const onlyTypeScript = (page: string): boolean => runs(page).every(({ language }) => language === "ts");

const moduleName = ({ page, line }: Block): string => `${page.replace(/\W/g, "-")}-${line}`;

/** Compiles the TypeScript of the pages, strictly; the answer is what the compiler said of each page it found fault with. */
export async function compile(folder: string, of: readonly string[]): Promise<ReadonlyMap<string, string>> {
  mkdirSync(folder, { recursive: true });
  const compilerOptions = {
    rootDir: folder,
    outDir: folder,
    noEmit: false,
    customConditions: [],
    rewriteRelativeImportExtensions: false,
  };
  const tsconfig = {
    extends: join(root, "tsconfig.tests.json"),
    compilerOptions,
    include: [join(folder, "*.mts")],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  const blocks = of
    .flatMap(blocksOf)
    .filter(({ language, mark }) => language === "ts" && (mark === "run" || mark === "check"));
  for (const block of blocks) writeFileSync(join(folder, `${moduleName(block)}.mts`), block.code);
  const complaints = new Map<string, string>();
  if (blocks.length === 0) return complaints;
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { said } = await start(process.execPath, [tsc, "--project", folder], { cwd: folder, folder });
  for (const line of said.split("\n")) {
    const block = blocks.find((one) => line.startsWith(`${moduleName(one)}.mts(`));
    if (block !== undefined)
      complaints.set(block.page, `${complaints.get(block.page) ?? ""}line ${block.line}, ${line}\n`);
    else if (/^error /.test(line)) throw new Error(line);
  }
  return complaints;
}

/** The folder a page's blocks run in: `sst.pkl`, the corpus, and `masq` and `python` on the path. */
export function stage(folder: string, page: string): string {
  const work = join(folder, `work-${page.replace(/\W/g, "-")}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  copyFileSync(join(root, "corpus/demo/sst.pkl"), join(work, "sst.pkl"));
  symlinkSync(join(root, "corpus"), join(work, "corpus"));
  return work;
}

/** Commands for the path of shell blocks; gives the folder they are in. */
export function commands(folder: string): string {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const script = (name: string, line: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\nexec ${line} "$@"\n`, { mode: 0o755 });
  script("masq", `"${process.execPath}" "${join(root, "packages/cli/bin/masq.js")}"`);
  for (const name of ["python", "python3"]) script(name, `"${python("2")}"`);
  return bin;
}

function python(numpy: string): string {
  const path = process.env[`MASQUERADE_PY${numpy}`];
  if (path === undefined) throw new Error(`MASQUERADE_PY${numpy} is not set: run by npm run test:interop`);
  return path;
}

export interface Ran {
  readonly code: number | null;
  /** stdout and stderr as a terminal shows them. */
  readonly said: string;
}

/** Runs one block in the page's folder. */
export async function runBlock(block: Block, folder: string, work: string): Promise<Ran> {
  const { language, settings, code } = block;
  if (language === "ts")
    return await start(process.execPath, [join(folder, `${moduleName(block)}.mjs`)], { cwd: work, folder });
  if (language === "python")
    return await start(python(settings.get("numpy") ?? "2"), ["-c", code], { cwd: work, folder });
  const path = `${join(folder, "bin")}:${process.env["PATH"]}`;
  return await start("/bin/sh", ["-e", "-c", code], { cwd: work, folder, env: { PATH: path } });
}

/** The client for Python, and what it needs: `import masquerade` works on every page. */
function pythonPath(): string {
  return [process.env["MASQUERADE_PY_EXTRAS"] ?? "", join(root, "clients/python/src")].join(":");
}

let count = 0;

async function start(
  program: string,
  argv: readonly string[],
  { cwd, folder, env = {} }: { cwd: string; folder: string; env?: Record<string, string> },
): Promise<Ran> {
  // One file for both streams, so that they are in the order they were written in.
  const file = join(folder, `said-${count++}.txt`);
  const handle = openSync(file, "w");
  const plain = { NO_COLOR: "1", COLUMNS: "80", PYTHONUNBUFFERED: "1", PYTHONPATH: pythonPath() };
  const { FORCE_COLOR: _, ...outer } = process.env;
  const child = spawn(program, argv, { cwd, env: { ...outer, ...plain, ...env }, stdio: ["ignore", handle, handle] });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, said: readFileSync(file, "utf8") };
}

/** The output that a page shows right after a block, if it does: `…` stands for anything within a line, a line of `…` for any lines. */
export function shownAfter(block: Block): string | undefined {
  const all = blocksOf(block.page);
  const next = all[all.findIndex(({ line }) => line === block.line) + 1];
  return next?.mark === "output" ? next.code : undefined;
}

export function matches(said: string, shown: string): boolean {
  const tidy = (text: string) =>
    `${text
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n")
      .trimEnd()}\n`;
  const parts = tidy(shown)
    .split("\n")
    .slice(0, -1)
    .map((line) => (line.trim() === "…" ? "(?:.*\\n)*" : `${line.split("…").map(literally).join(".*")}\\n`));
  return new RegExp(`^${parts.join("")}$`).test(tidy(said));
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

/** Where a suite may write: inside the clone, so that packages are found as they are from a file in it. */
export const scratch = (suite: string): string => join(root, "reports", `docs-${suite}-${process.pid}`);
