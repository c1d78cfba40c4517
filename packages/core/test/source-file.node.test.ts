import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeEach, expect, describe as group, it, vi } from "vitest";
import { isMasqueradeError } from "../src/index.ts";
import { fileSink, fromFile } from "../src/node/index.ts";

// Processes are started and codecs brought in: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 30_000 });

const root = mkdtempSync(join(tmpdir(), "masquerade-source-"));
afterAll(() => rmSync(root, { recursive: true }));
let folder = root;
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
});
const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i & 255);
const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (isMasqueradeError(error)) return error.code;
    throw error;
  }
  return "no error";
};
const made = (): string => {
  const path = join(folder, "a.bin");
  writeFileSync(path, bytes);
  return path;
};

group("a file", () => {
  it("is read by position, at once or not", async () => {
    const path = made();
    await using file = await fromFile(pathToFileURL(path));
    expect([file.size, file.name, file.path]).toEqual([1000, "a.bin", path]);
    expect(await file.read(10, 20)).toEqual(bytes.subarray(10, 30));
    expect(file.readSync(990, 10)).toEqual(bytes.subarray(990));
    const target = new Uint8Array(5);
    await file.readInto(100, target);
    expect(target).toEqual(bytes.subarray(100, 105));
    // Not a Buffer: slice() of one shares memory.
    expect((await file.read(0, 4)).constructor).toBe(Uint8Array);
    expect(file.readSync(0, 4).constructor).toBe(Uint8Array);
    expect(await codeOf(() => file.read(995, 6))).toBe("SOURCE_SHORT");
    expect(await codeOf(() => file.readSync(0, 1001))).toBe("SOURCE_SHORT");
    expect(await codeOf(() => file.read(-1, 1))).toBe("SOURCE_IO");
    expect(await codeOf(() => file.read(0, 1, AbortSignal.abort()))).toBe("ABORTED");
    expect("write" in file).toBe(false);
  });
  it("that shrank while open is an error, not zeros", async () => {
    const path = made();
    await using file = await fromFile(path);
    truncateSync(path, 500);
    expect(await codeOf(() => file.read(400, 200))).toBe("SOURCE_SHORT");
    expect(await codeOf(() => file.readSync(400, 200))).toBe("SOURCE_SHORT");
  });
  it("that is missing, a folder or closed says so", async () => {
    expect(await codeOf(() => fromFile(join(folder, "none")))).toBe("SOURCE_MISSING");
    expect(await codeOf(() => fromFile(folder))).toBe("SOURCE_IO");
    expect(await codeOf(() => fromFile("/dev/null"))).toBe("SOURCE_IO");
    expect(await codeOf(() => fromFile("a\0b"))).toBe("OPTION_INVALID");
    expect(await codeOf(() => fromFile(new URL("http://localhost/")))).toBe("OPTION_INVALID");
    const file = await fromFile(made());
    await file[Symbol.asyncDispose]();
    await file[Symbol.asyncDispose]();
    expect(await codeOf(() => file.read(0, 1))).toBe("SOURCE_CLOSED");
    expect(await codeOf(() => file.readSync(0, 1))).toBe("SOURCE_CLOSED");
  });
  it("is written in place, at its end, and beyond", async () => {
    const path = made();
    await using file = await fromFile(path, { mode: "r+" });
    await file.write?.(998, Uint8Array.of(1, 2, 3));
    expect(file.size).toBe(1001);
    expect([...(await file.read(997, 4))]).toEqual([997 & 255, 1, 2, 3]);
    await file.write?.(1003, Uint8Array.of(4));
    expect([...(await file.read(1000, 4))]).toEqual([3, 0, 0, 4]);
    expect(await codeOf(() => file.write?.(-1, Uint8Array.of(1)))).toBe("SOURCE_IO");
    await file.sync();
    expect(readFileSync(path)).toHaveLength(1004);
  });
});

group("a file as a sink", () => {
  it("appears only when it is whole", async () => {
    const path = join(folder, "out.bin");
    const sink = await fileSink(path);
    await sink.write(bytes.subarray(0, 3));
    await sink.writev([bytes.subarray(3, 10), new Uint8Array(0), bytes.subarray(10)]);
    await sink.writeAt(0, Uint8Array.of(255));
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(await codeOf(() => sink.writeAt(999, Uint8Array.of(1, 2)))).toBe("SOURCE_IO");
    await sink.commit();
    expect(readdirSync(folder)).toEqual(["out.bin"]);
    const got = readFileSync(path);
    expect([got.length, got[0], sink.position]).toEqual([1000, 255, 1000]);
    expect(new Uint8Array(got.subarray(1))).toEqual(bytes.subarray(1));
    expect(await codeOf(() => sink.write(bytes))).toBe("SOURCE_CLOSED");
  });
  it("takes more pieces than one system call does", async () => {
    const path = join(folder, "many.bin");
    const sink = await fileSink(path);
    await sink.writev(Array.from({ length: 2500 }, (_, i) => Uint8Array.of(i & 255)));
    await sink.commit();
    expect(new Uint8Array(readFileSync(path))).toEqual(Uint8Array.from({ length: 2500 }, (_, i) => i & 255));
  });
  it("leaves nothing after an abort", async () => {
    const sink = await fileSink(join(folder, "out.bin"));
    await sink.write(bytes);
    await sink.abort();
    await sink.abort();
    expect(readdirSync(folder)).toEqual([]);
    expect(await codeOf(() => sink.commit())).toBe("SOURCE_CLOSED");
  });
  it("replaces nothing without force, not even what appears meanwhile", async () => {
    const path = made();
    expect(await codeOf(() => fileSink(path))).toBe("SOURCE_EXISTS");
    const late = join(folder, "late.bin");
    const sink = await fileSink(late);
    await sink.write(bytes);
    writeFileSync(late, "somebody else's");
    expect(await codeOf(() => sink.commit())).toBe("SOURCE_EXISTS");
    expect(readFileSync(late, "utf8")).toBe("somebody else's");
    expect(readdirSync(folder).sort()).toEqual(["a.bin", "late.bin"]);
  });
  it("with force keeps permissions and links, and the old file until the end", async () => {
    const path = made();
    chmodSync(path, 0o640);
    const link = join(folder, "link");
    symlinkSync(path, link);
    const sink = await fileSink(link, { force: true });
    await sink.write(Uint8Array.of(42));
    expect(readFileSync(path)).toHaveLength(1000);
    await sink.commit();
    expect([...readFileSync(path)]).toEqual([42]);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).sort()).toEqual(["a.bin", "link"]);
    const kept = await fileSink(path, { force: true });
    await kept.write(bytes);
    await kept.abort();
    expect([...readFileSync(path)]).toEqual([42]);
  });
  it("refuses folders, devices and folders that do not exist", async () => {
    expect(await codeOf(() => fileSink(folder, { force: true }))).toBe("SOURCE_IO");
    expect(await codeOf(() => fileSink("/dev/null", { force: true }))).toBe("SOURCE_IO");
    expect(await codeOf(() => fileSink(join(folder, "none", "x")))).toBe("SOURCE_MISSING");
    expect(await codeOf(() => fileSink(join(made(), "x")))).toBe("SOURCE_IO");
    expect(await codeOf(() => fileSink(""))).toBe("OPTION_INVALID");
  });
  it("listens to the process only while a temporary file exists", async () => {
    const listeners = (): number[] =>
      ["exit", "SIGINT", "SIGTERM", "SIGHUP"].map((name) => process.listenerCount(name));
    const before = listeners();
    const sink = await fileSink(join(folder, "a"));
    const other = await fileSink(join(folder, "b"));
    expect(listeners()).toEqual(before.map((n) => n + 1));
    await sink.commit();
    await other.abort();
    expect(listeners()).toEqual(before);
  });

  // A process of its own, into which Vite brings the TypeScript sources (Node 20 cannot).
  const vitest = import.meta.resolve("vitest/node");
  const program = (ending: string): string => `
    import { createViteServer } from ${JSON.stringify(vitest)};
    const server = await createViteServer({ configFile: false, logLevel: "silent", server: { middlewareMode: true, ws: false } });
    const { fileSink } = await server.ssrLoadModule("/src/node/index.ts");
    const sink = await fileSink(process.argv[1]);
    await sink.write(new Uint8Array(10));
    console.log("ready");
    ${ending}`;
  it.each([
    ["an exit", "process.exit(3);", undefined, 3],
    ["a signal", "setInterval(() => {}, 1000);", "SIGTERM", null],
    ["an error nobody caught", 'throw new Error("oops");', undefined, 1],
  ] as const)("leaves nothing after %s", async (_, ending, signal, code) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program(ending), join(folder, "out.bin")], {
      stdio: ["ignore", "pipe", "ignore"],
      cwd: fileURLToPath(new URL("..", import.meta.url)),
    });
    await once(child.stdout, "data");
    if (signal !== undefined) child.kill(signal);
    const [exitCode, bySignal] = (await once(child, "exit")) as [number | null, string | null];
    expect([exitCode, bySignal]).toEqual([code, signal ?? null]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
