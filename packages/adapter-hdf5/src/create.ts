import {
  type Block,
  type BundleHeader,
  type ByteSink,
  checkOptions,
  type EncodeOptions,
  eachHeader,
  type FileWriter,
  FormatError,
  type Header,
  isMaskedArray,
  type MemorySink,
  memorySink,
  OptionError,
  quoteText,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { hdf5 } from "./format.ts";
import type { Hdf5WriteOptions } from "./options.ts";
import { demandFitting } from "./write/fitting.ts";
import type { Message } from "./write/messages.ts";
import { leavesFirst, Metadata } from "./write/metadata.ts";
import type { WriteDataset, WriteGroup } from "./write/node.ts";
import { DatasetWriter } from "./write/rows.ts";
import { storedMessages } from "./write/stored.ts";
import { StreamOutput } from "./write/stream-output.ts";
import { SUPERBLOCK_BYTES, superblock } from "./write/superblock.ts";
import { treeOf } from "./write/tree.ts";

/** Blocks of one plane of one array, and the datasets they go to. */
interface Step {
  readonly path: string;
  readonly header: Header;
  readonly plane: Block["plane"];
  readonly datasets: readonly WriteDataset[];
}

/** {@link hdf5}'s create: elements as they come, in C order; headers at the end, and the superblock last of all. */
export async function createHdf5(
  sink: ByteSink,
  plan: Header | BundleHeader,
  options: Hdf5WriteOptions & EncodeOptions = {},
): Promise<FileWriter> {
  checkOptions("hdf5", hdf5.options.write, options);
  refuseLosses("hdf5", hdf5.losses(plan, options), options);
  demandFitting(plan, options);
  throwIfAborted(options.signal);
  // Masks that are told by the data, and data that are told by masks, are needed together: then elements of both alternate, in chunks.
  const together = options.layout === "cf" || options.hidden === "drop";
  const filled = [...eachHeader(plan)].map(([, header]) => header);
  const chunked = together && options.layout !== "cf" && filled.some((header) => header.mask === "mask");
  const writer = new Hdf5Writer(sink, treeOf(plan, { ...options, always: chunked }), plan, { ...options, together });
  await writer.begin();
  return writer;
}

class Hdf5Writer implements FileWriter {
  readonly planes: FileWriter["planes"];
  readonly order = "C" as const;
  private readonly sink: ByteSink;
  /** Where a sink that cannot go back gets the file from, at the end. */
  private readonly memory: MemorySink | undefined;
  private readonly out: StreamOutput;
  private readonly root: WriteGroup;
  private readonly signal: AbortSignal | undefined;
  private readonly onProgress: EncodeOptions["onProgress"];
  private readonly stored = new Map<WriteDataset, readonly Message[]>();
  private readonly metadata: Metadata;
  private readonly steps: Step[];
  private writers: readonly DatasetWriter[] = [];
  private current = -1;

  constructor(
    sink: ByteSink,
    root: WriteGroup,
    plan: Header | BundleHeader,
    options: EncodeOptions & { readonly together: boolean },
  ) {
    this.sink = sink;
    this.memory = sink.writeAt === undefined ? memorySink() : undefined;
    this.out = new StreamOutput(this.memory ?? sink);
    this.root = root;
    this.signal = options.signal;
    this.onProgress = options.onProgress;
    this.planes = options.together ? "together" : "data-first";
    this.metadata = new Metadata(root, this.stored);
    this.steps = stepsOf(root, plan, options.together);
  }

  async begin(): Promise<void> {
    await this.out.append(new Uint8Array(SUPERBLOCK_BYTES));
    this.metadata.put(this.root, await this.out.append(this.metadata.header(this.root)));
    for (const node of leavesFirst(this.root))
      if (node.node === "dataset" && node.of === undefined)
        this.stored.set(node, storedMessages(node, { address: undefined, bytes: 0 }));
    await this.advance();
  }

  /** The next step that waits for blocks. Arrays without elements wait for none. */
  private async advance(): Promise<void> {
    for (;;) {
      for (const writer of this.writers) this.stored.set(writer.dataset, await writer.finish());
      const step = this.steps[++this.current];
      this.writers = (step?.datasets ?? []).map((one) => new DatasetWriter(this.out, one));
      if (step === undefined || rowsOf(step.header) > 0) return;
    }
  }

  async write(block: Block): Promise<void> {
    throwIfAborted(this.signal);
    if (block.value.size === 0) return; // of an empty array, which was written when its turn came
    const step = this.steps[this.current];
    const fits =
      step !== undefined &&
      block.array === step.path &&
      (block.plane === step.plane || (block.plane === "both" && step.header.mask !== "mask"));
    if (!fits) {
      const want = step === undefined ? "nothing more" : `blocks of ${step.plane} of "${quoteText(step.path)}"`;
      throw new OptionError(
        "INDEX_INVALID",
        `hdf5: ${want} expected, not ${block.plane} of "${quoteText(block.array)}"`,
      );
    }
    const { shape, dtype } = step.header;
    const done = this.writers[0]?.done ?? 0;
    const count = shape.length === 0 ? 1 : (block.value.shape[0] ?? 0);
    const expected = [...(shape.length === 0 ? [] : [count]), ...shape.slice(1)];
    if (block.start !== done || done + count > rowsOf(step.header))
      throw new OptionError(
        "INDEX_INVALID",
        `hdf5: the next block of "${quoteText(step.path)}" begins at ${done}, not at ${block.start}, and ${rowsOf(step.header)} ends it`,
      );
    if (block.value.shape.join() !== expected.join())
      throw new OptionError(
        "SHAPE_MISMATCH",
        `hdf5: a block has shape (${block.value.shape.join(", ")}), not (${expected.join(", ")})`,
      );
    const wrong = step.plane !== "mask" && block.value.dtype.kind !== dtype.kind;
    if (wrong || (step.plane === "both" && step.header.mask === "mask" && !isMaskedArray(block.value)))
      throw new OptionError(
        "DTYPE_MISMATCH",
        `hdf5: a block holds ${block.value.dtype.kind}, the plan says ${dtype.kind}`,
      );
    for (const writer of this.writers) await writer.write(block.value, count);
    this.onProgress?.(this.out.position, undefined);
    if (done + count === rowsOf(step.header)) await this.advance();
  }

  async finish(): Promise<void> {
    throwIfAborted(this.signal);
    const step = this.steps[this.current];
    if (step !== undefined)
      throw new FormatError(
        "FORMAT_TRUNCATED",
        "hdf5",
        `${this.writers[0]?.done ?? 0} of ${rowsOf(step.header)} rows of ${step.plane} of "${quoteText(step.path)}" were written`,
      );
    const { metadata, out, root } = this;
    const end = metadata.place(out.position);
    const rootAt = metadata.address(root);
    for (const [address, bytes] of metadata.blocks()) if (address !== rootAt) await out.putAt(address, bytes);
    await out.flush();
    const target = this.memory ?? this.sink;
    await target.writeAt?.(rootAt, metadata.header(root));
    await target.writeAt?.(0, superblock(rootAt, end));
    if (this.memory !== undefined) {
      await this.memory.commit();
      await this.sink.write(this.memory.bytes());
    }
    await this.sink.commit();
  }

  async abort(): Promise<void> {
    await this.memory?.abort();
    await this.sink.abort();
  }
}

const rowsOf = (header: Header): number =>
  header.shape.length > 0 && header.shape.includes(0) ? 0 : (header.shape[0] ?? 1);

/** The blocks that are waited for, in the order of the plan. */
function stepsOf(root: WriteGroup, plan: Header | BundleHeader, together: boolean): Step[] {
  const datasets = new Map<string, WriteDataset[]>();
  for (const node of leavesFirst(root))
    if (node.node === "dataset" && node.of !== undefined)
      datasets.set(node.of, [...(datasets.get(node.of) ?? []), node]);
  return [...eachHeader(plan)].flatMap(([path, header]): Step[] => {
    const own = datasets.get(path) ?? [];
    if (together) return [{ path, header, plane: "both", datasets: own }];
    const [data, mask] = [own.filter((one) => one.plane !== "mask"), own.filter((one) => one.plane === "mask")];
    const first: Step = { path, header, plane: "data", datasets: data };
    return mask.length === 0 ? [first] : [first, { path, header, plane: "mask", datasets: mask }];
  });
}
