// A module that does everything a module must not do when it is imported: the probe has to notice all of it.
import { statSync } from "node:fs";

globalThis.impure = true;
Array.prototype.impure = 1;
setTimeout(() => {}, 1);
process.on("warning", () => {});
statSync(".");

export const size = 0;
