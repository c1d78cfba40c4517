/** masquerade's adapter for the files of `joblib.dump`. */
export { joblib } from "./format.ts";
export type { JoblibReadOptions, JoblibWriteOptions } from "./options.ts";
