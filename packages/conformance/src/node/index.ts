/** What the suite needs of Node: an import watched in a process of its own. */
export { probeImport } from "./probe-import.ts";
