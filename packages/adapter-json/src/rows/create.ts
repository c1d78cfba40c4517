import {
  type BundleHeader,
  type ByteSink,
  checkOptions,
  type EncodeOptions,
  eachHeader,
  type FileWriter,
  FormatError,
  type Header,
  isMaskedArray,
  nomask,
  OptionError,
  quoteText,
  refuseLosses,
  sameDType,
  sizeOf,
  throwIfAborted,
} from "@masquerade/core";
import { ByteOut } from "../write/byte-out.ts";
import { anyMasked } from "../write/document.ts";
import { ndjson, type RowsWriteOptions } from "./format.ts";
import { RowWriter, rowStyle, writeHead } from "./write.ts";

/** {@link ndjson}'s create: rows as they come; nothing is kept. */
export async function createRows(
  sink: ByteSink,
  plan: Header | BundleHeader,
  options: RowsWriteOptions & EncodeOptions = {},
): Promise<FileWriter> {
  checkOptions("ndjson", ndjson.options.write, options);
  refuseLosses("ndjson", ndjson.losses(plan, options), options);
  throwIfAborted(options.signal);
  const out = new ByteOut(rowStyle(options));
  const arrays = [...eachHeader(plan)];
  const total = arrays.reduce((n, [, header]) => n + sizeOf(header.shape), 0);
  const rowsOf = (header: Header): number => header.shape[0] ?? 1;
  let current = 0;
  let row = 0;
  let finished = 0;
  writeHead(out, plan);
  const send = async (parts: readonly Uint8Array[]): Promise<void> => {
    for (const part of parts) await sink.write(part);
  };
  /** Arrays without rows have nothing to wait for. */
  const advance = (): void => {
    while (current < arrays.length && row === rowsOf((arrays[current] as (typeof arrays)[number])[1])) {
      current++;
      row = 0;
    }
  };
  advance();
  return {
    planes: "together",
    order: "C",
    async write({ array, plane, start, value }) {
      throwIfAborted(options.signal);
      const [path, header] = arrays[current] ?? [];
      if (header === undefined || array !== path)
        throw new OptionError("INDEX_INVALID", `ndjson: no block of "${quoteText(array)}" is expected now`);
      if (plane === "mask" || start !== row)
        throw new OptionError(
          "INDEX_INVALID",
          `ndjson: the next block of "${quoteText(array)}" begins at ${row}, not at ${start}`,
        );
      const count = value.shape[0] ?? 1;
      const data = isMaskedArray(value) ? value.data : value;
      if (
        !sameDType(data.dtype, header.dtype) ||
        value.shape.slice(1).join() !== header.shape.slice(1).join() ||
        value.shape.length !== header.shape.length ||
        row + count > rowsOf(header)
      )
        throw new OptionError("SHAPE_MISMATCH", `ndjson: a block of "${quoteText(array)}" is not as planned`);
      if (header.mask !== "mask" && isMaskedArray(value) && value.mask !== nomask && anyMasked(value.maskArray()))
        throw new OptionError("DTYPE_MISMATCH", `ndjson: a block of "${quoteText(array)}" is masked, the plan is not`);
      new RowWriter(out, value).write(0, count);
      row += count;
      finished += value.size;
      advance();
      await send(out.take());
      options.onProgress?.(finished, total);
    },
    async finish() {
      const [path, header] = arrays[current] ?? [];
      if (header !== undefined)
        throw new FormatError(
          "FORMAT_TRUNCATED",
          "ndjson",
          `blocks of "${quoteText(path as string)}" are missing: ${row} of ${rowsOf(header)} rows were written`,
        );
      await send(out.takeAll());
      await sink.commit();
    },
    abort: async () => await sink.abort(),
  };
}
