/** masquerade's adapter for text tables: CSV, TSV and text separated by white space, which NumPy reads with one line, and astropy's ECSV. */
export { type EcsvReadOptions, type EcsvWriteOptions, ecsv } from "./ecsv/format.ts";
export { csv, type TextReadOptions, type TextWriteOptions, tsv, txt } from "./format.ts";
