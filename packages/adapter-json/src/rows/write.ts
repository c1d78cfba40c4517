import {
  type AnyArray,
  type Bundle,
  type BundleHeader,
  checkOptions,
  describe,
  type EncodeOptions,
  eachArray,
  type Header,
  isBundleHeader,
  isMaskedArray,
  type NdArray,
  nomask,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { ByteOut, type Style } from "../write/byte-out.ts";
import { columnOf, writeHidden } from "../write/columns.ts";
import { Members, writeArrayHeader, writeBundleHeader } from "../write/document.ts";
import { NestedWriter } from "../write/nested.ts";
import { writeText } from "../write/text.ts";
import { ndjson, type RowsWriteOptions } from "./format.ts";

/** Rows written between two pauses, about so many elements. */
const PIECE = 16_384;

export const rowStyle = (options: RowsWriteOptions): Style => ({
  indent: 0,
  precision: options.precision,
  hidden: (options.hidden ?? "keep") === "keep",
});

/** The file in chunks, as they get full. */
export function* encodeRows(
  value: AnyArray | Bundle,
  options: RowsWriteOptions & EncodeOptions = {},
): Generator<Uint8Array, void, undefined> {
  checkOptions("ndjson", ndjson.options.write, options);
  throwIfAborted(options.signal);
  refuseLosses("ndjson", ndjson.losses(describe(value), options), options);
  const out = new ByteOut(rowStyle(options));
  const dataSubclasses = new Map([...eachArray(value)].map(([path, array]) => [path, dataOf(array).subclass] as const));
  writeHead(out, describe(value), dataSubclasses);
  let done = 0;
  for (const [, array] of eachArray(value)) {
    const rows = array.shape[0] ?? 1;
    const step = Math.max(1, Math.floor((PIECE * rows) / Math.max(array.size, 1)));
    const writer = new RowWriter(out, array);
    for (let at = 0; at < rows; at += step) {
      throwIfAborted(options.signal);
      writer.write(at, Math.min(rows, at + step));
      for (const chunk of out.take()) {
        done += chunk.length;
        yield chunk;
        options.onProgress?.(done, undefined);
      }
    }
  }
  yield* out.takeAll();
}

const dataOf = (array: AnyArray): NdArray => (isMaskedArray(array) ? array.data : array);

/** The header line. */
export function writeHead(
  out: ByteOut,
  header: Header | BundleHeader,
  dataSubclasses: ReadonlyMap<string, Header["subclass"]> = new Map(),
): void {
  member(out, header, "", true, dataSubclasses);
  out.byte(10);
}

function member(
  out: ByteOut,
  header: Header | BundleHeader,
  path: string,
  top: boolean,
  dataSubclasses: ReadonlyMap<string, Header["subclass"]>,
): void {
  const members = new Members(out);
  if (top) {
    members.name("format");
    out.text('"masked-array-rows"');
    members.name("version");
    out.text("1");
  }
  if (!isBundleHeader(header)) {
    writeArrayHeader(members, out, header, dataSubclasses.get(path));
    if (header.mask === "mask" && out.style.hidden) {
      members.name("hidden");
      out.text('"rows"');
    }
    members.end();
    return;
  }
  writeBundleHeader(members, out, header, header.keys ?? new Map());
  members.name("entries");
  const entries = new Members(out);
  for (const [name, one] of header.entries) {
    entries.name(name);
    member(out, one, path === "" ? name : `${path}/${name}`, false, dataSubclasses);
  }
  entries.end();
  members.end();
}

/** Writes rows of an array (or of a block of one). */
export class RowWriter {
  readonly #out: ByteOut;
  readonly #column: ReturnType<typeof columnOf>;
  readonly #mask: Uint8Array | undefined;
  readonly #maskBytes: number;
  readonly #shape: readonly number[];
  readonly #size: number;

  constructor(out: ByteOut, array: AnyArray) {
    const mask = isMaskedArray(array) && array.mask !== nomask ? (array.mask as NdArray) : undefined;
    this.#out = out;
    this.#column = columnOf(dataOf(array), mask, out.style.precision);
    this.#shape = array.shape.slice(1);
    this.#size = this.#shape.reduce((n, dim) => n * dim, 1);
    this.#mask = mask === undefined || !out.style.hidden ? undefined : mask.toBytes("C");
    this.#maskBytes = this.#mask === undefined ? 0 : (this.#mask.length / Math.max(array.size, 1)) * this.#size;
  }

  write(from: number, until: number): void {
    const out = this.#out;
    for (let row = from; row < until; row++) {
      const nested = new NestedWriter(out, this.#shape);
      if (this.#size > 0) nested.rows(this.#column, row * this.#size, this.#size);
      nested.end();
      out.byte(10);
      if (!this.#masked(row)) continue;
      out.byte(123);
      writeText(out, "hidden");
      out.byte(58);
      out.byte(91);
      writeHidden(out, this.#column, row * this.#size, this.#size, true);
      out.byte(93);
      out.byte(125);
      out.byte(10);
    }
  }

  #masked(row: number): boolean {
    const mask = this.#mask;
    if (mask === undefined) return false;
    const end = (row + 1) * this.#maskBytes;
    for (let i = row * this.#maskBytes; i < end; i++) if (mask[i] !== 0) return true;
    return false;
  }
}
