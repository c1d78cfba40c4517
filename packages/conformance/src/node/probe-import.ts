import { spawn } from "node:child_process";
import type { ImportProbe } from "../law.ts";

/** What the watched process runs; `entry` is the adapter's module. */
const script = (entry: string): string => `
import { register } from "node:module";
import { MessageChannel } from "node:worker_threads";
const { port1, port2 } = new MessageChannel();
const loaded = [];
port1.on("message", (url) => loaded.push(url));
port1.unref();
const hooks = "let port; export function initialize(data) { port = data.port; } " +
  "export async function load(url, context, next) { if (!url.startsWith('node:')) port.postMessage(url); return next(url, context); }";
register("data:text/javascript," + encodeURIComponent(hooks), { data: { port: port2 }, transferList: [port2] });
const settled = async () => { for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done)); };
const watched = { globalThis, Object, Array, Function, String, Number, Map, Set, Promise, Uint8Array, ArrayBuffer, JSON, Math, process };
const snapshot = () => Object.entries(watched).flatMap(([name, value]) => [
  ...Reflect.ownKeys(value).map((key) => name + "." + String(key)),
  ...(value.prototype ? Reflect.ownKeys(value.prototype).map((key) => name + ".prototype." + String(key)) : []),
]);
const effects = [];
const write = process.stdout.write.bind(process.stdout);
for (const stream of [process.stdout, process.stderr]) stream.write = (text) => (effects.push("prints " + JSON.stringify(String(text).slice(0, 60))), true);
const active = () => process.getActiveResourcesInfo().filter((kind) => !/Port|Pipe|TTY|FS|Immediate/.test(kind));
const [before, busy] = [snapshot(), active().length];
const exports = await import(${JSON.stringify(entry)});
await settled();
for (const key of snapshot().filter((key) => !before.includes(key))) effects.push("adds " + key);
for (const key of before.filter((key) => !snapshot().includes(key))) effects.push("removes " + key);
if (active().length > busy) effects.push("leaves running " + active().join(", "));
const atImport = loaded.splice(0);
const format = Object.values(exports).find((one) => typeof one?.codec === "function" && typeof one?.sniff === "function");
if (format === undefined) effects.push("exports no format");
else await format.codec();
await settled();
process.stdout.write = write;
process.stdout.write(JSON.stringify({ effects, atImport, byCodec: loaded }), () => process.exit(0));
`;

/**
 * Imports an adapter's module in a fresh Node, asks its first format for its codec, and tells what that loaded and left behind:
 * `importProbe: () => probeImport(new URL("../src/index.js", import.meta.url))`. The module is JavaScript that Node can run.
 */
export async function probeImport(
  entry: URL | string,
  options: { readonly conditions?: readonly string[] } = {},
): Promise<ImportProbe> {
  const conditions = (options.conditions ?? []).flatMap((name) => ["--conditions", name]);
  const child = spawn(process.execPath, [...conditions, "--input-type=module", "-e", script(String(entry))], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => {
    out += text;
  });
  child.stderr.on("data", (text) => {
    err += text;
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (status !== 0)
    throw new Error(`importing ${entry} failed: ${err.split("\n").find((line) => /Error/.test(line)) ?? err}`);
  return JSON.parse(out) as ImportProbe;
}
