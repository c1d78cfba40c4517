import {
  type BundleHeader,
  type ByteSource,
  blocksByReading,
  CapabilityError,
  checkOptions,
  type DecodeOptions,
  type Header,
  isBundleHeader,
  type LazyArray,
  makeOpenFile,
  type OpenFile,
  OptionError,
  quoteText,
  resolveLimits,
} from "@masquerade/core";
import { BlockFile } from "../stream/file.ts";
import { contentHeader } from "../stream/head.ts";
import { readSelection } from "../stream/slices.ts";
import { type BlocksReadOptions, blocks } from "./format.ts";

/** {@link blocks}' open: envelope, headers, index; then the blocks a selection lies in. A file without an index is read once from the beginning. */
export async function openBlocks(
  source: ByteSource,
  options: BlocksReadOptions & DecodeOptions = {},
): Promise<OpenFile> {
  checkOptions("blocks", blocks.options.read, options);
  if (source.size === undefined)
    throw new CapabilityError("blocks", "lazy", "the index is at the end, and the source does not know its size");
  const file = await BlockFile.open(source, resolveLimits(options.limits), options);
  const { header, prefix } = below(contentHeader(file.head), options.select);
  const paths = file.head.arrays.map((array) => array.path);
  return makeOpenFile(header, (path, one) => {
    const number = paths.lastIndexOf(prefix === "" || path === "" ? prefix + path : `${prefix}/${path}`);
    const lazy: LazyArray = {
      header: one,
      read: (selection, read) => readSelection(file, number, one, selection, read ?? {}),
      blocks: (read) => blocksByReading(lazy, path, read),
    };
    return lazy;
  });
}

/** The part of a header at a path. Throws OptionError INDEX_INVALID. */
function below(
  header: Header | BundleHeader,
  path: string | undefined,
): { readonly header: Header | BundleHeader; readonly prefix: string } {
  if (path === undefined || path === "") return { header, prefix: "" };
  let at: Header | BundleHeader | undefined = header;
  let rest = path;
  while (rest !== "" && at !== undefined && isBundleHeader(at)) {
    const entries: BundleHeader["entries"] = at.entries;
    const name = [...entries.keys()].find((one) => rest === one || rest.startsWith(`${one}/`));
    at = name === undefined ? undefined : entries.get(name);
    rest = name === undefined ? rest : rest.slice(name.length + 1);
  }
  if (at === undefined || rest !== "")
    throw new OptionError("INDEX_INVALID", `there is no "${quoteText(path)}" in the file`, "select");
  return { header: at, prefix: path };
}
