/** masquerade's adapter for text tables that NumPy reads with one line: CSV, TSV and text separated by white space. */
export { csv, type TextReadOptions, type TextWriteOptions, tsv, txt } from "./format.ts";
