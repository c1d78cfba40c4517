// Run in a process of its own: imports entry points given as arguments, one after another, and tells as JSON what that did.
// Vite brings the TypeScript sources in; what is watched is what the packages' own files do, not what Vite does.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { createViteServer } from "vitest/node";

const root = new URL("../../../", import.meta.url).pathname;
const [entries, call] = [JSON.parse(process.argv[2]), process.argv[3]];
const loaded = [];
const server = await createViteServer({
  root,
  configFile: false,
  logLevel: "silent",
  server: { middlewareMode: true, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  ssr: { resolve: { conditions: ["@masquerade/source", "node"] } },
  plugins: [{ name: "probe", transform: (_, id) => void loaded.push(id.replace(root, "")) }],
});

const touched = [];
const isOurs = () => /\/packages\/[^/]+\/(src|test\/impure)\//.test(String(new Error().stack));
function watch(owner, name) {
  const real = owner[name];
  owner[name] = function (...args) {
    if (isOurs()) touched.push(name);
    return Reflect.apply(real, this, args);
  };
}
for (const name of Object.keys(fs)) if (typeof fs[name] === "function" && /^[a-z]/.test(name)) watch(fs, name);
for (const name of Object.keys(fs.promises)) if (typeof fs.promises[name] === "function") watch(fs.promises, name);
syncBuiltinESMExports();
for (const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch"]) watch(globalThis, name);
for (const name of ["on", "once", "addListener", "nextTick"]) watch(process, name);

const homes = { globalThis, Object, Array, Promise, Symbol, Uint8Array, Math, JSON, process };
const shape = () =>
  Object.entries(homes).flatMap(([name, home]) =>
    [home, home.prototype]
      .filter(Boolean)
      .flatMap((one, i) => Reflect.ownKeys(one).map((key) => `${name}${i ? ".prototype" : ""}.${String(key)}`)),
  );
// What Vite's own module runner makes on first use must not be put down to the first package.
await server.ssrLoadModule("data:text/javascript,export{}").catch(() => {});

const report = {};
for (const entry of entries) {
  const before = new Set(shape());
  const start = loaded.length;
  touched.length = 0;
  const module = await server.ssrLoadModule(`/${entry}`);
  await new Promise((resolve) => setTimeout(resolve, 5));
  report[entry] = {
    exports: Object.keys(module).sort(),
    globals: shape().filter((key) => !before.has(key) && !key.includes("__vite")),
    touched: [...touched],
    loaded: loaded.slice(start),
  };
  if (call === undefined) continue;
  const later = loaded.length;
  await module.load(call);
  report[entry].loadedLater = loaded.slice(later);
}
console.log(JSON.stringify(report));
process.exit(0);
