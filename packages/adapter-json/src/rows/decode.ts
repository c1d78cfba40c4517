import {
  type AnyArray,
  Bundle,
  type BundleHeader,
  type BundleMember,
  checkOptions,
  type DecodeOptions,
  fillOut,
  type Header,
  isBundle,
  isBundleHeader,
  isMaskedArray,
  LimitError,
  OptionError,
  quoteText,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { depthOf } from "../decode.ts";
import { readColumn } from "../read/columns.ts";
import { Cursor } from "../read/cursor.ts";
import { unshared } from "../read/unshared.ts";
import { ndjson } from "./format.ts";
import { emptyFile, type RowsOf, readHead } from "./head.ts";
import { arrayOfRows, inLine, readRows } from "./read.ts";

/** {@link ndjson}'s decode. */
export function decodeRows(bytes: Uint8Array, options: DecodeOptions = {}): AnyArray | Bundle {
  checkOptions("ndjson", ndjson.options.read, options);
  throwIfAborted(options.signal);
  const cursor = new Cursor(unshared(bytes), resolveLimits(options.limits), depthOf(options));
  cursor.format = "ndjson";
  if (cursor.peek() === -1) throw emptyFile();
  let head: ReturnType<typeof readHead> | undefined;
  inLine(cursor, "a header", (c) => {
    if (c.end - c.at > c.limits.maxMetadataBytes)
      throw c.tooMuch("maxMetadataBytes", `a header of more than ${c.limits.maxMetadataBytes} bytes`);
    const line = c.over(c.at, c.end, []);
    head = readHead(line);
    c.at = line.at;
  });
  const { header, arrays } = head as ReturnType<typeof readHead>;
  const made = new Map<string, AnyArray>();
  for (const one of arrays) {
    demandRoom(cursor, one);
    const column = readColumn(one.dtype, one.size);
    const rows = one.shape[0] ?? 1;
    readRows(cursor, one, column, { row: 0, at: cursor.at }, rows, 0);
    made.set(one.path, arrayOfRows(one, column, rows));
    throwIfAborted(options.signal);
  }
  if (cursor.peek() !== -1) throw cursor.fail(`no more rows expected${cursor.found()}`);
  options.onProgress?.(bytes.length, bytes.length);
  return placed(below(assemble(header, "", made), options.select), options);
}

/** Throws unless the text that is left may hold the elements: each is preceded by a comma or a line's end. */
function demandRoom(cursor: Cursor, { size, dtype, shape }: RowsOf): void {
  const bytes = size * dtype.itemsize;
  const { limits, shared } = cursor;
  if (bytes > limits.maxBytes)
    throw new LimitError("maxBytes", `an array of ${bytes} bytes is more than ${limits.maxBytes}`, {
      format: "ndjson",
    });
  shared.total += bytes;
  if (shared.total > limits.maxTotalBytes)
    throw new LimitError("maxTotalBytes", `arrays of more than ${limits.maxTotalBytes} bytes`, { format: "ndjson" });
  const left = cursor.end - cursor.at;
  const short = (): Error => cursor.fail(`the shape (${shape.join(", ")}) asks for more elements than the file has`);
  if (Math.max(size, shape[0] ?? 1) * 2 - 1 > left) throw short();
  if (bytes <= 2 ** 24 || bytes <= left * 16) return;
  let found = 0;
  for (let i = cursor.at; i < cursor.end; i++) {
    const c = cursor.bytes[i];
    if (c === 0x2c || c === 0x0a) found++;
  }
  if (found < size) throw short();
}

function assemble(header: Header | BundleHeader, path: string, arrays: ReadonlyMap<string, AnyArray>): BundleMember {
  if (!isBundleHeader(header)) return arrays.get(path) as AnyArray;
  const entries = [...header.entries].map(
    ([name, inner]) => [name, assemble(inner, path === "" ? name : `${path}/${name}`, arrays)] as const,
  );
  return new Bundle({ kind: header.kind, entries, attrs: header.attrs, keys: header.keys });
}

function below(value: BundleMember, select: string | undefined): BundleMember {
  if (select === undefined || select === "") return value;
  if (isBundle(value)) return value.get(select);
  throw new OptionError(
    "INDEX_INVALID",
    `ndjson: the file holds one array without a name, no "${quoteText(select)}"`,
    "select",
  );
}

function placed(value: BundleMember, { out }: DecodeOptions): AnyArray | Bundle {
  if (out === undefined) return value;
  if (isBundle(value))
    throw new OptionError("DTYPE_MISMATCH", "ndjson: out takes one array, the file holds several", "out");
  return isMaskedArray(value) ? value.with({ data: fillOut(value.data, out) }) : fillOut(value, out);
}
