// Runs the command line: in this process from its sources, or built and in a process of its own.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "@masquerade/cli";
import { afterAll, vi } from "vitest";

// Processes start slowly on a busy machine; what hangs is still found.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

export const root: string = fileURLToPath(new URL("../../../../", import.meta.url));
export const corpus = (file: string): string => join(root, "corpus", file);

export interface Answer {
  readonly code: number | null;
  readonly bytes: Uint8Array;
  readonly out: string;
  readonly err: string;
}

/** One command line, in this process. */
export async function masq(
  argv: readonly string[],
  { stdin = [], env = {} }: { stdin?: readonly Uint8Array[]; env?: Record<string, string> } = {},
): Promise<Answer> {
  const [out, err] = [collector(), collector()];
  const io = {
    stdin: (async function* () {
      yield* stdin;
    })(),
    stdout: out,
    stderr: err,
    env,
  };
  const code = await run(argv, io);
  return { code, bytes: out.bytes(), out: out.text(), err: err.text() };
}

function collector() {
  const chunks: Uint8Array[] = [];
  return {
    write(chunk: string | Uint8Array, done: () => void): void {
      chunks.push(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk.slice());
      done();
    },
    bytes: () => new Uint8Array(Buffer.concat(chunks)),
    text: () => Buffer.concat(chunks).toString(),
  };
}

/** Builds what is run in processes of its own; quick when there is nothing to build. */
export function build(): void {
  execFileSync(process.execPath, [
    join(root, "node_modules/typescript/bin/tsc"),
    "--build",
    join(root, "packages/cli"),
  ]);
  execFileSync(process.execPath, [join(root, "scripts/bundle.mjs")]);
}

export const bin: string = join(root, "packages/cli/bin/masq.js");

/** A program in a process of its own; `input` goes to its stdin. */
export function start(
  program: string,
  argv: readonly string[],
  { cwd = root, env = {}, input }: { cwd?: string; env?: Record<string, string>; input?: Uint8Array } = {},
): Promise<Answer> {
  const child = spawn(program, argv, { cwd, env: { ...process.env, ...env } });
  const chunks: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => chunks[0].push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks[1].push(chunk));
  child.stdin.end(input ?? new Uint8Array(0));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const [bytes, err] = chunks.map((list) => Buffer.concat(list)) as [Buffer, Buffer];
      resolve({ code, bytes: new Uint8Array(bytes), out: bytes.toString(), err: err.toString() });
    });
  });
}

/** A folder that is gone after the tests of the file. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "masq-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Entry {
  readonly file: string;
  readonly format: string;
  readonly expect: unknown;
}

/** What a folder of the corpus holds, as the tools that wrote it said. */
export function manifest(folder: string): readonly Entry[] {
  return (JSON.parse(readFileSync(corpus(`${folder}/manifest.json`), "utf8")) as { entries: Entry[] }).entries;
}
