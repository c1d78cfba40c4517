import {
  type AnyArray,
  type Bundle,
  type BundleMember,
  checkOptions,
  type DecodeOptions,
  FormatError,
  fillOut,
  isBundle,
  isMaskedArray,
  isMasqueradeError,
  OptionError,
  quoteText,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { readDialect } from "./dialect/read.ts";
import { type JsonReadOptions, json } from "./format.ts";
import { Cursor } from "./read/cursor.ts";
import { readDocument } from "./read/document.ts";
import { eachMember, readRaw } from "./read/tree.ts";
import { unshared } from "./read/unshared.ts";

/** Nesting of values unless `limits.maxDepth` says otherwise; and never more than the stack bears. */
const DEPTH = 100;
const DEEPEST = 1000;

/** How deep values may be nested. */
export function depthOf(options: DecodeOptions): number {
  return Math.min(options.limits?.maxDepth ?? DEPTH, DEEPEST);
}

/** {@link json}'s decode. */
export function decodeJson(bytes: Uint8Array, options: JsonReadOptions & DecodeOptions = {}): AnyArray | Bundle {
  checkOptions("json", json.options.read, options);
  throwIfAborted(options.signal);
  const cursor = new Cursor(unshared(bytes), resolveLimits(options.limits), depthOf(options));
  const value = read(cursor, options);
  if (cursor.peek() !== -1) throw cursor.fail(`nothing more expected${cursor.found()}`);
  options.onProgress?.(bytes.length, bytes.length);
  return placed(value, options);
}

function read(cursor: Cursor, options: JsonReadOptions & DecodeOptions): BundleMember {
  if (cursor.peek() === 0xef) throw cursor.fail("JSON begins without a byte order mark (RFC 8259, section 8.1)");
  if (cursor.at >= cursor.end)
    throw new FormatError("FORMAT_TRUNCATED", "json", "there is no JSON in it", { offset: cursor.at });
  const own = options.dialect === undefined ? isOwn(cursor) : options.dialect === "masked-array";
  if (!own) return readDialect(cursor, options);
  if (cursor.peek() !== 0x7b) throw cursor.fail("a masked-array document is an object");
  const select = options.select === "" ? undefined : options.select;
  const value = readDocument(cursor, 0, select);
  if (select === undefined) return value;
  if (!isBundle(value))
    throw new OptionError(
      "INDEX_INVALID",
      `json: the file holds one array without a name, no "${quoteText(select)}"`,
      "select",
    );
  return value.get(select);
}

/** Whether this is an object with a member "format": other JSON is a dialect. The member is usually the first; errors are left to the reader. */
function isOwn(cursor: Cursor): boolean {
  if (cursor.bytes[cursor.at] !== 0x7b) return false;
  const probe = cursor.over(cursor.at, cursor.end, []);
  try {
    for (const name of eachMember(probe)) {
      if (name === "format") return true;
      readRaw(probe);
    }
  } catch (error) {
    if (!isMasqueradeError(error)) throw error;
    return true;
  }
  return false;
}

function placed(value: BundleMember, options: DecodeOptions): AnyArray | Bundle {
  const { out } = options;
  if (out === undefined) return value;
  if (isBundle(value))
    throw new OptionError("DTYPE_MISMATCH", "json: out takes one array, the file holds several", "out");
  return isMaskedArray(value) ? value.with({ data: fillOut(value.data, out) }) : fillOut(value, out);
}
