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
  const loaded = async (...argv: string[]): Promise<string[]> => {
    const list = join(folder, `loaded-${argv[0]}`);
    const watch = join(root, "packages/cli/test/support/loaded.mjs");
    const { code, err } = await start(node, ["--import", watch, bin, ...argv], { env: { LOADED: list } });
    expect([code, err]).toEqual([0, ""]);
    return readFileSync(list, "utf8").trim().split("\n");
  };
  const inPackages = (urls: string[]): string[] => urls.map((url) => url.replace(/^.*\/packages\//, ""));

  it("masq inspect x.npy: no wasm, no other format's codec, no other command", async () => {
    const urls = inPackages(await loaded("inspect", corpus("npy/np2/dtype-f8.npy")));
    expect(urls).toContain("adapter-npy/dist/npy/codec.js");
    const codecs = urls.filter((url) => /^adapter-.*\/(codec|open|decode|encode)(\.js$|\/)/.test(url));
    expect(codecs.filter((url) => !url.startsWith("adapter-npy/dist/npy/"))).toEqual([]);
    expect(urls.filter((url) => url === "wasm" || url.endsWith(".wasm"))).toEqual([]);
    expect(urls.filter((url) => url.startsWith("cli/dist/commands/"))).toEqual(["cli/dist/commands/inspect.js"]);
    expect(urls.filter((url) => url.startsWith("conformance/"))).toEqual([]);
  });

  it("masq --version: neither the formats nor the model", async () => {
    const urls = inPackages(await loaded("--version"));
    expect(urls.filter((url) => /^(core|masquerade|adapter-)/.test(url))).toEqual([]);
  });
});
