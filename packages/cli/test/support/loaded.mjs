// Preloaded (--import) into a process whose loading is watched: appends each file it loaded, by `import` or `require`, and each use of
// WebAssembly, to LOADED.
import { appendFileSync } from "node:fs";
import { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";

const hooks = `
import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  appendFileSync(${JSON.stringify(process.env["LOADED"])}, url + "\\n");
  return next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
const { cache } = createRequire(import.meta.url);
process.on("exit", () => {
  for (const path of Object.keys(cache)) appendFileSync(process.env["LOADED"], `${pathToFileURL(path).href}\n`);
});
for (const name of ["compile", "instantiate", "Module", "Instance"]) {
  const real = WebAssembly[name];
  WebAssembly[name] = new Proxy(real, {
    apply: (target, self, args) => note(() => Reflect.apply(target, self, args)),
    construct: (target, args) => note(() => Reflect.construct(target, args)),
  });
}
function note(use) {
  appendFileSync(process.env["LOADED"], "wasm\n");
  return use();
}
