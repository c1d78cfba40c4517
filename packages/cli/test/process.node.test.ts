// The program as it is installed, in processes of its own.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { bin, build, corpus, root, scratch, start } from "./support/masq.ts";

const folder = scratch();
const node = process.execPath;
beforeAll(build, 60_000);

describe("masq", () => {
  it("is found by npx at the project's root, and knows its version", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "packages/cli/package.json"), "utf8")) as {
      version: string;
    };
    const { code, out } = await start("npx", ["--no-install", "masq", "--version"]);
    expect([code, out]).toEqual([0, `${version}\n`]);
  }, 30_000);

  it("exits with 2 and one line on stderr", async () => {
    const { code, out, err } = await start(node, [bin, "inspect", join(folder, "missing.npy")]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^masq: SOURCE_MISSING: [^\n]+\n$/);
  });

  it("passes bytes through a pipe unharmed", async () => {
    const sst = readFileSync(corpus("demo/sst.pkl"));
    const npz = await start(node, [bin, "convert", "-", "-", "--to", "npz", "--quiet"], { input: sst });
    expect([npz.code, npz.err]).toEqual([0, ""]);
    const argv = [bin, "convert", "-", "-", "--to", "pickle", "--protocol", "2", "--numpy", "2", "--quiet"];
    const back = await start(node, argv, { input: npz.bytes });
    expect(Buffer.from(back.bytes).equals(sst)).toBe(true);
  });

  it("starts the workers that lie beside the bundle", async () => {
    const [sst, h5] = [readFileSync(corpus("demo/sst.pkl")), join(folder, "sst.h5")];
    expect((await start(node, [bin, "convert", corpus("demo/sst.pkl"), h5, "--quiet"])).code).toBe(0);
    const argv = [bin, "convert", h5, "-", "--to", "pickle", "--protocol", "2", "--numpy", "2", "--quiet"];
    const back = await start(node, argv);
    expect([back.code, back.err]).toEqual([0, ""]);
    expect(Buffer.from(back.bytes).equals(sst)).toBe(true);
  });

  it("says when there is no room for its data", async () => {
    const script = '"$NODE" "$BIN" formats > /dev/full; echo $?';
    const { out, err } = await start("bash", ["-c", script], { env: { NODE: node, BIN: bin } });
    expect([out, err]).toEqual(["2\n", "masq: SOURCE_IO: cannot write to stdout: no space left\n"]);
  });

  it("says nothing when the reader has seen enough", async () => {
    const script = `for i in $(seq 3); do "$NODE" "$BIN" formats --json | head -c 1 > /dev/null; echo "\${PIPESTATUS[0]}"; done; "$NODE" "$BIN" convert "$SST" - --to npz --quiet | true; echo "\${PIPESTATUS[0]}"`;
    const env = { NODE: node, BIN: bin, SST: corpus("demo/sst.pkl") };
    const { out, err } = await start("bash", ["-c", script], { env });
    expect(err).toBe("");
    expect(out).toBe("0\n0\n0\n0\n");
  });
});

describe("what is loaded", () => {
  let runs = 0;
  /** The modules whose code was loaded, `cli/dist/main.js`: those each file of the bundle was made of, and any outside of it. */
  const loaded = async (...argv: string[]): Promise<string[]> => {
    const list = join(folder, `loaded-${runs++}`);
    const watch = join(root, "packages/cli/test/support/loaded.mjs");
    const { code, err } = await start(node, ["--import", watch, bin, ...argv], { env: { LOADED: list } });
    expect([code, err]).toEqual([0, ""]);
    const record = readFileSync(join(root, "packages/cli/dist/bundle/modules.json"), "utf8");
    const { files } = JSON.parse(record) as { files: Record<string, string[]> };
    const urls = readFileSync(list, "utf8").trim().split("\n");
    const names = [...new Set(urls)].map((url) => url.replace(/^.*\/packages\//, ""));
    return names.flatMap((name) => files[name.replace(/^cli\/dist\/bundle\//, "")] ?? [name]);
  };
  const codecsIn = (modules: string[]): string[] =>
    modules.filter((name) => /^adapter-.*\/(codec|open|decode|encode)(\.js$|\/)/.test(name));

  it("masq inspect x.npy: no wasm, no other format's codec, no other command", async () => {
    const modules = await loaded("inspect", corpus("npy/np2/dtype-f8.npy"));
    expect(modules).toContain("adapter-npy/dist/npy/codec.js");
    expect(codecsIn(modules).filter((name) => !name.startsWith("adapter-npy/dist/npy/"))).toEqual([]);
    expect(modules.filter((name) => name === "wasm" || name.endsWith(".wasm"))).toEqual([]);
    expect(modules.filter((name) => name.startsWith("cli/dist/commands/"))).toEqual(["cli/dist/commands/inspect.js"]);
    expect(modules.filter((name) => name.startsWith("conformance/"))).toEqual([]);
  });

  it("masq inspect x.pkl: the codec of pickle and no other", async () => {
    const modules = await loaded("inspect", corpus("demo/sst.pkl"));
    expect(modules).toContain("adapter-pickle/dist/codec.js");
    expect(codecsIn(modules).filter((name) => !name.startsWith("adapter-pickle/"))).toEqual([]);
  });

  it("masq --version: neither the formats nor the model", async () => {
    const modules = await loaded("--version");
    expect(modules).toContain("cli/dist/main.js");
    expect(modules.filter((name) => /^(core|masquerade|adapter-)/.test(name))).toEqual([]);
  });

  it("all of it comes from the bundle", async () => {
    expect(await loaded("inspect", corpus("npy/np2/dtype-f8.npy"))).toContain("cli/dist/main.js");
    const urls = readFileSync(join(folder, `loaded-${runs - 1}`), "utf8")
      .trim()
      .split("\n");
    const ours = [...new Set(urls)].filter(
      (url) => url.includes("/packages/") && !url.includes("/packages/cli/dist/bundle/"),
    );
    expect(ours.map((url) => url.replace(/^.*\/packages\//, ""))).toEqual(["cli/bin/masq.js"]);
  });
});
