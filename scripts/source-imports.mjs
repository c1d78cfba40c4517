// What a TypeScript source imports, read by a real parser: comments and strings do not count.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";

const extension = /\.(ts|tsx|mts|js|mjs)$/;

/** All source files under `dir`, sorted; none when there is no such folder. */
export function sources(dir) {
  let names;
  try {
    names = readdirSync(dir, { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
  return names
    .filter((name) => extension.test(name) && !/(^|[\\/])(node_modules|dist)[\\/]/.test(name))
    .sort()
    .map((name) => join(dir, name));
}

/**
 * The imports and re-exports of a file: `name` as written, `line`, `kind` "static" (runs at import), "type" (erased)
 * or "dynamic". A dynamic import of something that is not a plain string has no name.
 */
export function importsOf(file) {
  const text = readFileSync(file, "utf8");
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const found = [];
  const add = (request, kind) => found.push({ name: request.value, kind, line: lineOf(text, request.start) });
  for (const { moduleRequest, entries } of module.staticImports) {
    add(moduleRequest, entries.length > 0 && entries.every((entry) => entry.isType) ? "type" : "static");
  }
  for (const { entries } of module.staticExports) {
    for (const entry of entries) if (entry.moduleRequest) add(entry.moduleRequest, entry.isType ? "type" : "static");
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(["'`])([^"'`$]*)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end).trim());
    add({ value: literal?.[2], start: moduleRequest.start }, "dynamic");
  }
  return found;
}

function lineOf(text, offset) {
  let line = 1;
  for (let i = 0; i < offset; i++) if (text.charCodeAt(i) === 10) line++;
  return line;
}
