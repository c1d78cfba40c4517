import {
  type Block,
  type BundleHeader,
  type ByteSink,
  CapabilityError,
  checkOptions,
  type EncodeOptions,
  eachHeader,
  type FileWriter,
  FormatError,
  type Header,
  isMaskedArray,
  nomask,
  OptionError,
  refuseLosses,
  sameDType,
  throwIfAborted,
} from "@masquerade/core";
import { beginTable } from "./encode.ts";
import type { Flavour } from "./flavour.ts";
import { csv, type TextWriteOptions } from "./format.ts";
import { TextOut } from "./text-out.ts";

/** Elements written between two writes to the sink. */
const PIECE = 2 ** 16;

/** The rows as they come, the bytes {@link encodeTextParts} gives; nothing is kept. */
export async function createText(
  flavour: Flavour,
  sink: ByteSink,
  plan: Header | BundleHeader,
  options: TextWriteOptions & EncodeOptions = {},
): Promise<FileWriter> {
  const { id } = flavour;
  checkOptions(id, csv.options.write, options);
  refuseLosses(id, csv.losses(plan, options), options);
  throwIfAborted(options.signal);
  const [first] = eachHeader(plan);
  if (first === undefined) throw new CapabilityError(id, "arrays", "there is no array in it");
  const [path, header] = first;
  const out = new TextOut();
  const rows = beginTable(out, header, flavour, options, undefined);
  const send = async (all: boolean): Promise<void> => {
    for (const part of out.take(all)) {
      await sink.write(part);
      out.reuse(part);
    }
  };
  return {
    planes: "together",
    order: "C",
    pieces: true,
    async write(block) {
      throwIfAborted(options.signal);
      if (block.array !== path) {
        // Other arrays: what the caller agreed to lose.
        if (options.lossy === undefined || options.lossy === false)
          throw new OptionError("INDEX_INVALID", `${id}: the plan has no block of "${block.array}"`);
        return;
      }
      accept(block, header, rows.done, rows.size, id);
      const part = rows.block(block.value);
      for (let at = 0; at < part.size; at += PIECE) {
        rows.write(part, at, Math.min(part.size, at + PIECE));
        await send(false);
        throwIfAborted(options.signal);
      }
      options.onProgress?.(rows.done, rows.size);
    },
    async finish() {
      if (rows.done < rows.size)
        throw new FormatError(
          "FORMAT_TRUNCATED",
          id,
          `blocks are missing: ${rows.done} of ${rows.size} elements were written`,
        );
      await send(true);
      await sink.commit();
    },
    abort: async () => await sink.abort(),
  };
}

/** Throws OptionError unless a block is the next of its array. */
function accept(
  { plane, start, position, value }: Block,
  header: Header,
  done: number,
  size: number,
  id: string,
): void {
  const row = header.shape.slice(1).reduce((n, dim) => n * dim, 1);
  const at = position ?? start * row;
  if (plane === "mask" || (at !== done && value.size > 0))
    throw new OptionError("INDEX_INVALID", `${id}: the next block begins at element ${done}, not at ${at}`);
  const data = isMaskedArray(value) ? value.data : value;
  if (!sameDType(data.dtype, header.dtype) || done + value.size > size)
    throw new OptionError("SHAPE_MISMATCH", `${id}: a block is not as planned`);
  if (header.mask === "mask" || !isMaskedArray(value) || value.mask === nomask) return;
  if (
    value
      .maskArray()
      .toBytes("C")
      .some((byte) => byte !== 0)
  )
    throw new OptionError("DTYPE_MISMATCH", `${id}: a block is masked, the plan is not`);
}
