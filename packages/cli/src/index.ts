/** masquerade's command line, as a function: what `masq` does, with the streams it does it on. */
export type { Io, Output } from "./io.ts";
export { run } from "./run.ts";
