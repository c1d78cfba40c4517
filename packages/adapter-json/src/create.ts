import {
  type AnyArray,
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
  isBundleHeader,
  isMaskedArray,
  type NdArray,
  nomask,
  OptionError,
  quoteText,
  refuseLosses,
  sameDType,
  sizeOf,
  throwIfAborted,
} from "@masquerade/core";
import { styleOf } from "./encode.ts";
import { type JsonWriteOptions, json } from "./format.ts";
import { ByteOut } from "./write/byte-out.ts";
import { columnOf, writeHidden } from "./write/columns.ts";
import { anyMasked, Members, writeArrayHeader, writeBundleHeader, writeFormat } from "./write/document.ts";
import { NestedWriter } from "./write/nested.ts";

/** An array being written, and what must wait for its end. */
interface Current {
  readonly path: string;
  readonly header: Header;
  readonly members: Members;
  readonly nested: NestedWriter;
  /** The hidden values so far, as text: they come after the data. */
  readonly hidden: ByteOut;
  anyHidden: boolean;
  done: number;
}

/** {@link json}'s create: rows as they come; only the values beneath the mask are kept until their array ends. */
export async function createJson(
  sink: ByteSink,
  plan: Header | BundleHeader,
  options: JsonWriteOptions & EncodeOptions = {},
): Promise<FileWriter> {
  checkOptions("json", json.options.write, options);
  if (options.dialect !== undefined && options.dialect !== "masked-array")
    throw new CapabilityError("json", "streamed", "dialects are written whole, by encode");
  refuseLosses("json", json.losses(plan, options), options);
  throwIfAborted(options.signal);
  const style = styleOf(options);
  const out = new ByteOut(style);
  const steps = stepsOf(plan);
  const total = [...eachHeader(plan)].reduce((n, [, header]) => n + sizeOf(header.shape), 0);
  let finished = 0;
  let current: Current | undefined;

  const send = async (parts: readonly Uint8Array[]): Promise<void> => {
    for (const part of parts) await sink.write(part);
  };
  /** Ends the array being written, if it is complete, and goes on to the next. */
  const advance = (): void => {
    if (current !== undefined) {
      if (current.done !== sizeOf(current.header.shape)) return;
      endArray(out, current);
      current = undefined;
    }
    for (let step = steps.next(); step.done !== true; step = steps.next()) {
      const begun = step.value(out, style.indent);
      if (begun === undefined) continue;
      current = { ...begun, hidden: new ByteOut(style), anyHidden: false, done: 0 };
      if (sizeOf(current.header.shape) > 0) return;
      endArray(out, current);
      current = undefined;
    }
  };
  advance();
  return {
    planes: "together",
    pieces: true,
    order: "C",
    async write(block) {
      throwIfAborted(options.signal);
      if (block.value.size === 0) return; // of an empty array, which was written when its turn came
      if (current === undefined || block.array !== current.path)
        throw new OptionError("INDEX_INVALID", `json: no block of "${quoteText(block.array)}" is expected now`);
      writeBlock(current, block, options.precision);
      finished += block.value.size;
      advance();
      await send(out.take());
      options.onProgress?.(finished, total);
    },
    async finish() {
      if (current !== undefined)
        throw new FormatError(
          "FORMAT_TRUNCATED",
          "json",
          `blocks of "${quoteText(current.path)}" are missing: ${current.done} of ${sizeOf(current.header.shape)} elements were written`,
        );
      out.byte(10);
      await send(out.takeAll());
      await sink.commit();
    },
    abort: async () => await sink.abort(),
  };
}

type Begun = Pick<Current, "path" | "header" | "members" | "nested">;
type Step = (out: ByteOut, indent: number) => Begun | undefined;

/** What stands between the blocks: beginnings of arrays and bundles, ends of bundles. */
function* stepsOf(plan: Header | BundleHeader): Generator<Step, void, undefined> {
  yield* member(plan, "", true);
}

function* member(header: Header | BundleHeader, path: string, top: boolean): Generator<Step, void, undefined> {
  let members: Members;
  const begin = (out: ByteOut): void => {
    members = new Members(out);
    if (top) writeFormat(members, out);
  };
  if (!isBundleHeader(header)) {
    yield (out) => {
      begin(out);
      writeArrayHeader(members, out, header);
      members.name("data");
      return { path, header, members, nested: new NestedWriter(out, header.shape) };
    };
    return;
  }
  let entries: Members;
  yield (out) => {
    begin(out);
    writeBundleHeader(members, out, header, header.keys ?? new Map());
    members.name("entries");
    entries = new Members(out);
    return undefined;
  };
  for (const [name, one] of header.entries) {
    yield () => {
      entries.name(name);
      return undefined;
    };
    yield* member(one, path === "" ? name : `${path}/${name}`, false);
  }
  yield () => {
    entries.end();
    members.end();
    return undefined;
  };
}

function writeBlock(current: Current, block: Block, precision: number | undefined): void {
  const { header, nested, hidden } = current;
  const { value } = block;
  const row = Math.max(
    header.shape.slice(1).reduce((n, dim) => n * dim, 1),
    1,
  );
  const at = block.position ?? block.start * (header.shape.length === 0 ? 0 : row);
  if (block.plane === "mask" || current.done !== at)
    throw new OptionError(
      "INDEX_INVALID",
      `json: the next block of "${quoteText(current.path)}" begins at ${Math.floor(current.done / row)}, not at ${block.start}`,
    );
  const data: NdArray = isMaskedArray(value) ? value.data : value;
  if (!sameDType(data.dtype, header.dtype) || current.done + value.size > sizeOf(header.shape))
    throw new OptionError("SHAPE_MISMATCH", `json: a block of "${quoteText(current.path)}" is not as planned`);
  const mask = maskOf(value);
  if (mask !== undefined && header.mask !== "mask" && anyMasked(mask))
    throw new OptionError("DTYPE_MISMATCH", `json: a block of "${quoteText(current.path)}" is masked, the plan is not`);
  const column = columnOf(data, mask, precision);
  nested.rows(column, 0, value.size);
  current.done += value.size;
  if (mask === undefined || !hidden.style.hidden) return;
  current.anyHidden = !writeHidden(hidden, column, 0, value.size, !current.anyHidden);
}

const maskOf = (value: AnyArray): NdArray | undefined =>
  isMaskedArray(value) && value.mask !== nomask ? (value.mask as NdArray) : undefined;

function endArray(out: ByteOut, current: Current): void {
  current.nested.end();
  if (current.anyHidden) {
    current.members.name("hidden");
    out.byte(91);
    for (const part of current.hidden.takeAll()) out.raw(part);
    out.byte(93);
  }
  current.members.end();
}
