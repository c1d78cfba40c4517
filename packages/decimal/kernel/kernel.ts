// The module: printing and reading rows of numbers. Compiled to src/module.ts by scripts/kernel.mjs.
export { parse } from "./parse";
export { print } from "./print";
export { parseTable, printTable } from "./table";
