import {
  type AnyArray,
  type Block,
  Bundle,
  type BundleHeader,
  type BundleMember,
  type ByteSink,
  concatenate,
  type DType,
  type EncodeOptions,
  eachHeader,
  type FileWriter,
  FormatError,
  type FullMask,
  type Header,
  isBundleHeader,
  isMaskedArray,
  MaskedArray,
  maskDType,
  type NdArray,
  nomask,
  type PlainValue,
  quoteText,
  refuseLosses,
  sizeOf,
  throwIfAborted,
  zeros,
} from "@masquerade/core";
import { entryPlan, filledParts, valuePlan } from "./encode.ts";
import { FORMAT, headerBytes, TERMINATOR } from "./forms.ts";
import { mmappickleLosses } from "./losses.ts";
import { type MmappickleWriteOptions, singleKey } from "./options.ts";
import { arrayPlan, canMap, type Hole, type ValuePlan } from "./plan.ts";

/**
 * Writes a mmapdict as its blocks come: for each array all blocks of data, then all of the mask, in C order. Arrays that can be mapped are
 * not kept; others (records, objects, 0-d) and nested bundles are gathered until they are whole.
 */
export async function createMmappickle(
  sink: ByteSink,
  plan: Header | BundleHeader,
  options: MmappickleWriteOptions & EncodeOptions = {},
): Promise<FileWriter> {
  const key = singleKey(options);
  throwIfAborted(options.signal);
  refuseLosses(FORMAT, mmappickleLosses(plan, options), options);
  const members = isBundleHeader(plan) ? [...plan.entries] : [[key, plan] as const];
  const attrs = isBundleHeader(plan) ? [...plan.attrs] : [];
  await sink.write(headerBytes(members.length + attrs.length));
  const writer = new MmappickleWriter(sink, members, attrs, isBundleHeader(plan), options);
  await writer.advance();
  return writer;
}

/** One plane of one array whose blocks are due. */
interface Due {
  readonly path: string;
  readonly plane: "data" | "mask";
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly size: number;
  done: number;
  /** Undefined when the bytes go straight to the sink. */
  readonly kept: NdArray[] | undefined;
}

type Member = readonly [key: string, header: Header | BundleHeader];

class MmappickleWriter implements FileWriter {
  readonly planes = "data-first" as const;
  readonly order = "C" as const;
  readonly #sink: ByteSink;
  readonly #steps: AsyncGenerator<Due, void, undefined>;
  readonly #options: EncodeOptions;
  #due: Due | undefined;
  #memo = 1;

  constructor(
    sink: ByteSink,
    members: readonly Member[],
    attrs: readonly (readonly [string, PlainValue])[],
    named: boolean,
    options: EncodeOptions,
  ) {
    this.#sink = sink;
    this.#options = options;
    this.#steps = this.#entries(members, attrs, named);
  }

  /** Writes up to the next plane that has elements still to come, or to the end. */
  async advance(): Promise<void> {
    do this.#due = (await this.#steps.next()).value ?? undefined;
    while (this.#due !== undefined && this.#due.size === 0);
  }

  async *#entries(
    members: readonly Member[],
    attrs: readonly (readonly [string, PlainValue])[],
    named: boolean,
  ): AsyncGenerator<Due, void, undefined> {
    for (const [key, header] of members) {
      const path = named ? key : "";
      if (!isBundleHeader(header) && canMap(header)) yield* this.#mapped(key, path, header);
      else yield* this.#gathered(key, path, header);
    }
    for (const [key, value] of attrs) await this.#put(key, value, valuePlan(value, this.#memo));
    await this.#sink.write(TERMINATOR.slice());
  }

  async *#mapped(key: string, path: string, header: Header): AsyncGenerator<Due, void, undefined> {
    const plan = entryPlan(key, arrayPlan(header, this.#memo));
    this.#memo = Math.max(this.#memo, plan.memo);
    for (const part of plan.parts) {
      if (part instanceof Uint8Array) await this.#sink.write(part);
      else if (part.plane === "mask" && header.mask === "nomask") await this.#zeros(part);
      else yield due(path, header, part.plane, undefined);
    }
  }

  async #zeros({ size }: Hole): Promise<void> {
    const none = new Uint8Array(Math.min(size, 1 << 20));
    for (let done = 0; done < size; done += none.length)
      await this.#sink.write(none.subarray(0, Math.min(none.length, size - done)));
  }

  async *#gathered(key: string, path: string, header: Header | BundleHeader): AsyncGenerator<Due, void, undefined> {
    const arrays = new Map<string, AnyArray>();
    for (const [inner, one] of eachHeader(header, path)) {
      const data = due(inner, one, "data", []);
      yield data;
      const mask = one.mask === "mask" ? due(inner, one, "mask", []) : undefined;
      if (mask !== undefined) yield mask;
      arrays.set(inner, gatheredArray(one, data, mask));
    }
    const value = assemble(header, path, arrays);
    await this.#put(key, value, valuePlan(value, this.#memo));
  }

  async #put(key: string, value: PlainValue, plan: ValuePlan): Promise<void> {
    const entry = entryPlan(key, plan);
    this.#memo = Math.max(this.#memo, entry.memo);
    for (const part of filledParts(entry.parts, value)) await this.#sink.write(part);
  }

  async write(block: Block): Promise<void> {
    throwIfAborted(this.#options.signal);
    const { value } = block;
    const wanted = this.#due;
    if (value.size === 0) return;
    const fits =
      wanted !== undefined &&
      wanted.path === block.array &&
      block.plane === wanted.plane &&
      !isMaskedArray(value) &&
      value.dtype.kind === wanted.dtype.kind &&
      value.dtype.itemsize === wanted.dtype.itemsize &&
      block.start === startOf(wanted) &&
      wanted.done + value.size <= wanted.size;
    if (!fits) throw misplaced(block, wanted);
    if (wanted.kept !== undefined) wanted.kept.push(value as NdArray);
    else {
      const array = value as NdArray;
      await this.#sink.write(array.with({ dtype: wanted.dtype as never, dims: undefined }).toBytes("C"));
    }
    wanted.done += value.size;
    this.#options.onProgress?.(this.#sink.position, undefined);
    if (wanted.done === wanted.size) await this.advance();
  }

  async finish(): Promise<void> {
    if (this.#due !== undefined) {
      const { path, plane, done, size } = this.#due;
      throw new FormatError(
        "FORMAT_TRUNCATED",
        FORMAT,
        `only ${done} of ${size} elements of the ${plane} of "${quoteText(path)}" were written`,
      );
    }
    await this.#sink.commit();
  }

  async abort(): Promise<void> {
    await this.#sink.abort();
  }
}

/** Index along axis 0 at which the next block of a plane starts. */
function startOf({ done, size, shape }: Due): number {
  return done === 0 ? 0 : done / (size / (shape[0] ?? 1));
}

function due(path: string, header: Header, plane: Due["plane"], kept: NdArray[] | undefined): Due {
  const dtype = plane === "data" ? header.dtype : (maskDType(header.dtype) as DType);
  return { path, plane, dtype, shape: header.shape, size: sizeOf(header.shape), done: 0, kept };
}

function misplaced(block: Block, wanted: Due | undefined): FormatError {
  const place = wanted === undefined ? "nothing more" : `the ${wanted.plane} of "${quoteText(wanted.path)}"`;
  return new FormatError(
    "FORMAT_MALFORMED",
    FORMAT,
    `a block of plane ${block.plane} of "${quoteText(block.array)}" does not fit where ${place} is due (data first, then mask)`,
  );
}

function joined({ kept, dtype, shape }: Due): NdArray {
  const blocks = kept as NdArray[];
  if (blocks.length === 0) return zeros(dtype, shape) as NdArray;
  const all = blocks.length === 1 ? (blocks[0] as NdArray) : (concatenate(blocks) as NdArray);
  return all.with({ dtype: dtype as never });
}

function gatheredArray(header: Header, data: Due, mask: Due | undefined): AnyArray {
  const plain = header.mask === "plain";
  const own = joined(data).with({
    attrs: header.attrs,
    dims: header.dims,
    subclass: plain ? header.subclass : undefined,
  });
  if (plain) return own;
  return new MaskedArray({
    data: own,
    mask: mask === undefined ? nomask : (joined(mask) as unknown as FullMask),
    fillValue: header.fillValue,
    hardMask: header.hardMask,
    subclass: header.subclass,
  });
}

/** The depth of a plan that comes from a file is bounded by `maxDepth`. */
function assemble(header: Header | BundleHeader, path: string, arrays: ReadonlyMap<string, AnyArray>): BundleMember {
  if (!isBundleHeader(header)) return arrays.get(path) as AnyArray;
  const entries = [...header.entries].map(([name, inner]): [string, BundleMember] => [
    name,
    assemble(inner, path === "" ? name : `${path}/${name}`, arrays),
  ]);
  return new Bundle({ kind: header.kind, entries, attrs: header.attrs });
}
